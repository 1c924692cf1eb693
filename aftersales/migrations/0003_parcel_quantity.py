"""What a returned parcel holds; those on their way hold what their case asks for."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("aftersales", "0002_append_only")]

    operations = [
        migrations.AddField(
            model_name="returnparcel",
            name="quantity",
            field=models.PositiveIntegerField(default=1, verbose_name="pieces"),
            preserve_default=False,
        ),
        migrations.RunSQL(
            """
            UPDATE aftersales_returnparcel p SET quantity = c.quantity
              FROM aftersales_refundcase c WHERE c.id = p.case_id
            """,
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            model_name="returnparcel",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gte", 1)), name="returnparcel_quantity_positive"
            ),
        ),
    ]
