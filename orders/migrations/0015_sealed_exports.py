"""What exports hold, receivers in clear among it, is sealed at rest."""

from django.db import migrations, models

from kernel.crypto import seal, unseal


def _each(apps, change):
    rows = apps.get_model("orders", "ExportPart").objects
    for pk in rows.values_list("pk", flat=True).order_by("pk").iterator():
        content = bytes(rows.values_list("content_sealed", flat=True).get(pk=pk))
        now = change(content)
        rows.filter(pk=pk).update(content_sealed=now, size=min(len(now), len(content)))


def seal_all(apps, schema_editor):
    _each(apps, seal)


def unseal_all(apps, schema_editor):
    _each(apps, unseal)


class Migration(migrations.Migration):
    dependencies = [("orders", "0014_sale_modes")]

    operations = [
        migrations.RenameField("exportpart", "content", "content_sealed"),
        migrations.AlterField(
            "exportpart",
            "content_sealed",
            models.BinaryField(verbose_name="content, sealed"),
        ),
        migrations.AddField(
            "exportpart",
            "size",
            models.PositiveIntegerField(default=0, verbose_name="bytes"),
            preserve_default=False,
        ),
        migrations.RunPython(seal_all, unseal_all),
    ]
