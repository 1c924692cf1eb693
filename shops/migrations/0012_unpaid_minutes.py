"""How long an unpaid order of a shop holds its pieces (CA-12)."""

from django.db import migrations, models

from kernel.triggers import revised

#: The trigger of 0003, which does not know the column.
BEFORE = revised("shops_shop", subject="shop", key="id", columns="name, type, status, score_tenths")


class Migration(migrations.Migration):
    dependencies = [("shops", "0011_authority")]

    operations = [
        migrations.AddField(
            "shop",
            "unpaid_minutes",
            models.PositiveSmallIntegerField(null=True, verbose_name="minutes to pay"),
        ),
        migrations.AddConstraint(
            "shop",
            models.CheckConstraint(
                condition=models.Q(("unpaid_minutes__isnull", True))
                | models.Q(("unpaid_minutes__range", (5, 1440))),
                name="shop_unpaid_minutes_range",
            ),
        ),
        migrations.RunSQL(BEFORE.reverse_sql, BEFORE.sql),
        revised(
            "shops_shop",
            subject="shop",
            key="id",
            columns="name, type, status, score_tenths, unpaid_minutes",
        ),
    ]
