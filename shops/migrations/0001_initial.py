import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import kernel.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('accounts', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Merchant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='mer', verbose_name='merchant id')),
                ('legal_name', models.CharField(max_length=120, verbose_name='legal name')),
                ('credit_code', models.CharField(max_length=18, verbose_name='unified social credit code')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created at')),
            ],
            options={
                'verbose_name': 'merchant',
                'verbose_name_plural': 'merchants',
                'constraints': [models.UniqueConstraint(fields=('credit_code',), name='merchant_credit_code')],
            },
        ),
        migrations.CreateModel(
            name='Shop',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='shp', verbose_name='shop id')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('type', models.CharField(choices=[('ordinary', 'ordinary'), ('multi_brand', 'multi-brand specialty'), ('flagship', 'flagship'), ('brand_specialty', 'brand specialty'), ('official_flagship', 'official flagship'), ('enterprise', 'enterprise'), ('individual', 'individual')], default='ordinary', max_length=20, verbose_name='type')),
                ('status', models.CharField(choices=[('preparing', 'preparing'), ('open', 'open'), ('suspended', 'suspended'), ('closed', 'closed')], default='preparing', max_length=12, verbose_name='status')),
                ('logo_url', models.CharField(blank=True, max_length=300, verbose_name='logo')),
                ('score_tenths', models.PositiveSmallIntegerField(null=True, verbose_name='experience score × 10')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('opened_at', models.DateTimeField(null=True, verbose_name='opened at')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created at')),
                ('merchant', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='shops', to='shops.merchant', verbose_name='merchant')),
            ],
            options={
                'verbose_name': 'shop',
                'verbose_name_plural': 'shops',
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='shop_name_ci'), models.CheckConstraint(condition=models.Q(('status__in', ['preparing', 'open', 'suspended', 'closed'])), name='shop_status_valid'), models.CheckConstraint(condition=models.Q(('type__in', ['ordinary', 'multi_brand', 'flagship', 'brand_specialty', 'official_flagship', 'enterprise', 'individual'])), name='shop_type_valid'), models.CheckConstraint(condition=models.Q(('score_tenths__isnull', True), ('score_tenths__lte', 1000), _connector='OR'), name='shop_score_range')],
            },
        ),
        migrations.CreateModel(
            name='ReturnAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='rad', verbose_name='return address id')),
                ('receiver', models.CharField(max_length=60, verbose_name='receiver')),
                ('phone', models.CharField(max_length=20, verbose_name='phone')),
                ('province', models.CharField(max_length=40, verbose_name='province')),
                ('city', models.CharField(max_length=40, verbose_name='city')),
                ('district', models.CharField(blank=True, max_length=40, verbose_name='district')),
                ('street', models.CharField(max_length=200, verbose_name='street')),
                ('is_default', models.BooleanField(default=False, verbose_name='default')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='return_addresses', to='shops.shop', verbose_name='shop')),
            ],
            options={
                'verbose_name': 'return address',
                'verbose_name_plural': 'return addresses',
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('shop',), name='returnaddress_one_default')],
            },
        ),
        migrations.CreateModel(
            name='NameChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('old_name', models.CharField(max_length=60, verbose_name='old name')),
                ('new_name', models.CharField(max_length=60, verbose_name='new name')),
                ('cause', models.CharField(max_length=12, verbose_name='cause')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='name_changes', to='accounts.account', verbose_name='account')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='name_changes', to='shops.shop', verbose_name='shop')),
            ],
            options={
                'verbose_name': 'name change',
                'verbose_name_plural': 'name changes',
                'indexes': [models.Index(fields=['shop', 'at'], name='namechange_shop')],
            },
        ),
        migrations.CreateModel(
            name='Guarantee',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('seven_day_return', '7-day return'), ('ship_48h', 'ships within 48 hours'), ('damaged_on_arrival', 'damaged on arrival is replaced or refunded')], max_length=20, verbose_name='guarantee')),
                ('starts_at', models.DateTimeField(verbose_name='from')),
                ('ends_at', models.DateTimeField(null=True, verbose_name='until')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='guarantees', to='shops.shop', verbose_name='shop')),
            ],
            options={
                'verbose_name': 'guarantee',
                'verbose_name_plural': 'guarantees',
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['seven_day_return', 'ship_48h', 'damaged_on_arrival'])), name='guarantee_kind_valid'), models.UniqueConstraint(condition=models.Q(('ends_at__isnull', True)), fields=('shop', 'kind'), name='guarantee_one_open'), models.CheckConstraint(condition=models.Q(('ends_at__isnull', True), ('ends_at__gt', models.F('starts_at')), _connector='OR'), name='guarantee_ends_later')],
            },
        ),
        migrations.CreateModel(
            name='FreightTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('flat_amount', kernel.fields.AmountField(default=0, verbose_name='freight')),
                ('free_from_amount', kernel.fields.AmountField(null=True, verbose_name='free from')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='updated at')),
                ('shop', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='freight_template', to='shops.shop', verbose_name='shop')),
            ],
            options={
                'verbose_name': 'freight template',
                'verbose_name_plural': 'freight templates',
                'constraints': [models.CheckConstraint(condition=models.Q(('flat_amount__gte', 0)), name='freight_not_negative'), models.CheckConstraint(condition=models.Q(('free_from_amount__isnull', True), ('free_from_amount__gte', 0), _connector='OR'), name='freight_free_from_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='Binding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='bnd', verbose_name='binding id')),
                ('relation', models.CharField(choices=[('OFFICIAL', 'official account'), ('SELF', 'own broadcast account'), ('AWEME_COOPERATOR', 'partner creator')], max_length=20, verbose_name='relation')),
                ('status', models.CharField(choices=[('draft', 'draft'), ('awaiting_account', "waiting for the account's owner"), ('awaiting_review', 'in review'), ('active', 'bound'), ('replace_pending', 'being replaced'), ('unbind_pending', 'being unbound'), ('ended', 'ended')], default='draft', max_length=20, verbose_name='status')),
                ('is_main', models.BooleanField(default=False, verbose_name='main shop')),
                ('is_same_entity', models.BooleanField(default=False, verbose_name='same legal entity')),
                ('authorisation_url', models.CharField(blank=True, max_length=300, verbose_name='letter of authorisation')),
                ('consent_due_at', models.DateTimeField(null=True, verbose_name='answer due at')),
                ('consented_at', models.DateTimeField(null=True, verbose_name='consented at')),
                ('bound_at', models.DateTimeField(null=True, verbose_name='bound since')),
                ('unbind_requested_at', models.DateTimeField(null=True, verbose_name='unbinding asked at')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='ended at')),
                ('end_reason', models.CharField(blank=True, choices=[('unbound', 'unbound'), ('replaced', 'replaced by another account'), ('declined', "declined by the account's owner"), ('expired', 'not answered in time'), ('rejected', 'rejected in review'), ('withdrawn', 'withdrawn by the shop')], max_length=12, verbose_name='why it ended')),
                ('former_name', models.CharField(blank=True, max_length=60, verbose_name="account's former name")),
                ('former_avatar_url', models.CharField(blank=True, max_length=300, verbose_name="account's former picture")),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created at')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bindings', to='accounts.account', verbose_name='account')),
                ('replaces', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='shops.binding', verbose_name='replaces')),
                ('started_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='started by')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bindings', to='shops.shop', verbose_name='shop')),
            ],
            options={
                'verbose_name': 'binding',
                'verbose_name_plural': 'bindings',
                'indexes': [models.Index(fields=['account', 'status'], name='binding_account')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'awaiting_account', 'awaiting_review', 'active', 'replace_pending', 'unbind_pending', 'ended'])), name='binding_status_valid'), models.CheckConstraint(condition=models.Q(('relation__in', ['OFFICIAL', 'SELF', 'AWEME_COOPERATOR'])), name='binding_relation_valid'), models.UniqueConstraint(condition=models.Q(('relation', 'OFFICIAL'), ('status__in', ['active', 'replace_pending', 'unbind_pending'])), fields=('shop',), name='binding_one_official'), models.UniqueConstraint(condition=models.Q(('status', 'ended'), _negated=True), fields=('shop', 'account'), name='binding_one_running'), models.UniqueConstraint(condition=models.Q(('is_main', True), ('status__in', ['active', 'replace_pending', 'unbind_pending'])), fields=('account',), name='binding_one_main_shop'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['active', 'replace_pending', 'unbind_pending']), _negated=True), ('bound_at__isnull', False), _connector='OR'), name='binding_in_force_has_start'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'ended'), _negated=True), models.Q(('ended_at__isnull', False), models.Q(('end_reason', ''), _negated=True)), _connector='OR'), name='binding_ended_says_why')],
            },
        ),
        migrations.CreateModel(
            name='Admission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='adm', verbose_name='admission id')),
                ('status', models.CharField(choices=[('draft', 'draft'), ('submitted', 'submitted'), ('rejected', 'rejected'), ('approved', 'approved')], default='draft', max_length=12, verbose_name='status')),
                ('legal_name', models.CharField(blank=True, max_length=120, verbose_name='legal name')),
                ('credit_code', models.CharField(blank=True, max_length=18, verbose_name='unified social credit code')),
                ('contact_name', models.CharField(blank=True, max_length=60, verbose_name='contact')),
                ('contact_sealed', models.BinaryField(null=True, verbose_name="contact's phone, sealed")),
                ('licence_url', models.CharField(blank=True, max_length=300, verbose_name='business licence')),
                ('terms_accepted_at', models.DateTimeField(null=True, verbose_name='terms accepted at')),
                ('rejections', models.JSONField(default=list, verbose_name='what to correct')),
                ('submitted_at', models.DateTimeField(null=True, verbose_name='submitted at')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided at')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created at')),
                ('shop', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='admission', to='shops.shop', verbose_name='shop')),
            ],
            options={
                'verbose_name': 'admission',
                'verbose_name_plural': 'admissions',
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'submitted', 'rejected', 'approved'])), name='admission_status_valid')],
            },
        ),
        migrations.CreateModel(
            name='Staff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='stf', verbose_name='staff id')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('role', models.CharField(choices=[('owner', 'owner'), ('manager', 'manager'), ('order_clerk', 'order clerk'), ('aftersales_agent', 'after-sales agent'), ('finance', 'finance'), ('read_only', 'read only')], max_length=20, verbose_name='role')),
                ('status', models.CharField(choices=[('invited', 'invited'), ('active', 'active'), ('removed', 'removed')], default='invited', max_length=12, verbose_name='status')),
                ('token_hash', models.CharField(blank=True, max_length=64, verbose_name='invitation')),
                ('expires_at', models.DateTimeField(null=True, verbose_name='invitation expires at')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created at')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='staff', to='shops.shop', verbose_name='shop')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='staff_places', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'staff member',
                'verbose_name_plural': 'staff',
                'constraints': [models.CheckConstraint(condition=models.Q(('role__in', ['owner', 'manager', 'order_clerk', 'aftersales_agent', 'finance', 'read_only'])), name='staff_role_valid'), models.CheckConstraint(condition=models.Q(('status__in', ['invited', 'active', 'removed'])), name='staff_status_valid'), models.UniqueConstraint(condition=models.Q(('status', 'active')), fields=('shop', 'user'), name='staff_once'), models.UniqueConstraint(condition=models.Q(('status', 'invited')), fields=('shop', 'email'), name='staff_invited_once'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'active'), _negated=True), ('user__isnull', False), _connector='OR'), name='staff_active_is_somebody')],
            },
        ),
    ]
