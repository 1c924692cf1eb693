"""Keys along the tenant; the plain ones that they imply go last, so nothing is unguarded between."""

import django.db.models.deletion
import kernel.composite_keys
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_revisions'),
        ('orders', '0005_composite_keys'),
        ('settlements', '0003_list_indexes'),
        ('shops', '0003_revisions'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='settlemententry',
            constraint=models.UniqueConstraint(fields=('id', 'shop'), name='settlemententry_id_shop'),
        ),
        migrations.AddConstraint(
            model_name='settlemententry',
            constraint=kernel.composite_keys.CompositeKey(name='settlemententry_of_line', relation='line', shared=('shop',)),
        ),
        migrations.AddConstraint(
            model_name='statementline',
            constraint=kernel.composite_keys.CompositeKey(name='statementline_of_entry', relation='entry', shared=('shop',)),
        ),
        migrations.AlterField(
            model_name='settlemententry',
            name='line',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='settlement_entries', to='orders.orderline', verbose_name='order line'),
        ),
        migrations.AlterField(
            model_name='settlemententry',
            name='shop',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop'),
        ),
    ]
