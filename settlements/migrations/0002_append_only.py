"""Rows that are never changed: the database says so."""

from django.db import migrations

from kernel.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("settlements", "0001_initial"), ("kernel", "0002_append_only")]

    operations = [append_only("settlements_feerate", "settlements_settlemententry", "settlements_statementline")]
