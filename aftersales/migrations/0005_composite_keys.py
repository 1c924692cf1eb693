"""Keys along the tenant; the plain ones that they imply go last, so nothing is unguarded between."""

import django.db.models.deletion
import kernel.composite_keys
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('aftersales', '0004_list_indexes'),
        ('orders', '0005_composite_keys'),
        ('shops', '0003_revisions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='refundcase',
            constraint=models.UniqueConstraint(fields=('id', 'shop', 'buyer'), name='refundcase_id_shop_buyer'),
        ),
        migrations.AddConstraint(
            model_name='negotiationrecord',
            constraint=kernel.composite_keys.CompositeKey(name='negotiationrecord_of_case', relation='case', shared=('shop', 'buyer')),
        ),
        migrations.AddConstraint(
            model_name='refundcase',
            constraint=kernel.composite_keys.CompositeKey(name='refundcase_of_order', relation='order', shared=('shop', 'buyer')),
        ),
        migrations.AddConstraint(
            model_name='refundcase',
            constraint=kernel.composite_keys.CompositeKey(name='refundcase_of_line', relation='line', shared=('shop', 'buyer')),
        ),
        migrations.AddConstraint(
            model_name='returnparcel',
            constraint=kernel.composite_keys.CompositeKey(name='returnparcel_of_case', relation='case', shared=('shop', 'buyer')),
        ),
        migrations.AlterField(
            model_name='negotiationrecord',
            name='buyer',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='buyer'),
        ),
        migrations.AlterField(
            model_name='negotiationrecord',
            name='case',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='records', to='aftersales.refundcase', verbose_name='case'),
        ),
        migrations.AlterField(
            model_name='negotiationrecord',
            name='shop',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop'),
        ),
        migrations.AlterField(
            model_name='refundcase',
            name='buyer',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to=settings.AUTH_USER_MODEL, verbose_name='buyer'),
        ),
        migrations.AlterField(
            model_name='refundcase',
            name='line',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='orders.orderline', verbose_name='order line'),
        ),
        migrations.AlterField(
            model_name='refundcase',
            name='order',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='orders.order', verbose_name='order'),
        ),
        migrations.AlterField(
            model_name='refundcase',
            name='shop',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop'),
        ),
        migrations.AlterField(
            model_name='returnparcel',
            name='buyer',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='buyer'),
        ),
        migrations.AlterField(
            model_name='returnparcel',
            name='case',
            field=models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='return_parcel', to='aftersales.refundcase', verbose_name='case'),
        ),
        migrations.AlterField(
            model_name='returnparcel',
            name='shop',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop'),
        ),
    ]
