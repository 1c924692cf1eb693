"""Rights of shops to brands, licences that categories ask for, and those that shops hold."""

import django.db.models.deletion
import django.db.models.functions.datetime
import kernel.composite_keys
import kernel.fields
import kernel.walls
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0013_sell_channels'),
        ('shops', '0011_authority'),
    ]

    operations = [
        migrations.CreateModel(
            name='BrandGrant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField(verbose_name='from')),
                ('ends_at', models.DateTimeField(null=True, verbose_name='until')),
                ('status', models.CharField(choices=[('pending', 'in review'), ('approved', 'approved'), ('rejected', 'rejected'), ('revoked', 'taken back'), ('ended', 'ended')], default='pending', max_length=10, verbose_name='status')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('actor_label', models.CharField(blank=True, max_length=120, verbose_name='by')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided at')),
                ('decided_by_label', models.CharField(blank=True, max_length=120, verbose_name='decided by')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created at')),
                ('public_id', kernel.fields.PublicIdField(prefix='bgr', verbose_name='grant id')),
                ('kind', models.CharField(choices=[('owner', 'owner of the brand'), ('exclusive', 'exclusive grant'), ('authorised', 'authorised dealer')], max_length=12, verbose_name='kind')),
                ('brand', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='catalog.brand', verbose_name='brand')),
                ('category', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.category', verbose_name='top category')),
                ('document', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shopdocument', verbose_name='document')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop')),
            ],
            options={
                'verbose_name': 'brand grant',
                'verbose_name_plural': 'brand grants',
                'indexes': [models.Index(condition=models.Q(('status', 'approved')), fields=['ends_at'], name='brandgrant_ends')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['pending', 'approved', 'rejected', 'revoked', 'ended'])), name='brandgrant_status_valid'), models.CheckConstraint(condition=models.Q(('kind__in', ['owner', 'exclusive', 'authorised'])), name='brandgrant_kind_valid'), models.CheckConstraint(condition=models.Q(('ends_at__isnull', True), ('ends_at__gt', models.F('starts_at')), _connector='OR'), name='brandgrant_ends_later'), models.UniqueConstraint(condition=models.Q(('status', 'pending')), fields=('shop', 'brand'), name='brandgrant_one_waits'), kernel.composite_keys.CompositeKey(name='brandgrant_document', relation='document', shared=('shop',)), kernel.walls.Wall(by='shop', may='SELECT, INSERT', name='brandgrant_wall')],
            },
        ),
        migrations.CreateModel(
            name='QualificationRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='qlr', verbose_name='qualification rule id')),
                ('code', models.CharField(max_length=40, verbose_name='code')),
                ('name', models.CharField(max_length=120, verbose_name='licence')),
                ('attribute', models.CharField(blank=True, max_length=60, verbose_name='attribute')),
                ('values', models.JSONField(default=list, verbose_name='values')),
                ('starts_at', models.DateTimeField(verbose_name='from')),
                ('ends_at', models.DateTimeField(null=True, verbose_name='until')),
                ('created_by_label', models.CharField(blank=True, max_length=120, verbose_name='by')),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='qualification_rules', to='catalog.category', verbose_name='category')),
            ],
            options={
                'verbose_name': 'qualification rule',
                'verbose_name_plural': 'qualification rules',
                'constraints': [models.UniqueConstraint(condition=models.Q(('ends_at__isnull', True)), fields=('category', 'code'), name='qualificationrule_one_open'), models.CheckConstraint(condition=models.Q(('ends_at__isnull', True), ('ends_at__gte', models.F('starts_at')), _connector='OR'), name='qualificationrule_ends_later'), kernel.walls.Wall(by='', may='SELECT', name='qualificationrule_wall')],
            },
        ),
        migrations.CreateModel(
            name='ShopQualification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField(verbose_name='from')),
                ('ends_at', models.DateTimeField(null=True, verbose_name='until')),
                ('status', models.CharField(choices=[('pending', 'in review'), ('approved', 'approved'), ('rejected', 'rejected'), ('revoked', 'taken back'), ('ended', 'ended')], default='pending', max_length=10, verbose_name='status')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('actor_label', models.CharField(blank=True, max_length=120, verbose_name='by')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided at')),
                ('decided_by_label', models.CharField(blank=True, max_length=120, verbose_name='decided by')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created at')),
                ('public_id', kernel.fields.PublicIdField(prefix='qlf', verbose_name='qualification id')),
                ('code', models.CharField(max_length=40, verbose_name='licence')),
                ('number', models.CharField(max_length=80, verbose_name='licence number')),
                ('document', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shopdocument', verbose_name='document')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop')),
            ],
            options={
                'verbose_name': 'qualification',
                'verbose_name_plural': 'qualifications',
                'indexes': [models.Index(condition=models.Q(('status', 'approved')), fields=['ends_at'], name='shopqualification_ends')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['pending', 'approved', 'rejected', 'revoked', 'ended'])), name='shopqualification_status_valid'), models.CheckConstraint(condition=models.Q(('ends_at__isnull', True), ('ends_at__gt', models.F('starts_at')), _connector='OR'), name='shopqualification_ends_later'), models.UniqueConstraint(condition=models.Q(('status', 'pending')), fields=('shop', 'code'), name='shopqualification_one_waits'), kernel.composite_keys.CompositeKey(name='shopqualification_document', relation='document', shared=('shop',)), kernel.walls.Wall(by='shop', may='SELECT, INSERT', name='shopqualification_wall')],
            },
        ),
    ]
