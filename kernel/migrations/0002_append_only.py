"""Rows that are never changed: the database says so."""

from django.db import migrations

from kernel.triggers import REFUSE_CHANGE, append_only


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]

    operations = [
        migrations.RunSQL(REFUSE_CHANGE, "DROP FUNCTION refuse_change();"),
        append_only("kernel_auditentry", "kernel_statuschange"),
    ]
