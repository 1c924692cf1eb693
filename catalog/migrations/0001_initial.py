import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import kernel.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('shops', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Brand',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='brd', verbose_name='brand id')),
                ('name', models.CharField(max_length=80, unique=True, verbose_name='name')),
                ('description', models.TextField(blank=True, verbose_name='description')),
            ],
            options={
                'verbose_name': 'brand',
                'verbose_name_plural': 'brands',
            },
        ),
        migrations.CreateModel(
            name='Sku',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='sku', verbose_name='SKU id')),
                ('merchant_code', models.CharField(max_length=64, verbose_name='merchant code')),
                ('options', models.JSONField(default=list, verbose_name='options')),
                ('image_url', models.CharField(blank=True, max_length=300, verbose_name='picture')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created at')),
            ],
            options={
                'verbose_name': 'SKU',
                'verbose_name_plural': 'SKUs',
            },
        ),
        migrations.CreateModel(
            name='Category',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='cat', verbose_name='category id')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=60, verbose_name='English name')),
                ('path', models.CharField(db_index=True, max_length=120, verbose_name='path')),
                ('level', models.PositiveSmallIntegerField(verbose_name='level')),
                ('is_leaf', models.BooleanField(default=True, verbose_name='leaf')),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='catalog.category', verbose_name='parent')),
            ],
            options={
                'verbose_name': 'category',
                'verbose_name_plural': 'categories',
                'constraints': [models.UniqueConstraint(fields=('parent', 'name'), name='category_name_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('level__gte', 1), ('level__lte', 4)), name='category_level_range')],
            },
        ),
        migrations.CreateModel(
            name='Attribute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('is_required', models.BooleanField(default=False, verbose_name='required')),
                ('choices', models.JSONField(default=list, verbose_name='choices')),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attributes', to='catalog.category', verbose_name='category')),
            ],
            options={
                'verbose_name': 'attribute',
                'verbose_name_plural': 'attributes',
                'constraints': [models.UniqueConstraint(fields=('category', 'name'), name='attribute_once')],
            },
        ),
        migrations.CreateModel(
            name='ImportJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='imp', verbose_name='import id')),
                ('format', models.CharField(choices=[('template', 'Haodian template'), ('shopify', 'Shopify products'), ('yanxuan', 'Yanxuan export')], max_length=12, verbose_name='format')),
                ('filename', models.CharField(max_length=200, verbose_name='file')),
                ('content', models.BinaryField(verbose_name='content')),
                ('is_dry_run', models.BooleanField(default=False, verbose_name='dry run')),
                ('is_trusted', models.BooleanField(default=False, verbose_name='from the platform')),
                ('is_published', models.BooleanField(default=False, verbose_name='published at once')),
                ('status', models.CharField(choices=[('queued', 'queued'), ('running', 'running'), ('done', 'done'), ('failed', 'failed')], default='queued', max_length=12, verbose_name='status')),
                ('total_count', models.PositiveIntegerField(default=0, verbose_name='rows')),
                ('done_count', models.PositiveIntegerField(default=0, verbose_name='rows done')),
                ('good_count', models.PositiveIntegerField(default=0, verbose_name='rows taken')),
                ('bad_count', models.PositiveIntegerField(default=0, verbose_name='rows refused')),
                ('error', models.CharField(blank=True, max_length=300, verbose_name='error')),
                ('actor_label', models.CharField(blank=True, max_length=120, verbose_name='by')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created at')),
                ('started_at', models.DateTimeField(null=True, verbose_name='started at')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='finished at')),
                ('category', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.category', verbose_name='category')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='import_jobs', to='shops.shop', verbose_name='shop')),
            ],
            options={
                'verbose_name': 'import',
                'verbose_name_plural': 'imports',
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['queued', 'running', 'done', 'failed'])), name='importjob_status_valid'), models.CheckConstraint(condition=models.Q(('format__in', ['template', 'shopify', 'yanxuan'])), name='importjob_format_valid')],
            },
        ),
        migrations.CreateModel(
            name='ImportRowError',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row_number', models.PositiveIntegerField(verbose_name='row')),
                ('column', models.CharField(blank=True, max_length=80, verbose_name='column')),
                ('code', models.CharField(max_length=60, verbose_name='code')),
                ('fix', models.CharField(max_length=300, verbose_name='what to do')),
                ('is_note', models.BooleanField(default=False, verbose_name='note')),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='row_errors', to='catalog.importjob', verbose_name='import')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='shops.shop', verbose_name='shop')),
            ],
            options={
                'verbose_name': 'row error',
                'verbose_name_plural': 'row errors',
                'indexes': [models.Index(fields=['job', 'row_number'], name='importrowerror_row')],
            },
        ),
        migrations.CreateModel(
            name='Product',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='prd', verbose_name='product id')),
                ('title', models.CharField(max_length=120, verbose_name='title')),
                ('brief', models.CharField(blank=True, max_length=200, verbose_name='brief')),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('unit', models.CharField(blank=True, max_length=10, verbose_name='unit')),
                ('attributes', models.JSONField(default=list, verbose_name='attributes')),
                ('image_urls', models.JSONField(default=list, verbose_name='pictures')),
                ('option_names', models.JSONField(default=list, verbose_name='options')),
                ('merchant_code', models.CharField(blank=True, max_length=64, verbose_name='merchant code')),
                ('shelf_status', models.CharField(choices=[('on', 'on the shelf'), ('off', 'off the shelf'), ('deleted', 'deleted')], default='off', max_length=12, verbose_name='shelf')),
                ('review_status', models.CharField(choices=[('not_submitted', 'not submitted'), ('pending', 'in review'), ('approved', 'approved'), ('rejected', 'rejected'), ('banned', 'banned'), ('awaiting_listing', 'approved, to be listed later')], default='not_submitted', max_length=20, verbose_name='review')),
                ('draft_status', models.CharField(choices=[('none', 'no draft'), ('unsubmitted', 'draft not submitted'), ('pending', 'draft in review')], default='unsubmitted', max_length=12, verbose_name='draft')),
                ('display_state', models.GeneratedField(db_persist=True, expression=models.Case(models.When(shelf_status='deleted', then=models.Value('deleted')), models.When(review_status='banned', then=models.Value('banned')), models.When(models.Q(('draft_status', 'none'), ('review_status', 'approved'), ('shelf_status', 'on')), then=models.Value('on_sale')), models.When(models.Q(('review_status', 'approved'), ('shelf_status', 'on')), then=models.Value('on_sale_editing')), models.When(review_status='pending', then=models.Value('in_review')), models.When(review_status='rejected', then=models.Value('rejected')), models.When(review_status__in=['approved', 'awaiting_listing'], then=models.Value('in_warehouse')), default=models.Value('draft')), output_field=models.CharField(choices=[('on_sale', 'on sale'), ('on_sale_editing', 'on sale, with a change waiting'), ('draft', 'draft'), ('in_review', 'in review'), ('rejected', 'rejected'), ('in_warehouse', 'in the warehouse'), ('banned', 'banned'), ('deleted', 'deleted')], max_length=20), verbose_name='state')),
                ('min_price', kernel.fields.AmountField(null=True, verbose_name='lowest price')),
                ('max_price', kernel.fields.AmountField(null=True, verbose_name='highest price')),
                ('currency', kernel.fields.CurrencyField(default='CNY', max_length=3, verbose_name='currency')),
                ('sales_count', models.PositiveIntegerField(default=0, verbose_name='pieces sold')),
                ('search_words', models.TextField(blank=True, verbose_name='search words')),
                ('search_vector', models.GeneratedField(db_persist=True, expression=django.contrib.postgres.search.SearchVector('search_words', config='simple'), output_field=django.contrib.postgres.search.SearchVectorField())),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('listed_at', models.DateTimeField(null=True, verbose_name='listed at')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created at')),
                ('brand', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='products', to='catalog.brand', verbose_name='brand')),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='products', to='catalog.category', verbose_name='category')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='products', to='shops.shop', verbose_name='shop')),
            ],
            options={
                'verbose_name': 'product',
                'verbose_name_plural': 'products',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['search_vector'], name='product_search'), models.Index(fields=['shop', 'display_state', 'id'], name='product_shop_state'), models.Index(condition=models.Q(('review_status', 'approved'), ('shelf_status', 'on')), fields=['min_price', 'id'], name='product_price'), models.Index(condition=models.Q(('review_status', 'approved'), ('shelf_status', 'on')), fields=['sales_count', 'id'], name='product_sales')],
                'constraints': [models.CheckConstraint(condition=models.Q(('shelf_status__in', ['on', 'off', 'deleted'])), name='product_shelf_valid'), models.CheckConstraint(condition=models.Q(('review_status__in', ['not_submitted', 'pending', 'approved', 'rejected', 'banned', 'awaiting_listing'])), name='product_review_valid'), models.CheckConstraint(condition=models.Q(('draft_status__in', ['none', 'unsubmitted', 'pending'])), name='product_draft_valid'), models.CheckConstraint(condition=models.Q(models.Q(('shelf_status', 'on'), _negated=True), ('review_status', 'approved'), _connector='OR'), name='product_listed_is_approved'), models.UniqueConstraint(condition=models.Q(('merchant_code', ''), _negated=True), fields=('shop', 'merchant_code'), name='product_merchant_code'), models.UniqueConstraint(fields=('shop', 'id'), name='product_shop_id')],
            },
        ),
        migrations.CreateModel(
            name='ProductDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('changes', models.JSONField(default=dict, verbose_name='changes')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created at')),
                ('product', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='draft', to='catalog.product', verbose_name='product')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='shops.shop', verbose_name='shop')),
            ],
            options={
                'verbose_name': 'product draft',
                'verbose_name_plural': 'product drafts',
            },
        ),
        migrations.CreateModel(
            name='ProductReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='rev', verbose_name='review id')),
                ('product_version', models.PositiveIntegerField(verbose_name='version')),
                ('content', models.JSONField(verbose_name='content')),
                ('is_draft', models.BooleanField(default=False, verbose_name='change of a listed product')),
                ('list_when_approved', models.BooleanField(default=True, verbose_name='list when approved')),
                ('verdict', models.CharField(choices=[('pending', 'in review'), ('approved', 'approved'), ('rejected', 'rejected'), ('withdrawn', 'withdrawn')], default='pending', max_length=12, verbose_name='verdict')),
                ('reasons', models.JSONField(default=list, verbose_name='reasons')),
                ('submitted_at', models.DateTimeField(verbose_name='submitted at')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided at')),
                ('decided_by_label', models.CharField(blank=True, max_length=120, verbose_name='decided by')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to='catalog.product', verbose_name='product')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='shops.shop', verbose_name='shop')),
            ],
            options={
                'verbose_name': 'product review',
                'verbose_name_plural': 'product reviews',
                'constraints': [models.CheckConstraint(condition=models.Q(('verdict__in', ['pending', 'approved', 'rejected', 'withdrawn'])), name='productreview_verdict_valid'), models.UniqueConstraint(condition=models.Q(('verdict', 'pending')), fields=('product',), name='productreview_one_open')],
            },
        ),
        migrations.CreateModel(
            name='Stock',
            fields=[
                ('sku', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='stock', serialize=False, to='catalog.sku', verbose_name='SKU')),
                ('on_hand', models.IntegerField(default=0, verbose_name='on hand')),
                ('held', models.IntegerField(default=0, verbose_name='held')),
                ('available', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(models.F('on_hand'), '-', models.F('held')), output_field=models.IntegerField(), verbose_name='available')),
            ],
            options={
                'verbose_name': 'stock',
                'verbose_name_plural': 'stock',
                'constraints': [models.CheckConstraint(condition=models.Q(('held__gte', 0)), name='stock_held_not_negative'), models.CheckConstraint(condition=models.Q(('on_hand__gte', models.F('held'))), name='stock_covers_held')],
            },
        ),
        migrations.AddField(
            model_name='sku',
            name='product',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='skus', to='catalog.product', verbose_name='product'),
        ),
        migrations.AddField(
            model_name='sku',
            name='shop',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='skus', to='shops.shop', verbose_name='shop'),
        ),
        migrations.CreateModel(
            name='PriceVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('price', kernel.fields.AmountField(verbose_name='price')),
                ('list_price', kernel.fields.AmountField(null=True, verbose_name='list price')),
                ('currency', kernel.fields.CurrencyField(default='CNY', max_length=3, verbose_name='currency')),
                ('effective_from', models.DateTimeField(verbose_name='from')),
                ('actor_label', models.CharField(blank=True, max_length=120, verbose_name='by')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created at')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop')),
                ('sku', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='prices', to='catalog.sku', verbose_name='SKU')),
            ],
            options={
                'verbose_name': 'price version',
                'verbose_name_plural': 'price versions',
                'indexes': [models.Index(fields=['sku', '-effective_from', '-id'], name='price_in_force'), models.Index(condition=models.Q(('effective_from__gt', models.F('created_at'))), fields=['effective_from'], name='price_scheduled')],
                'constraints': [models.CheckConstraint(condition=models.Q(('price__gte', 1), ('price__lte', 10000000000)), name='price_range'), models.CheckConstraint(condition=models.Q(('list_price__isnull', True), models.Q(('list_price__gte', models.F('price')), ('list_price__lte', django.db.models.expressions.CombinedExpression(models.F('price'), '*', models.Value(10)))), _connector='OR'), name='price_list_price_range')],
            },
        ),
        migrations.CreateModel(
            name='StockMovement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('initial', 'initial count'), ('inbound', 'put in'), ('outbound', 'taken out'), ('hold', 'held for an unpaid order'), ('release', 'hold released'), ('sold', 'sold'), ('returned', 'returned to stock')], max_length=12, verbose_name='kind')),
                ('on_hand_delta', models.IntegerField(default=0, verbose_name='on hand ±')),
                ('held_delta', models.IntegerField(default=0, verbose_name='held ±')),
                ('reference', models.CharField(max_length=120, verbose_name='reference')),
                ('actor_label', models.CharField(blank=True, max_length=120, verbose_name='by')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='at')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop')),
                ('sku', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='catalog.sku', verbose_name='SKU')),
            ],
            options={
                'verbose_name': 'stock movement',
                'verbose_name_plural': 'stock movements',
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['initial', 'inbound', 'outbound', 'hold', 'release', 'sold', 'returned'])), name='stockmovement_kind_valid'), models.UniqueConstraint(fields=('sku', 'reference', 'kind'), name='stockmovement_once'), models.CheckConstraint(condition=models.Q(('held_delta', 0), ('on_hand_delta', 0), _negated=True), name='stockmovement_moves')],
            },
        ),
        migrations.AddField(
            model_name='stock',
            name='shop',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop'),
        ),
        migrations.AddConstraint(
            model_name='sku',
            constraint=models.UniqueConstraint(fields=('shop', 'merchant_code'), name='sku_merchant_code'),
        ),
        migrations.AddConstraint(
            model_name='sku',
            constraint=models.UniqueConstraint(fields=('product', 'options'), name='sku_options_once'),
        ),
        migrations.AddConstraint(
            model_name='sku',
            constraint=models.UniqueConstraint(fields=('shop', 'id'), name='sku_shop_id'),
        ),
        migrations.AddIndex(
            model_name='stock',
            index=models.Index(fields=['shop', 'available'], name='stock_low'),
        ),
    ]
