"""Revisions: what was remembered can be checked."""

from django.db import migrations, models

from kernel.triggers import REVISE


class Migration(migrations.Migration):
    dependencies = [("kernel", "0002_append_only")]

    operations = [
        migrations.CreateModel(
            name="Revision",
            fields=[
                (
                    "subject",
                    models.CharField(
                        max_length=64, primary_key=True, serialize=False, verbose_name="subject"
                    ),
                ),
                ("number", models.BigIntegerField(verbose_name="revision")),
            ],
            options={"verbose_name": "revision", "verbose_name_plural": "revisions"},
        ),
        migrations.RunSQL(REVISE, "DROP FUNCTION revise();"),
    ]
