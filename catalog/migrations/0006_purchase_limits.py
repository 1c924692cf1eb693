"""How many pieces a buyer may take; who sells a product remembers it, and hears when it changes."""

from django.db import migrations, models

from kernel.triggers import revised

CONTENT = "title, category_id, image_urls, shelf_status, review_status, draft_status, version"
LIMITS = "min_per_order, max_per_order, max_per_buyer"

before = revised("catalog_product", subject="product", key="id", columns=CONTENT)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_composite_keys")]

    operations = [
        migrations.AddField(
            model_name="product",
            name="min_per_order",
            field=models.PositiveIntegerField(
                db_default=1, default=1, verbose_name="least an order"
            ),
        ),
        migrations.AddField(
            model_name="product",
            name="max_per_order",
            field=models.PositiveIntegerField(null=True, verbose_name="most an order"),
        ),
        migrations.AddField(
            model_name="product",
            name="max_per_buyer",
            field=models.PositiveIntegerField(null=True, verbose_name="most a buyer, ever"),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("min_per_order__gte", 1),
                    models.Q(
                        ("max_per_order", None),
                        ("max_per_order__gte", models.F("min_per_order")),
                        _connector="OR",
                    ),
                    models.Q(
                        ("max_per_buyer", None),
                        ("max_per_buyer__gte", models.F("min_per_order")),
                        _connector="OR",
                    ),
                ),
                name="product_limits_can_be_met",
            ),
        ),
        migrations.RunSQL(before.reverse_sql, before.sql),
        revised("catalog_product", subject="product", key="id", columns=f"{CONTENT}, {LIMITS}"),
    ]
