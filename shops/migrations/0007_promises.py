"""Freight by region, shipping promises, special dates, holidays, return strategies."""

import django.contrib.postgres.fields
import django.db.models.deletion
import kernel.composite_keys
import kernel.fields
import kernel.walls
from django.db import migrations, models

from kernel.triggers import revised


class Migration(migrations.Migration):

    dependencies = [
        ('shops', '0006_people'),
    ]

    operations = [
        migrations.CreateModel(
            name='FreightRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='frl', verbose_name='freight rule id')),
                ('region_codes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=6), size=None, verbose_name='regions')),
                ('is_delivered', models.BooleanField(default=True, verbose_name='delivered')),
                ('first_pieces', models.PositiveIntegerField(default=1, verbose_name='first pieces')),
                ('first_amount', kernel.fields.AmountField(default=0, verbose_name='for the first pieces')),
                ('further_pieces', models.PositiveIntegerField(default=1, verbose_name='further pieces')),
                ('further_amount', kernel.fields.AmountField(default=0, verbose_name='for further pieces')),
                ('free_from_amount', kernel.fields.AmountField(null=True, verbose_name='free from')),
                ('free_from_pieces', models.PositiveIntegerField(null=True, verbose_name='free from pieces')),
            ],
            options={
                'verbose_name': 'freight rule',
                'verbose_name_plural': 'freight rules',
            },
        ),
        migrations.CreateModel(
            name='Holiday',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('closed_from', models.DateTimeField(verbose_name='closed from')),
                ('closed_to', models.DateTimeField(verbose_name='closed until')),
                ('note', models.CharField(blank=True, max_length=100, verbose_name='note')),
                ('called_off_at', models.DateTimeField(null=True, verbose_name='called off at')),
            ],
            options={
                'verbose_name': 'holiday',
                'verbose_name_plural': 'holidays',
            },
        ),
        migrations.CreateModel(
            name='ShippingPromise',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('speed', models.CharField(choices=[('same_day', 'the same day'), ('next_day', 'the next day'), ('hours_48', 'within 48 hours')], max_length=12, verbose_name='ships')),
                ('starts_at', models.DateTimeField(verbose_name='from')),
                ('ends_at', models.DateTimeField(null=True, verbose_name='until')),
            ],
            options={
                'verbose_name': 'shipping promise',
                'verbose_name_plural': 'shipping promises',
            },
        ),
        migrations.CreateModel(
            name='SpecialDate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='spd', verbose_name='special date id')),
                ('paid_from', models.DateTimeField(verbose_name='paid from')),
                ('paid_to', models.DateTimeField(verbose_name='paid until')),
                ('ship_on', models.DateField(null=True, verbose_name='sent by the end of')),
                ('plus_days', models.PositiveSmallIntegerField(null=True, verbose_name='days later')),
                ('called_off_at', models.DateTimeField(null=True, verbose_name='called off at')),
            ],
            options={
                'verbose_name': 'special date',
                'verbose_name_plural': 'special dates',
            },
        ),
        migrations.AddConstraint(
            model_name='freighttemplate',
            constraint=models.UniqueConstraint(fields=('id', 'shop'), name='freighttemplate_id_shop'),
        ),
        migrations.AddField(
            model_name='freightrule',
            name='shop',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='shops.shop', verbose_name='shop'),
        ),
        migrations.AddField(
            model_name='freightrule',
            name='template',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='rules', to='shops.freighttemplate', verbose_name='freight template'),
        ),
        migrations.AddField(
            model_name='holiday',
            name='shop',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='holidays', to='shops.shop', verbose_name='shop'),
        ),
        migrations.AddField(
            model_name='shippingpromise',
            name='shop',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shipping_promises', to='shops.shop', verbose_name='shop'),
        ),
        migrations.AddField(
            model_name='specialdate',
            name='shop',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='special_dates', to='shops.shop', verbose_name='shop'),
        ),
        migrations.AddConstraint(
            model_name='freightrule',
            constraint=models.CheckConstraint(condition=models.Q(('first_pieces__gte', 1), ('further_pieces__gte', 1)), name='freightrule_pieces_positive'),
        ),
        migrations.AddConstraint(
            model_name='freightrule',
            constraint=models.CheckConstraint(condition=models.Q(('first_amount__gte', 0), ('further_amount__gte', 0)), name='freightrule_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='freightrule',
            constraint=models.CheckConstraint(condition=models.Q(('region_codes__len__gte', 1)), name='freightrule_has_regions'),
        ),
        migrations.AddConstraint(
            model_name='freightrule',
            constraint=kernel.composite_keys.CompositeKey(name='freightrule_of_template', relation='template', shared=('shop',)),
        ),
        migrations.AddConstraint(
            model_name='freightrule',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='freightrule_wall'),
        ),
        migrations.AddConstraint(
            model_name='holiday',
            constraint=models.CheckConstraint(condition=models.Q(('closed_to__gt', models.F('closed_from'))), name='holiday_ends_later'),
        ),
        migrations.AddConstraint(
            model_name='holiday',
            constraint=models.UniqueConstraint(condition=models.Q(('called_off_at__isnull', True)), fields=('shop',), name='holiday_one_open'),
        ),
        migrations.AddConstraint(
            model_name='holiday',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='holiday_wall'),
        ),
        migrations.AddConstraint(
            model_name='shippingpromise',
            constraint=models.CheckConstraint(condition=models.Q(('speed__in', ['same_day', 'next_day', 'hours_48'])), name='shippingpromise_speed_valid'),
        ),
        migrations.AddConstraint(
            model_name='shippingpromise',
            constraint=models.UniqueConstraint(condition=models.Q(('ends_at__isnull', True)), fields=('shop',), name='shippingpromise_one_open'),
        ),
        migrations.AddConstraint(
            model_name='shippingpromise',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__isnull', True), ('ends_at__gte', models.F('starts_at')), _connector='OR'), name='shippingpromise_ends_later'),
        ),
        migrations.AddConstraint(
            model_name='shippingpromise',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='shippingpromise_wall'),
        ),
        migrations.AddConstraint(
            model_name='specialdate',
            constraint=models.CheckConstraint(condition=models.Q(('paid_to__gt', models.F('paid_from'))), name='specialdate_ends_later'),
        ),
        migrations.AddConstraint(
            model_name='specialdate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('plus_days__isnull', True), ('ship_on__isnull', False)), models.Q(('plus_days__gte', 1), ('plus_days__lte', 30), ('ship_on__isnull', True)), _connector='OR'), name='specialdate_day_or_days'),
        ),
        migrations.AddConstraint(
            model_name='specialdate',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='specialdate_wall'),
        ),
        migrations.AddField(
            model_name='returnaddress',
            name='product_ids',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), default=list, size=None, verbose_name='for products'),
        ),
        migrations.AddField(
            model_name='returnaddress',
            name='region_codes',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=6), default=list, size=None, verbose_name='for buyers in'),
        ),
        revised(
            'shops_freightrule',
            subject='shop',
            key='shop_id',
            columns='region_codes, is_delivered, first_pieces, first_amount, further_pieces, '
            'further_amount, free_from_amount, free_from_pieces',
            is_part=True,
        ),
        revised(
            'shops_holiday',
            subject='shop',
            key='shop_id',
            columns='closed_from, closed_to, note, called_off_at',
            is_part=True,
        ),
    ]
