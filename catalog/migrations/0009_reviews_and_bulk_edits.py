"""What a review changes, the recycle bin since when, prices and stock of many SKUs at once."""

import django.db.models.deletion
import django.db.models.functions.datetime
import kernel.composite_keys
import kernel.fields
import kernel.walls
from django.db import migrations, models


#: When each product went into the bin is in the history of its states.
DELETED_SINCE = """
UPDATE catalog_product AS p SET deleted_at = coalesce(
    (SELECT max(at) FROM kernel_statuschange
     WHERE model = 'catalog.product' AND object_id = p.id AND field = 'shelf_status'
       AND to_status = 'deleted'),
    statement_timestamp()
)
WHERE shelf_status = 'deleted';
"""


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0008_category_rules'),
        ('shops', '0005_walls'),
    ]

    operations = [
        migrations.CreateModel(
            name='BulkEdit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='blk', verbose_name='bulk edit id')),
                ('filename', models.CharField(blank=True, max_length=200, verbose_name='file')),
                ('status', models.CharField(choices=[('prepared', 'to be looked at'), ('applying', 'being applied'), ('applied', 'applied'), ('undoing', 'being undone'), ('undone', 'undone'), ('discarded', 'discarded')], default='prepared', max_length=12, verbose_name='status')),
                ('has_prices', models.BooleanField(default=False, verbose_name='changes prices')),
                ('total_count', models.PositiveIntegerField(default=0, verbose_name='rows')),
                ('good_count', models.PositiveIntegerField(default=0, verbose_name='rows to change')),
                ('bad_count', models.PositiveIntegerField(default=0, verbose_name='rows refused')),
                ('applied_count', models.PositiveIntegerField(default=0, verbose_name='rows applied')),
                ('refused_count', models.PositiveIntegerField(default=0, verbose_name='rows passed over')),
                ('undone_count', models.PositiveIntegerField(default=0, verbose_name='rows taken back')),
                ('kept_count', models.PositiveIntegerField(default=0, verbose_name='rows kept')),
                ('actor_label', models.CharField(blank=True, max_length=120, verbose_name='by')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created at')),
                ('applied_at', models.DateTimeField(null=True, verbose_name='applied at')),
                ('undo_until_at', models.DateTimeField(null=True, verbose_name='can be undone until')),
                ('undone_at', models.DateTimeField(null=True, verbose_name='undone at')),
            ],
            options={
                'verbose_name': 'bulk edit',
                'verbose_name_plural': 'bulk edits',
            },
        ),
        migrations.CreateModel(
            name='BulkEditLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row_number', models.PositiveIntegerField(verbose_name='row')),
                ('merchant_code', models.CharField(max_length=64, verbose_name='merchant code')),
                ('old_version', models.BigIntegerField(null=True, verbose_name='price version before')),
                ('new_version', models.BigIntegerField(null=True, verbose_name='price version set')),
                ('old_price', kernel.fields.AmountField(null=True, verbose_name='price before')),
                ('new_price', kernel.fields.AmountField(null=True, verbose_name='price after')),
                ('old_list_price', kernel.fields.AmountField(null=True, verbose_name='list price before')),
                ('new_list_price', kernel.fields.AmountField(null=True, verbose_name='list price after')),
                ('old_on_hand', models.IntegerField(null=True, verbose_name='on hand before')),
                ('new_on_hand', models.IntegerField(null=True, verbose_name='on hand after')),
                ('edit_mark', models.BigIntegerField(default=0, verbose_name='last edit')),
                ('state', models.CharField(choices=[('waiting', 'to change'), ('same', 'as it is'), ('bad', 'refused'), ('applied', 'applied'), ('passed', 'passed over'), ('undone', 'undone'), ('kept', 'kept')], max_length=12, verbose_name='state')),
                ('code', models.CharField(blank=True, max_length=60, verbose_name='code')),
                ('column', models.CharField(blank=True, max_length=80, verbose_name='column')),
            ],
            options={
                'verbose_name': 'row of a bulk edit',
                'verbose_name_plural': 'rows of bulk edits',
            },
        ),
        migrations.RemoveConstraint(
            model_name='productreview',
            name='productreview_verdict_valid',
        ),
        migrations.AddField(
            model_name='product',
            name='deleted_at',
            field=models.DateTimeField(null=True, verbose_name='deleted at'),
        ),
        migrations.AddField(
            model_name='productreview',
            name='before',
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict, verbose_name='content before'),
        ),
        migrations.AlterField(
            model_name='productreview',
            name='verdict',
            field=models.CharField(choices=[('pending', 'in review'), ('approved', 'approved'), ('rejected', 'rejected'), ('changes', 'changes requested'), ('withdrawn', 'withdrawn')], default='pending', max_length=12, verbose_name='verdict'),
        ),
        migrations.AddIndex(
            model_name='stockmovement',
            index=models.Index(condition=models.Q(('kind__in', ['inbound', 'outbound'])), fields=['sku', '-id'], name='stockmovement_edits'),
        ),
        migrations.RunSQL(DELETED_SINCE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('deleted_at__isnull', False), ('shelf_status', 'deleted')), models.Q(models.Q(('shelf_status', 'deleted'), _negated=True), ('deleted_at__isnull', True)), _connector='OR'), name='product_deleted_since'),
        ),
        migrations.AddConstraint(
            model_name='productreview',
            constraint=models.CheckConstraint(condition=models.Q(('verdict__in', ['pending', 'approved', 'rejected', 'changes', 'withdrawn'])), name='productreview_verdict_valid'),
        ),
        migrations.AddField(
            model_name='bulkedit',
            name='shop',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bulk_edits', to='shops.shop', verbose_name='shop'),
        ),
        migrations.AddField(
            model_name='bulkeditline',
            name='job',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='catalog.bulkedit', verbose_name='bulk edit'),
        ),
        migrations.AddField(
            model_name='bulkeditline',
            name='shop',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='shops.shop', verbose_name='shop'),
        ),
        migrations.AddField(
            model_name='bulkeditline',
            name='sku',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.sku', verbose_name='SKU'),
        ),
        migrations.AddIndex(
            model_name='bulkedit',
            index=models.Index(condition=models.Q(('status__in', ['applying', 'undoing'])), fields=['id'], name='bulkedit_at_work'),
        ),
        migrations.AddConstraint(
            model_name='bulkedit',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['prepared', 'applying', 'applied', 'undoing', 'undone', 'discarded'])), name='bulkedit_status_valid'),
        ),
        migrations.AddConstraint(
            model_name='bulkedit',
            constraint=models.UniqueConstraint(fields=('id', 'shop'), name='bulkedit_id_shop'),
        ),
        migrations.AddConstraint(
            model_name='bulkedit',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='bulkedit_wall'),
        ),
        migrations.AddIndex(
            model_name='bulkeditline',
            index=models.Index(fields=['job', 'state', 'row_number'], name='bulkline_state'),
        ),
        migrations.AddConstraint(
            model_name='bulkeditline',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'same', 'bad', 'applied', 'passed', 'undone', 'kept'])), name='bulkline_state_valid'),
        ),
        migrations.AddConstraint(
            model_name='bulkeditline',
            constraint=models.UniqueConstraint(fields=('job', 'row_number'), name='bulkline_once'),
        ),
        migrations.AddConstraint(
            model_name='bulkeditline',
            constraint=models.CheckConstraint(condition=models.Q(('sku__isnull', False), ('state', 'bad'), _connector='OR'), name='bulkline_names_a_sku'),
        ),
        migrations.AddConstraint(
            model_name='bulkeditline',
            constraint=kernel.composite_keys.CompositeKey(name='bulkline_of_job', relation='job', shared=('shop',)),
        ),
        migrations.AddConstraint(
            model_name='bulkeditline',
            constraint=kernel.composite_keys.CompositeKey(name='bulkline_of_sku', relation='sku', shared=('shop',)),
        ),
        migrations.AddConstraint(
            model_name='bulkeditline',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='bulkline_wall'),
        ),
    ]
