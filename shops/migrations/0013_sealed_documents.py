"""The bytes of documents are sealed at rest."""

from django.db import migrations, models

from kernel.crypto import seal, unseal


def _each(apps, schema_editor, change):
    rows = apps.get_model("shops", "ShopDocument").objects
    schema_editor.execute("ALTER TABLE shops_shopdocument DISABLE TRIGGER append_only")
    for pk in rows.values_list("pk", flat=True).order_by("pk").iterator():
        content = rows.values_list("content_sealed", flat=True).get(pk=pk)
        rows.filter(pk=pk).update(content_sealed=change(bytes(content)))
    schema_editor.execute("ALTER TABLE shops_shopdocument ENABLE TRIGGER append_only")


def seal_all(apps, schema_editor):
    _each(apps, schema_editor, seal)


def unseal_all(apps, schema_editor):
    _each(apps, schema_editor, unseal)


class Migration(migrations.Migration):
    dependencies = [("shops", "0012_unpaid_minutes")]

    operations = [
        migrations.RenameField("shopdocument", "content", "content_sealed"),
        migrations.AlterField(
            "shopdocument",
            "content_sealed",
            models.BinaryField(verbose_name="content, sealed"),
        ),
        migrations.RunPython(seal_all, unseal_all),
    ]
