"""Keys along the tenant; the plain ones that they imply go last, so nothing is unguarded between."""

import django.db.models.deletion
import kernel.composite_keys
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0005_composite_keys'),
        ('orders', '0004_list_indexes'),
        ('shops', '0003_revisions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='identitysnapshot',
            constraint=models.UniqueConstraint(fields=('id', 'shop'), name='identitysnapshot_id_shop'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.UniqueConstraint(fields=('id', 'shop', 'buyer'), name='order_id_shop_buyer'),
        ),
        migrations.AddConstraint(
            model_name='ordergroup',
            constraint=models.UniqueConstraint(fields=('id', 'buyer'), name='ordergroup_id_buyer'),
        ),
        migrations.AddConstraint(
            model_name='orderline',
            constraint=models.UniqueConstraint(fields=('id', 'shop', 'buyer'), name='orderline_id_shop_buyer'),
        ),
        migrations.AddConstraint(
            model_name='orderline',
            constraint=models.UniqueConstraint(fields=('id', 'shop'), name='orderline_id_shop'),
        ),
        migrations.AddConstraint(
            model_name='package',
            constraint=models.UniqueConstraint(fields=('id', 'shop', 'buyer'), name='package_id_shop_buyer'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.UniqueConstraint(fields=('id', 'buyer'), name='payment_id_buyer'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.UniqueConstraint(fields=('id', 'shop', 'buyer'), name='refund_id_shop_buyer'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('order__isnull', True), ('shop__isnull', True)), models.Q(('order__isnull', False), ('shop__isnull', False)), _connector='OR'), name='refund_order_names_shop'),
        ),
        migrations.AddConstraint(
            model_name='linerefund',
            constraint=kernel.composite_keys.CompositeKey(name='linerefund_of_refund', relation='refund', shared=('shop', 'buyer')),
        ),
        migrations.AddConstraint(
            model_name='linerefund',
            constraint=kernel.composite_keys.CompositeKey(name='linerefund_of_line', relation='line', shared=('shop', 'buyer')),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=kernel.composite_keys.CompositeKey(name='order_of_group', relation='group', shared=('buyer',)),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=kernel.composite_keys.CompositeKey(name='order_storefront', relation='storefront', shared=('shop',)),
        ),
        migrations.AddConstraint(
            model_name='orderline',
            constraint=kernel.composite_keys.CompositeKey(name='orderline_of_order', relation='order', shared=('shop', 'buyer')),
        ),
        migrations.AddConstraint(
            model_name='orderline',
            constraint=kernel.composite_keys.CompositeKey(name='orderline_of_sku', relation='sku', shared=('product', 'shop')),
        ),
        migrations.AddConstraint(
            model_name='orderline',
            constraint=kernel.composite_keys.CompositeKey(name='orderline_of_price', relation='price_version', shared=('sku', 'shop')),
        ),
        migrations.AddConstraint(
            model_name='orderline',
            constraint=kernel.composite_keys.CompositeKey(name='orderline_storefront', relation='storefront', shared=('shop',)),
        ),
        migrations.AddConstraint(
            model_name='orderline',
            constraint=kernel.composite_keys.CompositeKey(name='orderline_presenter', relation='presenter', shared=('shop',)),
        ),
        migrations.AddConstraint(
            model_name='package',
            constraint=kernel.composite_keys.CompositeKey(name='package_of_order', relation='order', shared=('shop', 'buyer')),
        ),
        migrations.AddConstraint(
            model_name='packageline',
            constraint=kernel.composite_keys.CompositeKey(name='packageline_of_package', relation='package', shared=('shop', 'buyer')),
        ),
        migrations.AddConstraint(
            model_name='packageline',
            constraint=kernel.composite_keys.CompositeKey(name='packageline_of_line', relation='line', shared=('shop', 'buyer')),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=kernel.composite_keys.CompositeKey(name='payment_of_group', relation='group', shared=('buyer',)),
        ),
        migrations.AddConstraint(
            model_name='paymentsplit',
            constraint=kernel.composite_keys.CompositeKey(name='paymentsplit_of_payment', relation='payment', shared=('buyer',)),
        ),
        migrations.AddConstraint(
            model_name='paymentsplit',
            constraint=kernel.composite_keys.CompositeKey(name='paymentsplit_of_order', relation='order', shared=('shop', 'buyer')),
        ),
        migrations.AddConstraint(
            model_name='priceadjustment',
            constraint=kernel.composite_keys.CompositeKey(name='priceadjustment_of_line', relation='line', shared=('shop', 'buyer')),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=kernel.composite_keys.CompositeKey(name='refund_of_payment', relation='payment', shared=('buyer',)),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=kernel.composite_keys.CompositeKey(name='refund_of_order', relation='order', shared=('shop', 'buyer')),
        ),
        migrations.AlterField(
            model_name='linerefund',
            name='buyer',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='buyer'),
        ),
        migrations.AlterField(
            model_name='linerefund',
            name='line',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='line_refunds', to='orders.orderline', verbose_name='order line'),
        ),
        migrations.AlterField(
            model_name='linerefund',
            name='refund',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='line_refunds', to='orders.refund', verbose_name='refund'),
        ),
        migrations.AlterField(
            model_name='linerefund',
            name='shop',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop'),
        ),
        migrations.AlterField(
            model_name='order',
            name='buyer',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to=settings.AUTH_USER_MODEL, verbose_name='buyer'),
        ),
        migrations.AlterField(
            model_name='order',
            name='group',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='orders.ordergroup', verbose_name='order group'),
        ),
        migrations.AlterField(
            model_name='order',
            name='shop',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='shops.shop', verbose_name='shop'),
        ),
        migrations.AlterField(
            model_name='order',
            name='storefront',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.identitysnapshot', verbose_name='identity at placement'),
        ),
        migrations.AlterField(
            model_name='orderline',
            name='buyer',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='buyer'),
        ),
        migrations.AlterField(
            model_name='orderline',
            name='order',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='orders.order', verbose_name='order'),
        ),
        migrations.AlterField(
            model_name='orderline',
            name='presenter',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.identitysnapshot', verbose_name='presenter'),
        ),
        migrations.AlterField(
            model_name='orderline',
            name='price_version',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.priceversion', verbose_name='price version'),
        ),
        migrations.AlterField(
            model_name='orderline',
            name='product',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.product', verbose_name='product'),
        ),
        migrations.AlterField(
            model_name='orderline',
            name='shop',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop'),
        ),
        migrations.AlterField(
            model_name='orderline',
            name='sku',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.sku', verbose_name='SKU'),
        ),
        migrations.AlterField(
            model_name='orderline',
            name='storefront',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.identitysnapshot', verbose_name='identity at placement'),
        ),
        migrations.AlterField(
            model_name='package',
            name='buyer',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='buyer'),
        ),
        migrations.AlterField(
            model_name='package',
            name='order',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='packages', to='orders.order', verbose_name='order'),
        ),
        migrations.AlterField(
            model_name='package',
            name='shop',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop'),
        ),
        migrations.AlterField(
            model_name='packageline',
            name='buyer',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='buyer'),
        ),
        migrations.AlterField(
            model_name='packageline',
            name='line',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='package_lines', to='orders.orderline', verbose_name='order line'),
        ),
        migrations.AlterField(
            model_name='packageline',
            name='package',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='orders.package', verbose_name='package'),
        ),
        migrations.AlterField(
            model_name='packageline',
            name='shop',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='buyer',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='buyer'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='group',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='orders.ordergroup', verbose_name='order group'),
        ),
        migrations.AlterField(
            model_name='paymentsplit',
            name='buyer',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='buyer'),
        ),
        migrations.AlterField(
            model_name='paymentsplit',
            name='order',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='splits', to='orders.order', verbose_name='order'),
        ),
        migrations.AlterField(
            model_name='paymentsplit',
            name='payment',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='splits', to='orders.payment', verbose_name='payment'),
        ),
        migrations.AlterField(
            model_name='paymentsplit',
            name='shop',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop'),
        ),
        migrations.AlterField(
            model_name='priceadjustment',
            name='buyer',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='buyer'),
        ),
        migrations.AlterField(
            model_name='priceadjustment',
            name='line',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='adjustments', to='orders.orderline', verbose_name='order line'),
        ),
        migrations.AlterField(
            model_name='priceadjustment',
            name='shop',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='buyer',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='buyer'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='order',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='orders.order', verbose_name='order'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='payment',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='orders.payment', verbose_name='payment'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='shop',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop'),
        ),
    ]
