"""Keys along the tenant; the plain ones that they imply go last, so nothing is unguarded between."""

import django.db.models.deletion
import kernel.composite_keys
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0004_list_indexes'),
        ('shops', '0003_revisions'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='importjob',
            constraint=models.UniqueConstraint(fields=('id', 'shop'), name='importjob_id_shop'),
        ),
        migrations.AddConstraint(
            model_name='priceversion',
            constraint=models.UniqueConstraint(fields=('id', 'sku', 'shop'), name='priceversion_id_sku_shop'),
        ),
        migrations.AddConstraint(
            model_name='sku',
            constraint=models.UniqueConstraint(fields=('id', 'product', 'shop'), name='sku_id_product_shop'),
        ),
        migrations.AddConstraint(
            model_name='importrowerror',
            constraint=kernel.composite_keys.CompositeKey(name='importrowerror_of_job', relation='job', shared=('shop',)),
        ),
        migrations.AddConstraint(
            model_name='priceversion',
            constraint=kernel.composite_keys.CompositeKey(name='priceversion_of_sku', relation='sku', shared=('shop',)),
        ),
        migrations.AddConstraint(
            model_name='productdraft',
            constraint=kernel.composite_keys.CompositeKey(name='productdraft_of_product', relation='product', shared=('shop',)),
        ),
        migrations.AddConstraint(
            model_name='productreview',
            constraint=kernel.composite_keys.CompositeKey(name='productreview_of_product', relation='product', shared=('shop',)),
        ),
        migrations.AddConstraint(
            model_name='sku',
            constraint=kernel.composite_keys.CompositeKey(name='sku_of_product', relation='product', shared=('shop',)),
        ),
        migrations.AddConstraint(
            model_name='stock',
            constraint=kernel.composite_keys.CompositeKey(name='stock_of_sku', relation='sku', shared=('shop',)),
        ),
        migrations.AddConstraint(
            model_name='stockmovement',
            constraint=kernel.composite_keys.CompositeKey(name='stockmovement_of_sku', relation='sku', shared=('shop',)),
        ),
        migrations.AlterField(
            model_name='importrowerror',
            name='job',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='row_errors', to='catalog.importjob', verbose_name='import'),
        ),
        migrations.AlterField(
            model_name='importrowerror',
            name='shop',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='shops.shop', verbose_name='shop'),
        ),
        migrations.AlterField(
            model_name='priceversion',
            name='shop',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop'),
        ),
        migrations.AlterField(
            model_name='priceversion',
            name='sku',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='prices', to='catalog.sku', verbose_name='SKU'),
        ),
        migrations.AlterField(
            model_name='productdraft',
            name='product',
            field=models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='draft', to='catalog.product', verbose_name='product'),
        ),
        migrations.AlterField(
            model_name='productdraft',
            name='shop',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='shops.shop', verbose_name='shop'),
        ),
        migrations.AlterField(
            model_name='productreview',
            name='product',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to='catalog.product', verbose_name='product'),
        ),
        migrations.AlterField(
            model_name='productreview',
            name='shop',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='shops.shop', verbose_name='shop'),
        ),
        migrations.AlterField(
            model_name='sku',
            name='product',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='skus', to='catalog.product', verbose_name='product'),
        ),
        migrations.AlterField(
            model_name='sku',
            name='shop',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='skus', to='shops.shop', verbose_name='shop'),
        ),
        migrations.AlterField(
            model_name='stock',
            name='shop',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop'),
        ),
        migrations.AlterField(
            model_name='stock',
            name='sku',
            field=models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='stock', serialize=False, to='catalog.sku', verbose_name='SKU'),
        ),
        migrations.AlterField(
            model_name='stockmovement',
            name='shop',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop'),
        ),
        migrations.AlterField(
            model_name='stockmovement',
            name='sku',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='catalog.sku', verbose_name='SKU'),
        ),
    ]
