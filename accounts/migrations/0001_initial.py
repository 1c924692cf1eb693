import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import kernel.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('public_id', kernel.fields.PublicIdField(prefix='usr', verbose_name='user id')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail')),
                ('name', models.CharField(blank=True, max_length=60, verbose_name='name')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('is_staff', models.BooleanField(default=False, verbose_name='staff')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created at')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'user',
                'verbose_name_plural': 'users',
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='user_email_ci')],
            },
        ),
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='acc', verbose_name='account id')),
                ('kind', models.CharField(choices=[('personal', 'personal'), ('enterprise', 'enterprise'), ('brand', 'brand'), ('cooperation', 'cooperation'), ('employee', 'employee')], default='personal', max_length=12, verbose_name='kind')),
                ('handle', models.CharField(max_length=30, verbose_name='handle')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('avatar_url', models.CharField(blank=True, max_length=300, verbose_name='picture')),
                ('bio', models.CharField(blank=True, max_length=300, verbose_name='about')),
                ('entity_name', models.CharField(blank=True, max_length=120, verbose_name='legal entity')),
                ('credit_code', models.CharField(blank=True, max_length=18, verbose_name='unified social credit code')),
                ('verified_until', models.DateTimeField(null=True, verbose_name='verified until')),
                ('collection_opened_at', models.DateTimeField(null=True, verbose_name='own collection account since')),
                ('official_since', models.DateTimeField(null=True, verbose_name='official account since')),
                ('follower_count', models.PositiveIntegerField(default=0, verbose_name='followers')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created at')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='accounts', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
            ],
            options={
                'verbose_name': 'content account',
                'verbose_name_plural': 'content accounts',
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('handle'), name='account_handle_ci'), models.CheckConstraint(condition=models.Q(('kind__in', ['personal', 'enterprise', 'brand', 'cooperation', 'employee'])), name='account_kind_valid')],
            },
        ),
        migrations.CreateModel(
            name='Address',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='adr', verbose_name='address id')),
                ('sealed', models.BinaryField(verbose_name='receiver, sealed')),
                ('province', models.CharField(max_length=40, verbose_name='province')),
                ('city', models.CharField(max_length=40, verbose_name='city')),
                ('district', models.CharField(blank=True, max_length=40, verbose_name='district')),
                ('is_default', models.BooleanField(default=False, verbose_name='default')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created at')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='addresses', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'address',
                'verbose_name_plural': 'addresses',
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('user',), name='address_one_default')],
            },
        ),
        migrations.CreateModel(
            name='Agency',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='agc', verbose_name='agency id')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created at')),
                ('owner', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='agency', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
            ],
            options={
                'verbose_name': 'agency',
                'verbose_name_plural': 'agencies',
            },
        ),
        migrations.CreateModel(
            name='Block',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='since')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='blocks', to='accounts.account', verbose_name='account')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='blocked_by', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'blocked user',
                'verbose_name_plural': 'blocked users',
                'constraints': [models.UniqueConstraint(fields=('account', 'user'), name='block_once')],
            },
        ),
        migrations.CreateModel(
            name='Creator',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='crt', verbose_name='creator id')),
                ('level', models.PositiveSmallIntegerField(default=0, verbose_name='level')),
                ('status', models.CharField(choices=[('active', 'active'), ('suspended', 'suspended')], default='active', max_length=12, verbose_name='status')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created at')),
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='creator', to='accounts.account', verbose_name='account')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='creator', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'creator',
                'verbose_name_plural': 'creators',
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['active', 'suspended'])), name='creator_status_valid'), models.CheckConstraint(condition=models.Q(('level__lte', 6)), name='creator_level_range')],
            },
        ),
        migrations.CreateModel(
            name='Follow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='since')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='followers', to='accounts.account', verbose_name='account')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='follows', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'follower',
                'verbose_name_plural': 'followers',
                'constraints': [models.UniqueConstraint(fields=('user', 'account'), name='follow_once')],
            },
        ),
        migrations.CreateModel(
            name='RoleProfile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('consumer', 'consumer'), ('creator', 'creator'), ('merchant_owner', 'merchant owner'), ('merchant_staff', 'merchant staff'), ('agency_staff', 'agency staff'), ('provider_developer', 'service provider'), ('support', 'platform support'), ('operator', 'platform operator')], max_length=20, verbose_name='role')),
                ('status', models.CharField(choices=[('active', 'active'), ('suspended', 'suspended')], default='active', max_length=12, verbose_name='status')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created at')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='profiles', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'role',
                'verbose_name_plural': 'roles',
                'constraints': [models.UniqueConstraint(fields=('user', 'role'), name='roleprofile_once'), models.CheckConstraint(condition=models.Q(('role__in', ['consumer', 'creator', 'merchant_owner', 'merchant_staff', 'agency_staff', 'provider_developer', 'support', 'operator'])), name='roleprofile_role_valid'), models.CheckConstraint(condition=models.Q(('status__in', ['active', 'suspended'])), name='roleprofile_status_valid')],
            },
        ),
        migrations.CreateModel(
            name='Verification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='ver', verbose_name='verification id')),
                ('kind', models.CharField(choices=[('personal', 'personal'), ('enterprise', 'enterprise'), ('brand', 'brand'), ('cooperation', 'cooperation'), ('employee', 'employee')], max_length=12, verbose_name='kind')),
                ('entity_name', models.CharField(max_length=120, verbose_name='legal entity')),
                ('credit_code', models.CharField(blank=True, max_length=18, verbose_name='unified social credit code')),
                ('evidence_url', models.CharField(blank=True, max_length=300, verbose_name='evidence')),
                ('status', models.CharField(choices=[('submitted', 'submitted'), ('reviewing', 'in review'), ('approved', 'approved'), ('rejected', 'rejected'), ('expiring', 'expiring'), ('expired', 'expired')], default='submitted', max_length=12, verbose_name='status')),
                ('rejections', models.JSONField(default=list, verbose_name='what to correct')),
                ('submitted_at', models.DateTimeField(verbose_name='submitted at')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided at')),
                ('expires_at', models.DateTimeField(null=True, verbose_name='expires at')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created at')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='verifications', to='accounts.account', verbose_name='account')),
            ],
            options={
                'verbose_name': 'verification',
                'verbose_name_plural': 'verifications',
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['submitted', 'reviewing', 'approved', 'rejected', 'expiring', 'expired'])), name='verification_status_valid'), models.CheckConstraint(condition=models.Q(('kind__in', ['personal', 'enterprise', 'brand', 'cooperation', 'employee'])), name='verification_kind_valid'), models.UniqueConstraint(condition=models.Q(('status__in', ['submitted', 'reviewing'])), fields=('account',), name='verification_one_open')],
            },
        ),
    ]
