import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('actor_role', models.CharField(max_length=20, verbose_name='role')),
                ('actor_user_id', models.BigIntegerField(null=True, verbose_name='user')),
                ('actor_label', models.CharField(blank=True, max_length=120, verbose_name='by')),
                ('shop_id', models.BigIntegerField(null=True, verbose_name='shop')),
                ('action', models.CharField(max_length=80, verbose_name='action')),
                ('target_model', models.CharField(max_length=60, verbose_name='object type')),
                ('target_id', models.CharField(max_length=64, verbose_name='object')),
                ('before', models.JSONField(default=dict, verbose_name='before')),
                ('after', models.JSONField(default=dict, verbose_name='after')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                ('request_id', models.CharField(blank=True, max_length=40, verbose_name='request')),
            ],
            options={
                'verbose_name': 'audit entry',
                'verbose_name_plural': 'audit entries',
                'indexes': [models.Index(fields=['target_model', 'target_id', 'id'], name='audit_of'), models.Index(fields=['shop_id', 'id'], name='audit_shop')],
            },
        ),
        migrations.CreateModel(
            name='IdempotencyRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(max_length=200, verbose_name='scope')),
                ('key', models.CharField(max_length=255, verbose_name='key')),
                ('fingerprint', models.CharField(max_length=64, verbose_name='fingerprint')),
                ('status', models.PositiveSmallIntegerField(verbose_name='status')),
                ('body', models.JSONField(null=True, verbose_name='body')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created at')),
            ],
            options={
                'verbose_name': 'idempotency record',
                'verbose_name_plural': 'idempotency records',
                'indexes': [models.Index(fields=['created_at'], name='idempotency_age')],
                'constraints': [models.UniqueConstraint(fields=('scope', 'key'), name='idempotency_once')],
            },
        ),
        migrations.CreateModel(
            name='OutboxMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('topic', models.CharField(max_length=80, verbose_name='topic')),
                ('payload', models.JSONField(verbose_name='payload')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created at')),
                ('relayed_at', models.DateTimeField(null=True, verbose_name='relayed at')),
            ],
            options={
                'verbose_name': 'event',
                'verbose_name_plural': 'events',
                'indexes': [models.Index(condition=models.Q(('relayed_at__isnull', True)), fields=['id'], name='outbox_waiting')],
            },
        ),
        migrations.CreateModel(
            name='StatusChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.CharField(max_length=60, verbose_name='model')),
                ('object_id', models.BigIntegerField(verbose_name='object')),
                ('field', models.CharField(max_length=40, verbose_name='field')),
                ('from_status', models.CharField(max_length=40, verbose_name='from')),
                ('to_status', models.CharField(max_length=40, verbose_name='to')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('actor_label', models.CharField(blank=True, max_length=120, verbose_name='by')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'status change',
                'verbose_name_plural': 'status changes',
                'indexes': [models.Index(fields=['model', 'object_id', 'id'], name='statuschange_of')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subscriber', models.CharField(max_length=120, verbose_name='subscriber')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('due_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='due at')),
                ('done_at', models.DateTimeField(null=True, verbose_name='done at')),
                ('parked_at', models.DateTimeField(null=True, verbose_name='parked at')),
                ('last_error', models.TextField(blank=True, verbose_name='last error')),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='kernel.outboxmessage', verbose_name='event')),
            ],
            options={
                'verbose_name': 'event delivery',
                'verbose_name_plural': 'event deliveries',
                'indexes': [models.Index(condition=models.Q(('done_at__isnull', True), ('parked_at__isnull', True)), fields=['subscriber', 'due_at'], name='delivery_waiting')],
                'constraints': [models.UniqueConstraint(fields=('subscriber', 'message'), name='delivery_once')],
            },
        ),
    ]
