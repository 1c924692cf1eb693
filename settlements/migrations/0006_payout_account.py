"""Where a shop's money goes: one account in use, one that waits, none ever edited."""

import django.db.models.deletion
import django.db.models.functions.datetime
import kernel.composite_keys
import kernel.fields
import kernel.walls
from django.conf import settings
from django.db import migrations, models

from kernel.triggers import frozen


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_revisions'),
        ('settlements', '0005_walls'),
        ('shops', '0006_people'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PayoutAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='pac', verbose_name='payout account id')),
                ('holder', models.CharField(max_length=120, verbose_name='account holder')),
                ('bank', models.CharField(max_length=80, verbose_name='bank')),
                ('number_sealed', models.BinaryField(verbose_name='account number, sealed')),
                ('last_four', models.CharField(max_length=4, verbose_name='last four digits')),
                ('status', models.CharField(choices=[('waiting', 'waits for approval'), ('active', 'in use'), ('replaced', 'replaced'), ('refused', 'not approved')], default='waiting', max_length=12, verbose_name='status')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='asked at')),
                ('active_from', models.DateTimeField(null=True, verbose_name='in use from')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='in use until')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payout_accounts', to='shops.shop', verbose_name='shop')),
            ],
            options={
                'verbose_name': 'payout account',
                'verbose_name_plural': 'payout accounts',
            },
        ),
        migrations.AddConstraint(
            model_name='payoutaccount',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'active', 'replaced', 'refused'])), name='payoutaccount_status_valid'),
        ),
        migrations.AddConstraint(
            model_name='payoutaccount',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'active')), fields=('shop',), name='payoutaccount_one_active'),
        ),
        migrations.AddConstraint(
            model_name='payoutaccount',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'waiting')), fields=('shop',), name='payoutaccount_one_waiting'),
        ),
        migrations.AddConstraint(
            model_name='payoutaccount',
            constraint=models.UniqueConstraint(fields=('id', 'shop'), name='payoutaccount_id_shop'),
        ),
        migrations.AddConstraint(
            model_name='payoutaccount',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'active'), _negated=True), ('active_from__isnull', False), _connector='OR'), name='payoutaccount_active_has_start'),
        ),
        migrations.AddField(
            model_name='payout',
            name='account',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payouts', to='settlements.payoutaccount', verbose_name='payout account'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.CheckConstraint(condition=models.Q(('account__isnull', True), ('shop__isnull', False), _connector='OR'), name='payout_account_names_shop'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=kernel.composite_keys.CompositeKey(name='payout_to_account', relation='account', shared=('shop',)),
        ),
        migrations.AddConstraint(
            model_name='payoutaccount',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='payoutaccount_wall'),
        ),
        frozen('settlements_payoutaccount', 'shop_id', 'holder', 'bank', 'number_sealed', 'last_four'),
    ]
