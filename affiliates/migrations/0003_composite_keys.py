"""Keys along the tenant; the plain ones that they imply go last, so nothing is unguarded between."""

import django.db.models.deletion
import kernel.composite_keys
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_revisions'),
        ('affiliates', '0002_append_only'),
        ('catalog', '0005_composite_keys'),
        ('orders', '0005_composite_keys'),
        ('shops', '0003_revisions'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='agencycontract',
            constraint=models.UniqueConstraint(fields=('id', 'creator', 'agency'), name='agencycontract_id_creator_agency'),
        ),
        migrations.AddConstraint(
            model_name='commission',
            constraint=models.UniqueConstraint(fields=('id', 'shop', 'creator'), name='commission_id_shop_creator'),
        ),
        migrations.AddConstraint(
            model_name='commission',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('agency__isnull', True), ('contract__isnull', True)), models.Q(('agency__isnull', False), ('contract__isnull', False)), _connector='OR'), name='commission_contract_names_agency'),
        ),
        migrations.AddConstraint(
            model_name='pick',
            constraint=models.UniqueConstraint(fields=('id', 'shop', 'creator'), name='pick_id_shop_creator'),
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.UniqueConstraint(fields=('id', 'product', 'shop'), name='plan_id_product_shop'),
        ),
        migrations.AddConstraint(
            model_name='planversion',
            constraint=models.UniqueConstraint(fields=('id', 'shop'), name='planversion_id_shop'),
        ),
        migrations.AddConstraint(
            model_name='commission',
            constraint=kernel.composite_keys.CompositeKey(name='commission_of_line', relation='line', shared=('shop',)),
        ),
        migrations.AddConstraint(
            model_name='commission',
            constraint=kernel.composite_keys.CompositeKey(name='commission_of_pick', relation='pick', shared=('shop', 'creator')),
        ),
        migrations.AddConstraint(
            model_name='commission',
            constraint=kernel.composite_keys.CompositeKey(name='commission_of_version', relation='plan_version', shared=('shop',)),
        ),
        migrations.AddConstraint(
            model_name='commission',
            constraint=kernel.composite_keys.CompositeKey(name='commission_of_contract', relation='contract', shared=('creator', 'agency')),
        ),
        migrations.AddConstraint(
            model_name='commissionentry',
            constraint=kernel.composite_keys.CompositeKey(name='commissionentry_of_commission', relation='commission', shared=('shop', 'creator')),
        ),
        migrations.AddConstraint(
            model_name='pick',
            constraint=kernel.composite_keys.CompositeKey(name='pick_of_plan', relation='plan', shared=('product', 'shop')),
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=kernel.composite_keys.CompositeKey(name='plan_of_product', relation='product', shared=('shop',)),
        ),
        migrations.AddConstraint(
            model_name='planversion',
            constraint=kernel.composite_keys.CompositeKey(name='planversion_of_plan', relation='plan', shared=('shop',)),
        ),
        migrations.AlterField(
            model_name='commission',
            name='agency',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='commissions', to='accounts.agency', verbose_name='agency'),
        ),
        migrations.AlterField(
            model_name='commission',
            name='contract',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='affiliates.agencycontract', verbose_name='contract'),
        ),
        migrations.AlterField(
            model_name='commission',
            name='creator',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='commissions', to='accounts.creator', verbose_name='creator'),
        ),
        migrations.AlterField(
            model_name='commission',
            name='line',
            field=models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='commission', to='orders.orderline', verbose_name='order line'),
        ),
        migrations.AlterField(
            model_name='commission',
            name='pick',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='affiliates.pick', verbose_name='pick'),
        ),
        migrations.AlterField(
            model_name='commission',
            name='plan_version',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='affiliates.planversion', verbose_name='plan version'),
        ),
        migrations.AlterField(
            model_name='commission',
            name='shop',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop'),
        ),
        migrations.AlterField(
            model_name='commissionentry',
            name='commission',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='affiliates.commission', verbose_name='commission'),
        ),
        migrations.AlterField(
            model_name='commissionentry',
            name='creator',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.creator', verbose_name='creator'),
        ),
        migrations.AlterField(
            model_name='commissionentry',
            name='shop',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop'),
        ),
        migrations.AlterField(
            model_name='pick',
            name='plan',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='picks', to='affiliates.plan', verbose_name='plan'),
        ),
        migrations.AlterField(
            model_name='pick',
            name='product',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='picks', to='catalog.product', verbose_name='product'),
        ),
        migrations.AlterField(
            model_name='pick',
            name='shop',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop'),
        ),
        migrations.AlterField(
            model_name='plan',
            name='product',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='catalog.product', verbose_name='product'),
        ),
        migrations.AlterField(
            model_name='plan',
            name='shop',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='shops.shop', verbose_name='shop'),
        ),
        migrations.AlterField(
            model_name='planversion',
            name='plan',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='affiliates.plan', verbose_name='plan'),
        ),
        migrations.AlterField(
            model_name='planversion',
            name='shop',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop'),
        ),
    ]
