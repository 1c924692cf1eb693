"""Eight roles, requests that a second person decides."""

import django.db.models.deletion
import django.db.models.functions.datetime
import kernel.fields
import kernel.walls
from django.conf import settings
from django.db import migrations, models

from kernel.triggers import frozen


class Migration(migrations.Migration):

    dependencies = [
        ('shops', '0005_walls'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='apr', verbose_name='approval id')),
                ('kind', models.CharField(max_length=40, verbose_name='kind')),
                ('target', models.CharField(max_length=40, verbose_name='object')),
                ('payload', models.JSONField(default=dict, verbose_name='what is wanted')),
                ('status', models.CharField(choices=[('pending', 'waits for a second person'), ('approved', 'approved'), ('rejected', 'rejected'), ('withdrawn', 'withdrawn'), ('expired', 'expired')], default='pending', max_length=12, verbose_name='status')),
                ('asked_by_label', models.CharField(max_length=120, verbose_name='asked by')),
                ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='asked at')),
                ('expires_at', models.DateTimeField(verbose_name='expires at')),
                ('takes_effect_at', models.DateTimeField(null=True, verbose_name='takes effect at')),
                ('decided_by_label', models.CharField(blank=True, max_length=120, verbose_name='decided by')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided at')),
            ],
            options={
                'verbose_name': 'request for approval',
                'verbose_name_plural': 'requests for approval',
            },
        ),
        migrations.RemoveConstraint(
            model_name='staff',
            name='staff_role_valid',
        ),
        migrations.AlterField(
            model_name='staff',
            name='role',
            field=models.CharField(choices=[('owner', 'owner'), ('manager', 'manager'), ('product_editor', 'product editor'), ('order_clerk', 'order clerk'), ('aftersales_agent', 'after-sales agent'), ('finance', 'finance'), ('live_operator', 'live operator'), ('read_only', 'read only')], max_length=20, verbose_name='role'),
        ),
        migrations.AddConstraint(
            model_name='staff',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['owner', 'manager', 'product_editor', 'order_clerk', 'aftersales_agent', 'finance', 'live_operator', 'read_only'])), name='staff_role_valid'),
        ),
        migrations.AddField(
            model_name='approval',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by'),
        ),
        migrations.AddField(
            model_name='approval',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by'),
        ),
        migrations.AddField(
            model_name='approval',
            name='shop',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='approvals', to='shops.shop', verbose_name='shop'),
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(condition=models.Q(('status', 'pending')), fields=['expires_at'], name='approval_pending'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['pending', 'approved', 'rejected', 'withdrawn', 'expired'])), name='approval_status_valid'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'pending')), fields=('shop', 'kind', 'target'), name='approval_one_pending'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'approved'), _negated=True), models.Q(('decided_by__isnull', False), models.Q(('decided_by', models.F('asked_by')), _negated=True)), models.Q(('decided_by__isnull', True), ('takes_effect_at__isnull', False)), _connector='OR'), name='approval_by_a_second_person'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(('status', 'pending'), ('decided_at__isnull', False), _connector='OR'), name='approval_decided_has_time'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='approval_wall'),
        ),
        frozen('shops_approval', 'shop_id', 'kind', 'target', 'payload', 'asked_by_id', 'asked_at', 'expires_at', 'takes_effect_at'),
    ]
