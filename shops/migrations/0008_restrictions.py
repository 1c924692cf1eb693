"""What the platform lets a shop not do; remembered by those who sell."""

import django.db.models.deletion
import kernel.fields
import kernel.walls
from django.db import migrations, models

from kernel.triggers import revised


class Migration(migrations.Migration):

    dependencies = [
        ('shops', '0007_promises'),
    ]

    operations = [
        migrations.CreateModel(
            name='ShopRestriction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='rst', verbose_name='restriction id')),
                ('kind', models.CharField(choices=[('listing', 'listing products'), ('sales', 'selling'), ('alliance', 'joining the alliance'), ('daily_orders', 'orders a day')], max_length=16, verbose_name='restricted')),
                ('reason', models.CharField(choices=[('deposit', 'deposit too low'), ('score', 'experience score too low')], max_length=20, verbose_name='reason')),
                ('source', models.CharField(blank=True, max_length=40, verbose_name='because of')),
                ('limit', models.PositiveIntegerField(null=True, verbose_name='at most')),
                ('since', models.DateTimeField(verbose_name='since')),
                ('until', models.DateTimeField(null=True, verbose_name='until')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='restrictions', to='shops.shop', verbose_name='shop')),
            ],
            options={
                'verbose_name': 'restriction',
                'verbose_name_plural': 'restrictions',
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['listing', 'sales', 'alliance', 'daily_orders'])), name='shoprestriction_kind_valid'), models.CheckConstraint(condition=models.Q(('reason__in', ['deposit', 'score'])), name='shoprestriction_reason_valid'), models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('shop', 'kind', 'reason'), name='shoprestriction_once_in_force'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'daily_orders'), ('limit__isnull', False)), models.Q(models.Q(('kind', 'daily_orders'), _negated=True), ('limit__isnull', True)), _connector='OR'), name='shoprestriction_limit_of_orders'), models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='shoprestriction_ends_later'), kernel.walls.Wall(by='shop', may='SELECT', name='shoprestriction_wall')],
            },
        ),
        revised(
            'shops_shoprestriction',
            subject='shop',
            key='shop_id',
            columns='kind, "limit", until',
            is_part=True,
        ),
    ]
