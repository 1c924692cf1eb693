"""Rows that are never changed: the database says so."""

from django.db import migrations

from kernel.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial"), ("kernel", "0002_append_only")]

    operations = [append_only("catalog_priceversion", "catalog_stockmovement")]
