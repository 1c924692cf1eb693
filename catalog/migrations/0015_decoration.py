"""The page of a shop: its draft and the versions that buyers saw."""

import django.db.models.deletion
import django.db.models.functions.datetime
import kernel.composite_keys
import kernel.fields
import kernel.walls
from django.db import migrations, models

from kernel.triggers import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0014_authority'),
        ('shops', '0011_authority'),
    ]

    operations = [
        migrations.CreateModel(
            name='ShopPage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='pge', verbose_name='page id')),
                ('blocks', models.JSONField(default=list, verbose_name='blocks')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='updated at')),
                ('shop', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='page', to='shops.shop', verbose_name='shop')),
            ],
            options={
                'verbose_name': 'shop page',
                'verbose_name_plural': 'shop pages',
            },
        ),
        migrations.CreateModel(
            name='ShopPageVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='version')),
                ('blocks', models.JSONField(verbose_name='blocks')),
                ('restores', models.PositiveIntegerField(null=True, verbose_name='brings back')),
                ('published_at', models.DateTimeField(verbose_name='published at')),
                ('actor_label', models.CharField(blank=True, max_length=120, verbose_name='by')),
                ('page', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='catalog.shoppage', verbose_name='shop page')),
                ('shop', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop')),
            ],
            options={
                'verbose_name': 'version of a shop page',
                'verbose_name_plural': 'versions of shop pages',
            },
        ),
        migrations.AddConstraint(
            model_name='shoppage',
            constraint=models.UniqueConstraint(fields=('id', 'shop'), name='shoppage_id_shop'),
        ),
        migrations.AddConstraint(
            model_name='shoppage',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE', name='shoppage_wall'),
        ),
        migrations.AddConstraint(
            model_name='shoppageversion',
            constraint=models.UniqueConstraint(fields=('shop', 'number'), name='shoppageversion_once'),
        ),
        migrations.AddConstraint(
            model_name='shoppageversion',
            constraint=kernel.composite_keys.CompositeKey(name='shoppageversion_page', relation='page', shared=('shop',)),
        ),
        migrations.AddConstraint(
            model_name='shoppageversion',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT', name='shoppageversion_wall'),
        ),
        append_only("catalog_shoppageversion"),
    ]
