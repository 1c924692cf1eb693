
import django.db.models.deletion
import django.db.models.functions.datetime
import kernel.fields
import kernel.walls
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0016_screening'),
        ('shops', '0009_admission_checklist'),
    ]

    operations = [
        migrations.AddField(
            model_name='categoryruleset',
            name='needs_spu',
            field=models.BooleanField(db_default=False, default=False, verbose_name='products need a standard product'),
        ),
        migrations.CreateModel(
            name='Spu',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='spu', verbose_name='SPU id')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('barcode', models.CharField(blank=True, max_length=14, verbose_name='barcode')),
                ('attributes', models.JSONField(default=list, verbose_name='key properties')),
                ('is_free_of_review', models.BooleanField(default=False, verbose_name='free of review')),
                ('is_retired', models.BooleanField(default=False, verbose_name='retired')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created at')),
                ('brand', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.brand', verbose_name='brand')),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.category', verbose_name='category')),
            ],
            options={
                'verbose_name': 'standard product',
                'verbose_name_plural': 'standard products',
            },
        ),
        migrations.AddField(
            model_name='product',
            name='spu',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='products', to='catalog.spu', verbose_name='standard product'),
        ),
        migrations.CreateModel(
            name='SpuTicket',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='spt', verbose_name='ticket id')),
                ('kind', models.CharField(choices=[('propose', 'new standard product'), ('correct', 'correction')], max_length=8, verbose_name='kind')),
                ('spu_version', models.PositiveIntegerField(null=True, verbose_name='version')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('barcode', models.CharField(blank=True, max_length=14, verbose_name='barcode')),
                ('attributes', models.JSONField(default=list, verbose_name='key properties')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('status', models.CharField(choices=[('pending', 'waiting'), ('accepted', 'accepted'), ('rejected', 'rejected')], default='pending', max_length=8, verbose_name='status')),
                ('answer', models.CharField(blank=True, max_length=300, verbose_name='answer')),
                ('asked_by_label', models.CharField(blank=True, max_length=120, verbose_name='by')),
                ('created_at', models.DateTimeField(verbose_name='created at')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided at')),
                ('decided_by_label', models.CharField(blank=True, max_length=120, verbose_name='decided by')),
                ('brand', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.brand', verbose_name='brand')),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.category', verbose_name='category')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop')),
                ('spu', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to='catalog.spu', verbose_name='standard product')),
            ],
            options={
                'verbose_name': 'proposal for a standard product',
                'verbose_name_plural': 'proposals for standard products',
            },
        ),
        migrations.AddIndex(
            model_name='spu',
            index=models.Index(fields=['category', 'brand', 'id'], name='spu_of_category'),
        ),
        migrations.AddConstraint(
            model_name='spu',
            constraint=models.UniqueConstraint(condition=models.Q(('barcode', ''), _negated=True), fields=('barcode',), name='spu_barcode_once'),
        ),
        migrations.AddConstraint(
            model_name='spu',
            constraint=kernel.walls.Wall(by='', may='SELECT', name='spu_wall'),
        ),
        migrations.AddConstraint(
            model_name='sputicket',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['propose', 'correct'])), name='sputicket_kind_valid'),
        ),
        migrations.AddConstraint(
            model_name='sputicket',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['pending', 'accepted', 'rejected'])), name='sputicket_status_valid'),
        ),
        migrations.AddConstraint(
            model_name='sputicket',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'propose'), ('spu_version', None)), models.Q(('kind', 'correct'), ('spu__isnull', False), ('spu_version__isnull', False)), _connector='OR'), name='sputicket_corrects_something'),
        ),
        migrations.AddConstraint(
            model_name='sputicket',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT', name='sputicket_wall'),
        ),
    ]
