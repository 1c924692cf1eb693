import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import kernel.composite_keys
import kernel.walls
from django.conf import settings
from django.db import migrations, models

from kernel.triggers import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0010_order_changes'),
        ('shops', '0007_promises'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PackageEdit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('carrier_code', models.CharField(max_length=30, verbose_name='carrier')),
                ('tracking_number', models.CharField(max_length=40, verbose_name='tracking number')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('edited_at', models.DateTimeField(verbose_name='edited at')),
                ('actor_label', models.CharField(blank=True, max_length=120, verbose_name='by')),
            ],
            options={
                'verbose_name': 'edit of a parcel',
                'verbose_name_plural': 'edits of parcels',
            },
        ),
        migrations.CreateModel(
            name='RouteNode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('carrier_code', models.CharField(max_length=30, verbose_name='carrier')),
                ('tracking_number', models.CharField(max_length=40, verbose_name='tracking number')),
                ('notice_id', models.CharField(max_length=80, verbose_name='notice')),
                ('state', models.CharField(choices=[('sent', 'handed over'), ('picked_up', 'picked up'), ('in_transit', 'in transit'), ('out_for_delivery', 'out for delivery'), ('signed', 'signed for'), ('refused', 'refused by the receiver'), ('returning', 'on its way back')], max_length=20, verbose_name='state')),
                ('text', models.CharField(blank=True, max_length=200, verbose_name='text')),
                ('place', models.CharField(blank=True, max_length=80, verbose_name='place')),
                ('happened_at', models.DateTimeField(verbose_name='happened at')),
                ('received_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='received at')),
            ],
            options={
                'verbose_name': 'route node',
                'verbose_name_plural': 'route nodes',
            },
        ),
        migrations.AddField(
            model_name='package',
            name='alert',
            field=models.CharField(blank=True, choices=[('no_pickup', 'not picked up'), ('no_move', 'does not move')], max_length=10, verbose_name='late'),
        ),
        migrations.AddField(
            model_name='package',
            name='goes_back_to',
            field=models.JSONField(default=dict, verbose_name='goes back to'),
        ),
        migrations.AddField(
            model_name='package',
            name='moved_at',
            field=models.DateTimeField(null=True, verbose_name='moved at'),
        ),
        migrations.AddField(
            model_name='package',
            name='sent_from',
            field=models.JSONField(default=dict, verbose_name='sent from'),
        ),
        migrations.AddField(
            model_name='package',
            name='state',
            field=models.CharField(choices=[('sent', 'handed over'), ('picked_up', 'picked up'), ('in_transit', 'in transit'), ('out_for_delivery', 'out for delivery'), ('signed', 'signed for'), ('refused', 'refused by the receiver'), ('returning', 'on its way back')], default='sent', max_length=20, verbose_name='state'),
        ),
        migrations.AddField(
            model_name='packageline',
            name='serials',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=17), default=list, size=None, verbose_name='serial numbers'),
        ),
        migrations.AddIndex(
            model_name='package',
            index=models.Index(fields=['tracking_number'], name='package_number'),
        ),
        migrations.AddIndex(
            model_name='package',
            index=models.Index(condition=models.Q(('alert', ''), _negated=True), fields=['shop', 'order'], name='package_late'),
        ),
        migrations.AddIndex(
            model_name='package',
            index=models.Index(condition=models.Q(('alert', ''), models.Q(('state__in', ['signed', 'refused']), _negated=True)), fields=['shipped_at'], name='package_watched'),
        ),
        migrations.AddConstraint(
            model_name='package',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['sent', 'picked_up', 'in_transit', 'out_for_delivery', 'signed', 'refused', 'returning'])), name='package_state_valid'),
        ),
        migrations.AddField(
            model_name='packageedit',
            name='buyer',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='buyer'),
        ),
        migrations.AddField(
            model_name='packageedit',
            name='package',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='orders.package', verbose_name='package'),
        ),
        migrations.AddField(
            model_name='packageedit',
            name='shop',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop'),
        ),
        migrations.AddField(
            model_name='routenode',
            name='buyer',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='buyer'),
        ),
        migrations.AddField(
            model_name='routenode',
            name='package',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='orders.package', verbose_name='package'),
        ),
        migrations.AddField(
            model_name='routenode',
            name='shop',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop'),
        ),
        migrations.AddIndex(
            model_name='packageedit',
            index=models.Index(fields=['package', 'id'], name='packageedit_package'),
        ),
        migrations.AddConstraint(
            model_name='packageedit',
            constraint=kernel.composite_keys.CompositeKey(name='packageedit_of_package', relation='package', shared=('shop', 'buyer')),
        ),
        migrations.AddConstraint(
            model_name='packageedit',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='packageedit_wall'),
        ),
        migrations.AddIndex(
            model_name='routenode',
            index=models.Index(fields=['package', 'happened_at', 'id'], name='routenode_way'),
        ),
        migrations.AddConstraint(
            model_name='routenode',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['sent', 'picked_up', 'in_transit', 'out_for_delivery', 'signed', 'refused', 'returning'])), name='routenode_state_valid'),
        ),
        migrations.AddConstraint(
            model_name='routenode',
            constraint=models.UniqueConstraint(fields=('shop', 'package', 'notice_id'), name='routenode_notice_once'),
        ),
        migrations.AddConstraint(
            model_name='routenode',
            constraint=kernel.composite_keys.CompositeKey(name='routenode_of_package', relation='package', shared=('shop', 'buyer')),
        ),
        migrations.AddConstraint(
            model_name='routenode',
            constraint=kernel.walls.Wall(by='shop', may='SELECT', name='routenode_wall'),
        ),
        append_only("orders_packageedit", "orders_routenode"),
    ]
