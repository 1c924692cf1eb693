"""Accounts are remembered by those who show them."""

from django.db import migrations

from kernel.triggers import revised


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("kernel", "0003_revisions")]

    operations = [
        revised(
            "accounts_account",
            subject="account",
            key="public_id",
            columns="handle, name, avatar_url, kind, verified_until",
        ),
    ]
