"""Lines whose pieces are taken when they are paid, and money for pieces that are gone (CA-11)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0012_address_freight"), ("catalog", "0018_deduct_mode")]

    operations = [
        migrations.AddField(
            model_name="orderline",
            name="is_held",
            field=models.BooleanField(db_default=True, default=True, verbose_name="pieces held"),
        ),
        migrations.AlterField(
            model_name="order",
            name="close_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("unpaid", "not paid in time"),
                    ("buyer", "cancelled by the buyer"),
                    ("seller", "cancelled by the shop"),
                    ("refunded", "refunded before shipping"),
                    ("out_of_stock", "sold out before it was paid; the money goes back"),
                ],
                max_length=12,
                verbose_name="why it was closed",
            ),
        ),
        migrations.RemoveConstraint(model_name="refund", name="refund_reason_valid"),
        migrations.AlterField(
            model_name="refund",
            name="reason",
            field=models.CharField(
                choices=[
                    ("case", "after-sales"),
                    ("late_payment", "paid after closing"),
                    ("second_payment", "paid twice"),
                    ("shortage", "sold out before it was paid"),
                ],
                max_length=16,
                verbose_name="reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reason__in", ["case", "late_payment", "second_payment", "shortage"])
                ),
                name="refund_reason_valid",
            ),
        ),
    ]
