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
            name='AgencyContract',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='ctr', verbose_name='contract id')),
                ('share_bp', kernel.fields.RateField(verbose_name="agency's share")),
                ('status', models.CharField(choices=[('invited', 'invited'), ('active', 'in force'), ('declined', 'declined'), ('ended', 'ended')], default='invited', max_length=12, verbose_name='status')),
                ('starts_at', models.DateTimeField(null=True, verbose_name='from')),
                ('ends_at', models.DateTimeField(null=True, verbose_name='until')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created at')),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contracts', to='accounts.agency', verbose_name='agency')),
                ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contracts', to='accounts.creator', verbose_name='creator')),
            ],
            options={
                'verbose_name': 'agency contract',
                'verbose_name_plural': 'agency contracts',
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['invited', 'active', 'declined', 'ended'])), name='agencycontract_status_valid'), models.CheckConstraint(condition=models.Q(('share_bp__gte', 0), ('share_bp__lte', 10000)), name='agencycontract_share_range'), models.UniqueConstraint(condition=models.Q(('status', 'active')), fields=('creator',), name='agencycontract_one_active')],
            },
        ),
        migrations.CreateModel(
            name='AllianceMembership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('joined', 'joined'), ('leaving', 'leaving tomorrow'), ('left', 'left')], default='joined', max_length=12, verbose_name='status')),
                ('joined_at', models.DateTimeField(verbose_name='joined at')),
                ('leaves_at', models.DateTimeField(null=True, verbose_name='leaves at')),
                ('shop', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='alliance_membership', to='shops.shop', verbose_name='shop')),
            ],
            options={
                'verbose_name': 'alliance membership',
                'verbose_name_plural': 'alliance memberships',
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['joined', 'leaving', 'left'])), name='membership_status_valid')],
            },
        ),
        migrations.CreateModel(
            name='Commission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order_number', models.CharField(max_length=20, verbose_name='order')),
                ('currency', kernel.fields.CurrencyField(default='CNY', max_length=3, verbose_name='currency')),
                ('rate_bp', kernel.fields.RateField(verbose_name='rate')),
                ('agency_share_bp', kernel.fields.RateField(default=0, verbose_name="agency's share")),
                ('original_base_amount', kernel.fields.AmountField(verbose_name='base at payment')),
                ('base_amount', kernel.fields.AmountField(verbose_name='base')),
                ('amount', kernel.fields.AmountField(verbose_name='commission')),
                ('creator_amount', kernel.fields.AmountField(verbose_name="creator's part")),
                ('agency_amount', kernel.fields.AmountField(default=0, verbose_name="agency's part")),
                ('status', models.CharField(choices=[('estimated', 'estimated'), ('confirmed', 'confirmed'), ('settleable', 'to settle'), ('settled', 'settled'), ('void', 'void after refund'), ('reversed_part', 'partly taken back'), ('reversed', 'taken back')], default='estimated', max_length=16, verbose_name='status')),
                ('is_on_hold', models.BooleanField(default=False, verbose_name='on hold')),
                ('paid_at', models.DateTimeField(verbose_name='paid at')),
                ('confirmed_at', models.DateTimeField(null=True, verbose_name='confirmed at')),
                ('settle_after', models.DateTimeField(null=True, verbose_name='to settle after')),
                ('settled_at', models.DateTimeField(null=True, verbose_name='settled at')),
                ('agency', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='commissions', to='accounts.agency', verbose_name='agency')),
                ('contract', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='affiliates.agencycontract', verbose_name='contract')),
                ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='commissions', to='accounts.creator', verbose_name='creator')),
                ('line', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='commission', to='orders.orderline', verbose_name='order line')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop')),
            ],
            options={
                'verbose_name': 'commission',
                'verbose_name_plural': 'commissions',
                'indexes': [models.Index(fields=['creator', '-paid_at', '-id'], name='commission_creator'), models.Index(fields=['shop', '-paid_at', '-id'], name='commission_shop'), models.Index(fields=['agency', '-paid_at', '-id'], name='commission_agency')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['estimated', 'confirmed', 'settleable', 'settled', 'void', 'reversed_part', 'reversed'])), name='commission_status_valid'), models.CheckConstraint(condition=models.Q(('amount', django.db.models.expressions.CombinedExpression(models.F('creator_amount'), '+', models.F('agency_amount'))), ('agency_amount__gte', 0), ('creator_amount__gte', 0)), name='commission_split'), models.CheckConstraint(condition=models.Q(('base_amount__gte', 0), ('base_amount__lte', models.F('original_base_amount'))), name='commission_base_range')],
            },
        ),
        migrations.CreateModel(
            name='CommissionEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('estimate', 'estimated'), ('reduce', 'reduced by a refund'), ('settle', 'settled'), ('reverse', 'taken back after settlement')], max_length=12, verbose_name='kind')),
                ('base_amount', kernel.fields.AmountField(verbose_name='base ±')),
                ('creator_amount', kernel.fields.AmountField(verbose_name='creator ±')),
                ('agency_amount', kernel.fields.AmountField(verbose_name='agency ±')),
                ('reference', models.CharField(max_length=80, verbose_name='reference')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='at')),
                ('agency', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.agency', verbose_name='agency')),
                ('commission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='affiliates.commission', verbose_name='commission')),
                ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.creator', verbose_name='creator')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop')),
            ],
            options={
                'verbose_name': 'commission entry',
                'verbose_name_plural': 'commission entries',
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['estimate', 'reduce', 'settle', 'reverse'])), name='commissionentry_kind_valid'), models.UniqueConstraint(fields=('commission', 'reference'), name='commissionentry_once')],
            },
        ),
        migrations.CreateModel(
            name='Pick',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='pik', verbose_name='pick id')),
                ('pick_code', models.CharField(max_length=40, unique=True, verbose_name='pick code')),
                ('status', models.CharField(choices=[('active', 'active'), ('removed', 'removed')], default='active', max_length=12, verbose_name='status')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created at')),
                ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='picks', to='accounts.creator', verbose_name='creator')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='picks', to='catalog.product', verbose_name='product')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop')),
            ],
            options={
                'verbose_name': 'pick',
                'verbose_name_plural': 'picks',
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['active', 'removed'])), name='pick_status_valid')],
            },
        ),
        migrations.AddField(
            model_name='commission',
            name='pick',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='affiliates.pick', verbose_name='pick'),
        ),
        migrations.CreateModel(
            name='Plan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='pln', verbose_name='plan id')),
                ('kind', models.CharField(choices=[('open', 'open plan')], default='open', max_length=12, verbose_name='kind')),
                ('status', models.CharField(choices=[('running', 'running'), ('closing', 'closing tomorrow'), ('closed', 'closed')], default='running', max_length=12, verbose_name='status')),
                ('closes_at', models.DateTimeField(null=True, verbose_name='closes at')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created at')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='catalog.product', verbose_name='product')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='shops.shop', verbose_name='shop')),
            ],
            options={
                'verbose_name': 'plan',
                'verbose_name_plural': 'plans',
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['open'])), name='plan_kind_valid'), models.CheckConstraint(condition=models.Q(('status__in', ['running', 'closing', 'closed'])), name='plan_status_valid'), models.UniqueConstraint(condition=models.Q(('status', 'closed'), _negated=True), fields=('product', 'kind'), name='plan_one_running'), models.UniqueConstraint(fields=('shop', 'id'), name='plan_shop_id')],
            },
        ),
        migrations.AddField(
            model_name='pick',
            name='plan',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='picks', to='affiliates.plan', verbose_name='plan'),
        ),
        migrations.CreateModel(
            name='PlanVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rate_bp', kernel.fields.RateField(verbose_name='rate')),
                ('effective_from', models.DateTimeField(verbose_name='from')),
                ('actor_label', models.CharField(blank=True, max_length=120, verbose_name='by')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created at')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='affiliates.plan', verbose_name='plan')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop')),
            ],
            options={
                'verbose_name': 'plan version',
                'verbose_name_plural': 'plan versions',
                'indexes': [models.Index(fields=['plan', '-effective_from', '-id'], name='planversion_in_force')],
                'constraints': [models.CheckConstraint(condition=models.Q(('rate_bp__gte', 0), ('rate_bp__lte', 9000)), name='planversion_rate_range')],
            },
        ),
        migrations.AddField(
            model_name='commission',
            name='plan_version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='affiliates.planversion', verbose_name='plan version'),
        ),
        migrations.AddConstraint(
            model_name='pick',
            constraint=models.UniqueConstraint(fields=('creator', 'plan'), name='pick_once'),
        ),
    ]
