"""Deposits with their entries and assessments, payments and deductions, rules and exemptions."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import kernel.composite_keys
import kernel.fields
import kernel.walls
from django.conf import settings
from django.db import migrations, models

from kernel.triggers import append_only


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('kernel', '0002_append_only'),
        ('shops', '0008_restrictions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ConsequenceRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('measure', models.CharField(choices=[('score', 'experience score'), ('product', 'products'), ('logistics', 'logistics'), ('service', 'service')], max_length=10, verbose_name='measure')),
                ('effect', models.CharField(choices=[('alliance', 'no new alliance membership'), ('daily_orders', 'limited orders a day')], max_length=16, verbose_name='effect')),
                ('threshold_tenths', models.PositiveSmallIntegerField(verbose_name='below × 10')),
                ('limit', models.PositiveIntegerField(null=True, verbose_name='at most')),
                ('effective_from', models.DateTimeField(verbose_name='from')),
            ],
            options={
                'verbose_name': 'consequence of a score',
                'verbose_name_plural': 'consequences of scores',
                'constraints': [kernel.walls.Wall(by='', may='SELECT', name='consequencerule_wall'), models.CheckConstraint(condition=models.Q(('measure__in', ['score', 'product', 'logistics', 'service'])), name='consequencerule_measure_valid'), models.CheckConstraint(condition=models.Q(('effect__in', ['alliance', 'daily_orders'])), name='consequencerule_effect_valid'), models.CheckConstraint(condition=models.Q(('threshold_tenths__lte', 1000)), name='consequencerule_range'), models.CheckConstraint(condition=models.Q(models.Q(('effect', 'daily_orders'), ('limit__isnull', False)), models.Q(models.Q(('effect', 'daily_orders'), _negated=True), ('limit__isnull', True)), _connector='OR'), name='consequencerule_limit_of_orders'), models.UniqueConstraint(fields=('measure', 'effect', 'effective_from'), name='consequencerule_once')],
            },
        ),
        migrations.CreateModel(
            name='Deposit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='dpt', verbose_name='deposit id')),
                ('status', models.CharField(choices=[('ok', 'covered'), ('due', 'more is due soon'), ('shortfall', 'too low'), ('advanced', 'advanced by the platform'), ('refunded', 'paid back')], default='ok', max_length=12, verbose_name='status')),
                ('base_amount', kernel.fields.AmountField(default=0, verbose_name='base deposit')),
                ('experience_amount', kernel.fields.AmountField(default=0, verbose_name='experience deposit')),
                ('due_amount', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(models.F('base_amount'), '+', models.F('experience_amount')), output_field=models.BigIntegerField(), verbose_name='due')),
                ('coming_amount', kernel.fields.AmountField(default=0, verbose_name='due soon')),
                ('balance_amount', kernel.fields.AmountField(default=0, verbose_name='balance')),
                ('frozen_amount', kernel.fields.AmountField(default=0, verbose_name='set aside')),
                ('is_trial', models.BooleanField(default=False, verbose_name='on trial')),
                ('is_high_risk', models.BooleanField(default=False, verbose_name='high risk')),
                ('experience_since', models.DateTimeField(null=True, verbose_name='experience deposit since')),
                ('short_since', models.DateTimeField(null=True, verbose_name='too low since')),
                ('whole_since', models.DateTimeField(null=True, verbose_name='covered since')),
                ('withdrawn_at', models.DateTimeField(null=True, verbose_name='withdrawn last')),
                ('entry_count', models.PositiveIntegerField(default=0, verbose_name='entries')),
                ('created_at', models.DateTimeField(verbose_name='created at')),
                ('shop', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='deposit', to='shops.shop', verbose_name='shop')),
            ],
            options={
                'verbose_name': 'deposit',
                'verbose_name_plural': 'deposits',
            },
        ),
        migrations.CreateModel(
            name='Deduction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='ddn', verbose_name='deduction id')),
                ('violation', models.CharField(max_length=60, verbose_name='violation')),
                ('amount', kernel.fields.AmountField(verbose_name='amount')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('status', models.CharField(choices=[('pending', 'waits for a second operator'), ('done', 'deducted'), ('rejected', 'rejected')], default='pending', max_length=10, verbose_name='status')),
                ('needs_second', models.BooleanField(verbose_name='takes two operators')),
                ('asked_by_label', models.CharField(blank=True, max_length=120, verbose_name='asked by')),
                ('asked_at', models.DateTimeField(verbose_name='asked at')),
                ('decided_by_label', models.CharField(blank=True, max_length=120, verbose_name='decided by')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided at')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('deposit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deductions', to='governance.deposit', verbose_name='deposit')),
            ],
            options={
                'verbose_name': 'deduction',
                'verbose_name_plural': 'deductions',
            },
        ),
        migrations.CreateModel(
            name='DepositEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True, verbose_name='number')),
                ('position', models.PositiveIntegerField(verbose_name='position')),
                ('kind', models.CharField(choices=[('top_up', 'paid in'), ('freeze', 'set aside'), ('unfreeze', 'set free'), ('deduct', 'deducted'), ('advance', 'advanced for a case'), ('withdraw', 'surplus withdrawn'), ('refund', 'paid back after closing')], max_length=10, verbose_name='kind')),
                ('amount', kernel.fields.AmountField(verbose_name='amount')),
                ('frozen_amount', kernel.fields.AmountField(default=0, verbose_name='of which set aside')),
                ('after_amount', kernel.fields.AmountField(verbose_name='balance after')),
                ('frozen_after_amount', kernel.fields.AmountField(verbose_name='set aside after')),
                ('reference', models.CharField(blank=True, max_length=60, verbose_name='for')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('by_label', models.CharField(blank=True, max_length=120, verbose_name='by')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('deposit', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='governance.deposit', verbose_name='deposit')),
                ('shop', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop')),
            ],
            options={
                'verbose_name': 'deposit entry',
                'verbose_name_plural': 'deposit entries',
            },
        ),
        migrations.CreateModel(
            name='DepositPayment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True, verbose_name='number')),
                ('gateway', models.CharField(max_length=20, verbose_name='gateway')),
                ('amount', kernel.fields.AmountField(verbose_name='amount')),
                ('currency', kernel.fields.CurrencyField(default='CNY', max_length=3, verbose_name='currency')),
                ('status', models.CharField(choices=[('pending', 'waits for the money'), ('paid', 'paid'), ('closed', 'closed')], default='pending', max_length=10, verbose_name='status')),
                ('pay_url', models.CharField(blank=True, max_length=300, verbose_name='paid at')),
                ('gateway_txn', models.CharField(blank=True, max_length=64, verbose_name="gateway's transaction")),
                ('is_paid_in_sandbox', models.BooleanField(default=False, verbose_name='paid in the sandbox')),
                ('by_label', models.CharField(blank=True, max_length=120, verbose_name='by')),
                ('created_at', models.DateTimeField(verbose_name='created at')),
                ('closes_at', models.DateTimeField(verbose_name='closes at')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='finished at')),
                ('deposit', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='governance.deposit', verbose_name='deposit')),
                ('shop', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop')),
            ],
            options={
                'verbose_name': 'payment into the deposit',
                'verbose_name_plural': 'payments into the deposit',
            },
        ),
        migrations.CreateModel(
            name='DepositRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('effective_from', models.DateTimeField(unique=True, verbose_name='from')),
                ('tiers', models.JSONField(verbose_name='tiers')),
                ('high_risk_times', models.PositiveSmallIntegerField(verbose_name='times the base, high risk')),
                ('times', models.PositiveSmallIntegerField(verbose_name='times the base')),
                ('high_risk_days', models.PositiveSmallIntegerField(verbose_name='days, high risk')),
                ('days', models.PositiveSmallIntegerField(verbose_name='days')),
                ('high_risk_categories', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), default=list, size=None, verbose_name='high-risk categories')),
                ('trial_days', models.PositiveSmallIntegerField(verbose_name='trial days')),
                ('trial_orders', models.PositiveIntegerField(verbose_name='trial orders')),
                ('listing_after_days', models.PositiveSmallIntegerField(verbose_name='nothing new is listed after days')),
                ('sales_after_days', models.PositiveSmallIntegerField(verbose_name='off sale after days')),
            ],
            options={
                'verbose_name': 'deposit rule',
                'verbose_name_plural': 'deposit rules',
                'constraints': [kernel.walls.Wall(by='', may='SELECT', name='depositrule_wall'), models.CheckConstraint(condition=models.Q(('high_risk_times__gte', models.F('times')), ('times__gte', 1)), name='depositrule_high_risk_is_more'), models.CheckConstraint(condition=models.Q(('sales_after_days__gte', models.F('listing_after_days'))), name='depositrule_listing_first')],
            },
        ),
        migrations.CreateModel(
            name='DepositAssessment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='das', verbose_name='assessment id')),
                ('cause', models.CharField(choices=[('first', 'first time'), ('monthly', "last month's sales"), ('trial_over', 'end of the trial'), ('advanced', 'the platform advanced money'), ('proven', 'no shortfall for long enough')], max_length=10, verbose_name='because of')),
                ('month', models.DateField(verbose_name='month')),
                ('gmv_amount', kernel.fields.AmountField(default=0, verbose_name='sales of the month before')),
                ('tiers', models.JSONField(verbose_name='tiers')),
                ('is_trial', models.BooleanField(default=False, verbose_name='on trial')),
                ('base_amount', kernel.fields.AmountField(verbose_name='base deposit')),
                ('experience_amount', kernel.fields.AmountField(default=0, verbose_name='experience deposit')),
                ('advanced_amount', kernel.fields.AmountField(default=0, verbose_name='advanced')),
                ('times', models.PositiveSmallIntegerField(default=0, verbose_name='times the base')),
                ('announced_at', models.DateTimeField(verbose_name='announced at')),
                ('effective_at', models.DateTimeField(verbose_name='in force from')),
                ('applied_at', models.DateTimeField(null=True, verbose_name='came into force')),
                ('deposit', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='assessments', to='governance.deposit', verbose_name='deposit')),
                ('shop', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop')),
                ('rule', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.depositrule', verbose_name='rule')),
            ],
            options={
                'verbose_name': 'deposit assessment',
                'verbose_name_plural': 'deposit assessments',
            },
        ),
        migrations.CreateModel(
            name='ConsequenceExemption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='cex', verbose_name='exemption id')),
                ('effect', models.CharField(choices=[('alliance', 'no new alliance membership'), ('daily_orders', 'limited orders a day')], max_length=16, verbose_name='effect')),
                ('note', models.CharField(max_length=300, verbose_name='reason')),
                ('by_label', models.CharField(blank=True, max_length=120, verbose_name='by')),
                ('created_at', models.DateTimeField(verbose_name='created at')),
                ('lifted_at', models.DateTimeField(null=True, verbose_name='lifted at')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop')),
            ],
            options={
                'verbose_name': 'exemption from a consequence',
                'verbose_name_plural': 'exemptions from consequences',
                'constraints': [kernel.walls.Wall(by='shop', may='SELECT', name='consequenceexemption_wall'), models.CheckConstraint(condition=models.Q(('effect__in', ['alliance', 'daily_orders'])), name='consequenceexemption_effect_valid'), models.UniqueConstraint(condition=models.Q(('lifted_at__isnull', True)), fields=('shop', 'effect'), name='consequenceexemption_one_in_force'), models.CheckConstraint(condition=models.Q(('lifted_at__isnull', True), ('lifted_at__gte', models.F('created_at')), _connector='OR'), name='consequenceexemption_lifted_later')],
            },
        ),
        migrations.AddIndex(
            model_name='deposit',
            index=models.Index(condition=models.Q(('short_since__isnull', False)), fields=['short_since'], name='deposit_short'),
        ),
        migrations.AddConstraint(
            model_name='deposit',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['ok', 'due', 'shortfall', 'advanced', 'refunded'])), name='deposit_status_valid'),
        ),
        migrations.AddConstraint(
            model_name='deposit',
            constraint=models.UniqueConstraint(fields=('id', 'shop'), name='deposit_id_shop'),
        ),
        migrations.AddConstraint(
            model_name='deposit',
            constraint=models.CheckConstraint(condition=models.Q(('base_amount__gte', 0), ('coming_amount__gte', 0), ('experience_amount__gte', 0), ('frozen_amount__gte', 0)), name='deposit_amounts'),
        ),
        migrations.AddConstraint(
            model_name='deposit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('short_since__isnull', False), ('status__in', ['shortfall', 'advanced'])), models.Q(models.Q(('status__in', ['shortfall', 'advanced']), _negated=True), ('short_since__isnull', True)), _connector='OR'), name='deposit_short_has_since'),
        ),
        migrations.AddConstraint(
            model_name='deposit',
            constraint=models.CheckConstraint(condition=models.Q(('experience_amount', 0), ('experience_since__isnull', False), _connector='OR'), name='deposit_experience_has_since'),
        ),
        migrations.AddConstraint(
            model_name='deposit',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE', name='deposit_wall'),
        ),
        migrations.AddConstraint(
            model_name='deduction',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['pending', 'done', 'rejected'])), name='deduction_status_valid'),
        ),
        migrations.AddConstraint(
            model_name='deduction',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', 1)), name='deduction_positive'),
        ),
        migrations.AddConstraint(
            model_name='deduction',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'rejected'), _negated=True), fields=('deposit', 'violation'), name='deduction_violation_once'),
        ),
        migrations.AddConstraint(
            model_name='deduction',
            constraint=models.CheckConstraint(condition=models.Q(('needs_second', False), models.Q(('status', 'done'), _negated=True), models.Q(('decided_by__isnull', False), models.Q(('decided_by', models.F('asked_by')), _negated=True)), _connector='OR'), name='deduction_by_two'),
        ),
        migrations.AddIndex(
            model_name='depositentry',
            index=models.Index(fields=['shop', '-at', '-id'], name='depositentry_shop'),
        ),
        migrations.AddConstraint(
            model_name='depositentry',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['top_up', 'freeze', 'unfreeze', 'deduct', 'advance', 'withdraw', 'refund'])), name='depositentry_kind_valid'),
        ),
        migrations.AddConstraint(
            model_name='depositentry',
            constraint=models.UniqueConstraint(fields=('deposit', 'position'), name='depositentry_position'),
        ),
        migrations.AddConstraint(
            model_name='depositentry',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'deduct')), fields=('shop', 'reference'), name='depositentry_violation_once'),
        ),
        migrations.AddConstraint(
            model_name='depositentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount__gt', 0), ('frozen_amount', 0), ('kind', 'top_up')), models.Q(('amount', 0), ('frozen_amount__gt', 0), ('kind', 'freeze')), models.Q(('amount', 0), ('frozen_amount__lt', 0), ('kind', 'unfreeze')), models.Q(('amount__lt', 0), ('frozen_amount__gte', models.F('amount')), ('frozen_amount__lte', 0), ('kind', 'deduct')), models.Q(('amount__lt', 0), ('frozen_amount', 0), ('kind__in', ['advance', 'withdraw', 'refund'])), _connector='OR'), name='depositentry_signs'),
        ),
        migrations.AddConstraint(
            model_name='depositentry',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'advance'), ('after_amount__gte', 0), ('amount__gte', 0), _connector='OR'), name='depositentry_only_advances_go_below'),
        ),
        migrations.AddConstraint(
            model_name='depositentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['deduct', 'advance']), _negated=True), models.Q(models.Q(('reference', ''), _negated=True), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='depositentry_says_why'),
        ),
        migrations.AddConstraint(
            model_name='depositentry',
            constraint=kernel.composite_keys.CompositeKey(name='depositentry_of_deposit', relation='deposit', shared=('shop',)),
        ),
        migrations.AddConstraint(
            model_name='depositentry',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT', name='depositentry_wall'),
        ),
        migrations.AddIndex(
            model_name='depositpayment',
            index=models.Index(condition=models.Q(('status', 'pending')), fields=['id'], name='depositpayment_pending'),
        ),
        migrations.AddConstraint(
            model_name='depositpayment',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['pending', 'paid', 'closed'])), name='depositpayment_status_valid'),
        ),
        migrations.AddConstraint(
            model_name='depositpayment',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', 1)), name='depositpayment_positive'),
        ),
        migrations.AddConstraint(
            model_name='depositpayment',
            constraint=models.UniqueConstraint(condition=models.Q(('gateway_txn', ''), _negated=True), fields=('gateway', 'gateway_txn'), name='depositpayment_txn_once'),
        ),
        migrations.AddConstraint(
            model_name='depositpayment',
            constraint=models.CheckConstraint(condition=models.Q(('status', 'pending'), ('finished_at__isnull', False), _connector='OR'), name='depositpayment_finished_has_time'),
        ),
        migrations.AddConstraint(
            model_name='depositpayment',
            constraint=kernel.composite_keys.CompositeKey(name='depositpayment_of_deposit', relation='deposit', shared=('shop',)),
        ),
        migrations.AddConstraint(
            model_name='depositpayment',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE', name='depositpayment_wall'),
        ),
        migrations.AddIndex(
            model_name='depositassessment',
            index=models.Index(condition=models.Q(('applied_at__isnull', True)), fields=['effective_at'], name='depositassessment_to_apply'),
        ),
        migrations.AddIndex(
            model_name='depositassessment',
            index=models.Index(fields=['shop', '-announced_at'], name='depositassessment_shop'),
        ),
        migrations.AddConstraint(
            model_name='depositassessment',
            constraint=models.CheckConstraint(condition=models.Q(('cause__in', ['first', 'monthly', 'trial_over', 'advanced', 'proven'])), name='depositassessment_cause_valid'),
        ),
        migrations.AddConstraint(
            model_name='depositassessment',
            constraint=models.UniqueConstraint(condition=models.Q(('cause', 'monthly')), fields=('shop', 'month'), name='depositassessment_once_a_month'),
        ),
        migrations.AddConstraint(
            model_name='depositassessment',
            constraint=models.UniqueConstraint(condition=models.Q(('cause__in', ['first', 'trial_over'])), fields=('shop', 'cause'), name='depositassessment_once'),
        ),
        migrations.AddConstraint(
            model_name='depositassessment',
            constraint=models.CheckConstraint(condition=models.Q(('base_amount__gte', 0), ('experience_amount__gte', 0)), name='depositassessment_amounts'),
        ),
        migrations.AddConstraint(
            model_name='depositassessment',
            constraint=kernel.composite_keys.CompositeKey(name='depositassessment_of_deposit', relation='deposit', shared=('shop',)),
        ),
        migrations.AddConstraint(
            model_name='depositassessment',
            constraint=kernel.walls.Wall(by='shop', may='SELECT', name='depositassessment_wall'),
        ),
        append_only('governance_depositentry', 'governance_depositrule', 'governance_consequencerule'),
    ]
