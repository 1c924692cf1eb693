"""Keys along the tenant; the plain ones that they imply go last, so nothing is unguarded between."""

import django.db.models.deletion
import kernel.composite_keys
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_revisions'),
        ('shops', '0003_revisions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='binding',
            constraint=models.UniqueConstraint(fields=('id', 'shop'), name='binding_id_shop'),
        ),
        migrations.AddConstraint(
            model_name='binding',
            constraint=kernel.composite_keys.CompositeKey(name='binding_replaces', relation='replaces', shared=('shop',)),
        ),
        migrations.AlterField(
            model_name='binding',
            name='replaces',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='shops.binding', verbose_name='replaces'),
        ),
    ]
