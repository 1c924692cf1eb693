"""A shop's face and freight are remembered by those who sell."""

from django.db import migrations

from kernel.triggers import revised


class Migration(migrations.Migration):
    dependencies = [("shops", "0002_append_only"), ("kernel", "0003_revisions")]

    operations = [
        revised(
            "shops_shop", subject="shop", key="id", columns="name, type, status, score_tenths"
        ),
        revised(
            "shops_binding",
            subject="shop",
            key="shop_id",
            columns="account_id, relation, status, bound_at",
            is_part=True,
        ),
        revised(
            "shops_guarantee",
            subject="shop",
            key="shop_id",
            columns="kind, starts_at, ends_at",
            is_part=True,
        ),
        revised(
            "shops_freighttemplate",
            subject="shop",
            key="shop_id",
            columns="flat_amount, free_from_amount",
            is_part=True,
        ),
    ]
