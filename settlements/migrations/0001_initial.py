import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import kernel.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('catalog', '0001_initial'),
        ('orders', '0001_initial'),
        ('shops', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='SettlementEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order_number', models.CharField(max_length=20, verbose_name='order')),
                ('kind', models.CharField(choices=[('settle', 'settled'), ('reverse', 'taken back after settlement')], max_length=10, verbose_name='kind')),
                ('reference', models.CharField(max_length=120, unique=True, verbose_name='reference')),
                ('currency', kernel.fields.CurrencyField(default='CNY', max_length=3, verbose_name='currency')),
                ('paid_amount', kernel.fields.AmountField(verbose_name='buyer paid')),
                ('subsidy_amount', kernel.fields.AmountField(default=0, verbose_name='subsidies')),
                ('shop_amount', kernel.fields.AmountField(verbose_name='shop')),
                ('creator_amount', kernel.fields.AmountField(default=0, verbose_name='creator')),
                ('agency_amount', kernel.fields.AmountField(default=0, verbose_name='agency')),
                ('platform_fee_amount', kernel.fields.AmountField(default=0, verbose_name='platform fee')),
                ('fee_rate_bp', kernel.fields.RateField(verbose_name='fee rate')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('agency', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.agency', verbose_name='agency')),
                ('creator', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.creator', verbose_name='creator')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='settlement_entries', to='orders.orderline', verbose_name='order line')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop')),
            ],
            options={
                'verbose_name': 'settlement entry',
                'verbose_name_plural': 'settlement entries',
                'indexes': [models.Index(fields=['shop', '-at', '-id'], name='settlemententry_shop')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['settle', 'reverse'])), name='settlemententry_kind_valid'), models.CheckConstraint(condition=models.Q(('paid_amount', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('shop_amount'), '+', models.F('creator_amount')), '+', models.F('agency_amount')), '+', models.F('platform_fee_amount')), '-', models.F('subsidy_amount')))), name='settlemententry_waterfall'), models.UniqueConstraint(condition=models.Q(('kind', 'settle')), fields=('line',), name='settlemententry_settled_once')],
            },
        ),
        migrations.CreateModel(
            name='Statement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('party', models.CharField(choices=[('shop', 'shop'), ('creator', 'creator'), ('agency', 'agency'), ('platform', 'platform')], max_length=10, verbose_name='party')),
                ('currency', kernel.fields.CurrencyField(default='CNY', max_length=3, verbose_name='currency')),
                ('public_id', kernel.fields.PublicIdField(prefix='stm', verbose_name='statement id')),
                ('month', models.DateField(verbose_name='month')),
                ('opening_amount', kernel.fields.AmountField(verbose_name='opening balance')),
                ('settled_amount', kernel.fields.AmountField(default=0, verbose_name='settled')),
                ('reversed_amount', kernel.fields.AmountField(default=0, verbose_name='taken back')),
                ('paid_out_amount', kernel.fields.AmountField(default=0, verbose_name='paid out')),
                ('closing_amount', kernel.fields.AmountField(verbose_name='closing balance')),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='updated at')),
                ('agency', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.agency', verbose_name='agency')),
                ('creator', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.creator', verbose_name='creator')),
                ('shop', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop')),
            ],
            options={
                'verbose_name': 'statement',
                'verbose_name_plural': 'statements',
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('agency__isnull', True), ('creator__isnull', True), ('party', 'shop'), ('shop__isnull', False)), models.Q(('agency__isnull', True), ('creator__isnull', False), ('party', 'creator'), ('shop__isnull', True)), models.Q(('agency__isnull', False), ('creator__isnull', True), ('party', 'agency'), ('shop__isnull', True)), _connector='OR'), name='statement_one_party'), models.UniqueConstraint(fields=('party', 'shop', 'creator', 'agency', 'currency', 'month'), name='statement_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('closing_amount', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('opening_amount'), '+', models.F('settled_amount')), '-', models.F('reversed_amount')), '-', models.F('paid_out_amount')))), name='statement_adds_up')],
            },
        ),
        migrations.CreateModel(
            name='StatementLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('party', models.CharField(choices=[('shop', 'shop'), ('creator', 'creator'), ('agency', 'agency'), ('platform', 'platform')], max_length=10, verbose_name='party')),
                ('currency', kernel.fields.CurrencyField(default='CNY', max_length=3, verbose_name='currency')),
                ('reference', models.CharField(max_length=120, verbose_name='reference')),
                ('order_number', models.CharField(blank=True, max_length=20, verbose_name='order')),
                ('amount', kernel.fields.AmountField(verbose_name='amount')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('agency', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.agency', verbose_name='agency')),
                ('creator', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.creator', verbose_name='creator')),
                ('entry', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='statement_lines', to='settlements.settlemententry', verbose_name='settlement entry')),
                ('shop', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop')),
            ],
            options={
                'verbose_name': 'statement line',
                'verbose_name_plural': 'statement lines',
                'abstract': False,
                'indexes': [models.Index(fields=['shop', '-at', '-id'], name='statementline_shop'), models.Index(fields=['creator', '-at', '-id'], name='statementline_creator'), models.Index(fields=['agency', '-at', '-id'], name='statementline_agency')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('agency__isnull', True), ('creator__isnull', True), ('party', 'shop'), ('shop__isnull', False)), models.Q(('agency__isnull', True), ('creator__isnull', False), ('party', 'creator'), ('shop__isnull', True)), models.Q(('agency__isnull', False), ('creator__isnull', True), ('party', 'agency'), ('shop__isnull', True)), _connector='OR'), name='statementline_one_party'), models.UniqueConstraint(fields=('party', 'reference'), name='statementline_once')],
            },
        ),
        migrations.CreateModel(
            name='FeeRate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rate_bp', kernel.fields.RateField(verbose_name='rate')),
                ('effective_from', models.DateTimeField(verbose_name='from')),
                ('category', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.category', verbose_name='category')),
            ],
            options={
                'verbose_name': 'fee rate',
                'verbose_name_plural': 'fee rates',
                'constraints': [models.CheckConstraint(condition=models.Q(('rate_bp__gte', 0), ('rate_bp__lte', 3000)), name='feerate_range')],
            },
        ),
        migrations.CreateModel(
            name='Payout',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('party', models.CharField(choices=[('shop', 'shop'), ('creator', 'creator'), ('agency', 'agency'), ('platform', 'platform')], max_length=10, verbose_name='party')),
                ('currency', kernel.fields.CurrencyField(default='CNY', max_length=3, verbose_name='currency')),
                ('number', models.CharField(max_length=24, unique=True, verbose_name='number')),
                ('amount', kernel.fields.AmountField(verbose_name='amount')),
                ('status', models.CharField(choices=[('requested', 'requested'), ('paid', 'paid out'), ('refused', 'refused')], default='requested', max_length=12, verbose_name='status')),
                ('requested_at', models.DateTimeField(verbose_name='requested at')),
                ('requested_by_label', models.CharField(blank=True, max_length=120, verbose_name='requested by')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='finished at')),
                ('agency', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.agency', verbose_name='agency')),
                ('creator', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.creator', verbose_name='creator')),
                ('shop', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop')),
            ],
            options={
                'verbose_name': 'payout',
                'verbose_name_plural': 'payouts',
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('agency__isnull', True), ('creator__isnull', True), ('party', 'shop'), ('shop__isnull', False)), models.Q(('agency__isnull', True), ('creator__isnull', False), ('party', 'creator'), ('shop__isnull', True)), models.Q(('agency__isnull', False), ('creator__isnull', True), ('party', 'agency'), ('shop__isnull', True)), _connector='OR'), name='payout_one_party'), models.CheckConstraint(condition=models.Q(('status__in', ['requested', 'paid', 'refused'])), name='payout_status_valid'), models.CheckConstraint(condition=models.Q(('amount__gte', 1)), name='payout_amount_positive')],
            },
        ),
    ]
