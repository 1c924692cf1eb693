import django.db.models.deletion
import kernel.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='LedgerAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(choices=[('gateway_clearing', 'gateway clearing'), ('escrow', 'escrow'), ('refunds_payable', 'refunds payable'), ('shop_payable', 'owed to the shop'), ('creator_payable', 'owed to the creator'), ('agency_payable', 'owed to the agency'), ('platform_fee', 'platform fee'), ('payout_in_transit', 'payout in transit'), ('subsidy_expense', 'subsidies')], max_length=30, verbose_name='code')),
                ('owner', models.CharField(blank=True, max_length=40, verbose_name='owner')),
                ('currency', kernel.fields.CurrencyField(default='CNY', max_length=3, verbose_name='currency')),
                ('keeps_balance', models.BooleanField(verbose_name='keeps a balance')),
                ('balance_amount', kernel.fields.AmountField(default=0, verbose_name='balance')),
            ],
            options={
                'verbose_name': 'ledger account',
                'verbose_name_plural': 'ledger accounts',
                'constraints': [models.UniqueConstraint(fields=('code', 'owner', 'currency'), name='ledgeraccount_once'), models.CheckConstraint(condition=models.Q(('code__in', ['gateway_clearing', 'escrow', 'refunds_payable', 'shop_payable', 'creator_payable', 'agency_payable', 'platform_fee', 'payout_in_transit', 'subsidy_expense'])), name='ledgeraccount_code_valid'), models.CheckConstraint(condition=models.Q(('keeps_balance', True), ('balance_amount', 0), _connector='OR'), name='ledgeraccount_hot_has_no_balance')],
            },
        ),
        migrations.CreateModel(
            name='Transfer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=120, unique=True, verbose_name='reference')),
                ('kind', models.CharField(max_length=40, verbose_name='kind')),
                ('currency', kernel.fields.CurrencyField(default='CNY', max_length=3, verbose_name='currency')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('note', models.JSONField(default=dict, verbose_name='note')),
            ],
            options={
                'verbose_name': 'transfer',
                'verbose_name_plural': 'transfers',
                'indexes': [models.Index(fields=['kind', 'at'], name='transfer_kind_at')],
            },
        ),
        migrations.CreateModel(
            name='Leg',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', kernel.fields.AmountField(verbose_name='amount')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='legs', to='ledger.ledgeraccount', verbose_name='account')),
                ('transfer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='legs', to='ledger.transfer', verbose_name='transfer')),
            ],
            options={
                'verbose_name': 'leg',
                'verbose_name_plural': 'legs',
                'constraints': [models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='leg_not_zero'), models.UniqueConstraint(fields=('transfer', 'account'), name='leg_account_once')],
            },
        ),
    ]
