import django.db.models.deletion
import django.db.models.functions.datetime
import kernel.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('orders', '0001_initial'),
        ('shops', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='RefundCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20, unique=True, verbose_name='number')),
                ('kind', models.CharField(choices=[('return_and_refund', 'return and refund'), ('refund_shipped', 'refund only, shipped'), ('refund_unshipped', 'refund only, not shipped')], max_length=20, verbose_name='kind')),
                ('status', models.CharField(choices=[('requested', 'waiting for the shop'), ('await_return', 'waiting for the return'), ('returned', 'return to be checked'), ('refunding', 'refunding'), ('refund_failed', 'refund failed, tried again'), ('success', 'refunded'), ('rejected_first', 'rejected by the shop'), ('rejected_second', 'return rejected by the shop'), ('closed', 'closed')], default='requested', max_length=20, verbose_name='status')),
                ('arbitration_status', models.CharField(choices=[('none', 'none'), ('judging', 'with platform support'), ('for_buyer', 'decided for the buyer'), ('for_seller', 'decided for the shop')], default='none', max_length=12, verbose_name='arbitration')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('currency', kernel.fields.CurrencyField(default='CNY', max_length=3, verbose_name='currency')),
                ('quantity', models.PositiveIntegerField(verbose_name='pieces')),
                ('amount', kernel.fields.AmountField(verbose_name='amount')),
                ('freight_amount', kernel.fields.AmountField(default=0, verbose_name='of which freight')),
                ('reason', models.CharField(choices=[('no_longer_wanted', 'no longer wanted'), ('wrong_item', 'wrong item'), ('damaged', 'damaged on arrival'), ('quality', 'quality problem'), ('not_as_described', 'not as described'), ('not_received', 'not received'), ('late', 'shipped too late'), ('other', 'other')], max_length=20, verbose_name='reason')),
                ('is_received', models.BooleanField(default=False, verbose_name='goods received')),
                ('description', models.CharField(blank=True, max_length=500, verbose_name='description')),
                ('return_address', models.JSONField(null=True, verbose_name='return address')),
                ('refund_number', models.CharField(blank=True, max_length=24, verbose_name='refund')),
                ('next_actor', models.CharField(choices=[('nobody', 'nobody'), ('buyer', 'buyer'), ('seller', 'shop'), ('support', 'support'), ('system', 'system')], max_length=10, verbose_name='who acts next')),
                ('overdue_action', models.CharField(blank=True, max_length=10, verbose_name='when overdue')),
                ('due_at', models.DateTimeField(null=True, verbose_name='deadline')),
                ('created_at', models.DateTimeField(verbose_name='created at')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided at')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='closed at')),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to=settings.AUTH_USER_MODEL, verbose_name='buyer')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='orders.orderline', verbose_name='order line')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='orders.order', verbose_name='order')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop')),
            ],
            options={
                'verbose_name': 'after-sales case',
                'verbose_name_plural': 'after-sales cases',
                'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='refundcase_due'), models.Index(fields=['shop', 'status', 'due_at', 'id'], name='refundcase_shop'), models.Index(fields=['buyer', '-created_at', '-id'], name='refundcase_buyer')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['requested', 'await_return', 'returned', 'refunding', 'refund_failed', 'success', 'rejected_first', 'rejected_second', 'closed'])), name='refundcase_status_valid'), models.CheckConstraint(condition=models.Q(('kind__in', ['return_and_refund', 'refund_shipped', 'refund_unshipped'])), name='refundcase_kind_valid'), models.CheckConstraint(condition=models.Q(('arbitration_status__in', ['none', 'judging', 'for_buyer', 'for_seller'])), name='refundcase_arbitration_valid'), models.UniqueConstraint(condition=models.Q(('status__in', ['requested', 'await_return', 'returned', 'refunding', 'refund_failed', 'rejected_first', 'rejected_second'])), fields=('line',), name='refundcase_one_open_a_line'), models.CheckConstraint(condition=models.Q(('amount__gte', 1), ('freight_amount__gte', 0), ('freight_amount__lte', models.F('amount'))), name='refundcase_amounts')],
            },
        ),
        migrations.CreateModel(
            name='NegotiationRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='at')),
                ('actor_role', models.CharField(max_length=12, verbose_name='role')),
                ('actor_label', models.CharField(blank=True, max_length=120, verbose_name='by')),
                ('action', models.CharField(max_length=30, verbose_name='action')),
                ('text', models.CharField(blank=True, max_length=500, verbose_name='text')),
                ('image_urls', models.JSONField(default=list, verbose_name='pictures')),
                ('facts', models.JSONField(default=list, verbose_name='facts')),
                ('is_internal', models.BooleanField(default=False, verbose_name='internal')),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='buyer')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='records', to='aftersales.refundcase', verbose_name='case')),
            ],
            options={
                'verbose_name': 'negotiation record',
                'verbose_name_plural': 'negotiation records',
                'indexes': [models.Index(fields=['case', 'id'], name='negotiationrecord_case')],
            },
        ),
        migrations.CreateModel(
            name='ReturnParcel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('carrier_code', models.CharField(max_length=30, verbose_name='carrier')),
                ('tracking_number', models.CharField(max_length=40, verbose_name='tracking number')),
                ('sent_at', models.DateTimeField(verbose_name='sent at')),
                ('signed_at', models.DateTimeField(null=True, verbose_name='signed at')),
                ('inspection', models.CharField(blank=True, choices=[('sellable', 'can be sold again'), ('damaged', 'cannot be sold again')], max_length=10, verbose_name='inspection')),
                ('inspected_at', models.DateTimeField(null=True, verbose_name='inspected at')),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='buyer')),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='return_parcel', to='aftersales.refundcase', verbose_name='case')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop')),
            ],
            options={
                'verbose_name': 'return parcel',
                'verbose_name_plural': 'return parcels',
            },
        ),
    ]
