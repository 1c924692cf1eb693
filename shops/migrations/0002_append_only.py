"""Rows that are never changed: the database says so."""

from django.db import migrations

from kernel.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("shops", "0001_initial"), ("kernel", "0002_append_only")]

    operations = [append_only("shops_namechange")]
