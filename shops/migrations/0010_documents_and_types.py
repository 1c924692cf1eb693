"""Documents that shops hand in, and the types of shop that were missing."""

import django.db.models.deletion
import django.db.models.functions.datetime
import kernel.fields
import kernel.walls
from django.db import migrations, models

from kernel.triggers import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('shops', '0009_admission_checklist'),
    ]

    operations = [
        migrations.CreateModel(
            name='ShopDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='doc', verbose_name='document id')),
                ('kind', models.CharField(choices=[('picture', 'picture'), ('pdf', 'PDF')], max_length=8, verbose_name='kind')),
                ('digest', models.CharField(max_length=64, verbose_name='digest')),
                ('filename', models.CharField(max_length=120, verbose_name='file')),
                ('size', models.PositiveIntegerField(verbose_name='bytes')),
                ('content', models.BinaryField(verbose_name='content')),
                ('actor_label', models.CharField(blank=True, max_length=120, verbose_name='by')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created at')),
            ],
            options={
                'verbose_name': 'document',
                'verbose_name_plural': 'documents',
            },
        ),
        migrations.RemoveConstraint(
            model_name='checklist',
            name='checklist_type_valid',
        ),
        migrations.RemoveConstraint(
            model_name='shop',
            name='shop_type_valid',
        ),
        migrations.AlterField(
            model_name='checklist',
            name='shop_type',
            field=models.CharField(blank=True, choices=[('ordinary', 'ordinary'), ('multi_brand', 'multi-brand specialty'), ('flagship', 'flagship'), ('brand_specialty', 'brand specialty'), ('mall', 'mall'), ('store_flagship', 'store-type flagship'), ('official_flagship', 'official flagship'), ('enterprise', 'enterprise'), ('individual', 'individual')], max_length=20, verbose_name='type of shop'),
        ),
        migrations.AlterField(
            model_name='shop',
            name='type',
            field=models.CharField(choices=[('ordinary', 'ordinary'), ('multi_brand', 'multi-brand specialty'), ('flagship', 'flagship'), ('brand_specialty', 'brand specialty'), ('mall', 'mall'), ('store_flagship', 'store-type flagship'), ('official_flagship', 'official flagship'), ('enterprise', 'enterprise'), ('individual', 'individual')], default='ordinary', max_length=20, verbose_name='type'),
        ),
        migrations.AddConstraint(
            model_name='checklist',
            constraint=models.CheckConstraint(condition=models.Q(('shop_type__in', ['', 'ordinary', 'multi_brand', 'flagship', 'brand_specialty', 'mall', 'store_flagship', 'official_flagship', 'enterprise', 'individual'])), name='checklist_type_valid'),
        ),
        migrations.AddConstraint(
            model_name='shop',
            constraint=models.CheckConstraint(condition=models.Q(('type__in', ['ordinary', 'multi_brand', 'flagship', 'brand_specialty', 'mall', 'store_flagship', 'official_flagship', 'enterprise', 'individual'])), name='shop_type_valid'),
        ),
        migrations.AddField(
            model_name='shopdocument',
            name='shop',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='shops.shop', verbose_name='shop'),
        ),
        migrations.AddConstraint(
            model_name='shopdocument',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['picture', 'pdf'])), name='shopdocument_kind_valid'),
        ),
        migrations.AddConstraint(
            model_name='shopdocument',
            constraint=models.UniqueConstraint(fields=('shop', 'digest'), name='shopdocument_once'),
        ),
        migrations.AddConstraint(
            model_name='shopdocument',
            constraint=models.UniqueConstraint(fields=('id', 'shop'), name='shopdocument_id_shop'),
        ),
        migrations.AddConstraint(
            model_name='shopdocument',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT', name='shopdocument_wall'),
        ),
        append_only("shops_shopdocument"),
    ]
