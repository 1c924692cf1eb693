"""When pieces stop being for sale (CA-11); who sells a product hears when it changes."""

from django.db import migrations, models

from kernel.triggers import revised

COLUMNS = (
    "title, category_id, image_urls, shelf_status, review_status, draft_status, version,"
    " min_per_order, max_per_order, max_per_buyer"
)

before = revised("catalog_product", subject="product", key="id", columns=COLUMNS)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0017_standard_products")]

    operations = [
        migrations.AddField(
            model_name="product",
            name="deduct_mode",
            field=models.CharField(
                choices=[("order", "when it is ordered"), ("payment", "when it is paid")],
                db_default="order",
                default="order",
                max_length=8,
                verbose_name="stock is deducted",
            ),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.CheckConstraint(
                condition=models.Q(("deduct_mode__in", ["order", "payment"])),
                name="product_deduct_mode_valid",
            ),
        ),
        migrations.RunSQL(before.reverse_sql, before.sql),
        revised("catalog_product", subject="product", key="id", columns=f"{COLUMNS}, deduct_mode"),
    ]
