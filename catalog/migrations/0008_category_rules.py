"""Rules of a leaf are versions of one row; attributes, once a table of their own, are part of them."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from kernel.triggers import append_only
from kernel.walls import READ, Wall

#: A leaf that said attributes gets the defaults of today with them, as its first version.
ATTRIBUTES = """
INSERT INTO catalog_categoryruleset (
    category_id, version, attributes, max_option_names, max_option_values, max_skus,
    min_title_width, max_title_width, min_main_images, max_main_images, max_images,
    max_list_price_factor, needs_list_price_evidence, shipping_times, reason, actor_label
)
SELECT category_id, 1,
    jsonb_agg(jsonb_build_object(
        'name', name, 'kind', 'text', 'is_required', is_required, 'is_multiple', false,
        'allows_custom', false, 'unit', '', 'choices', choices
    ) ORDER BY id),
    3, 100, 200, 4, 240, 0, 5, 50, 10, false,
    '["same_day", "next_day", "48h", "5d", "15d", "45d"]', '', ''
FROM catalog_attribute GROUP BY category_id;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""
BACK = """
INSERT INTO catalog_attribute (category_id, name, is_required, choices)
SELECT DISTINCT ON (r.category_id, a.name) r.category_id, a.name, a.is_required, a.choices
FROM catalog_categoryruleset AS r,
    jsonb_to_recordset(r.attributes) AS a (name text, is_required boolean, choices jsonb)
WHERE r.version = (SELECT max(version) FROM catalog_categoryruleset WHERE category_id = r.category_id)
ORDER BY r.category_id, a.name;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""
#: Five pictures lead; those behind them were details all the time.
PICTURES = """
UPDATE catalog_product SET
    image_urls = (
        SELECT jsonb_agg(url ORDER BY place)
        FROM jsonb_array_elements(image_urls) WITH ORDINALITY AS one (url, place) WHERE place <= 5
    ),
    detail_image_urls = (
        SELECT jsonb_agg(url ORDER BY place)
        FROM jsonb_array_elements(image_urls) WITH ORDINALITY AS one (url, place) WHERE place > 5
    )
WHERE jsonb_array_length(image_urls) > 5;
"""
PICTURES_BACK = """
UPDATE catalog_product SET image_urls = image_urls || detail_image_urls
WHERE detail_image_urls <> '[]';
"""


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0007_walls'),
        ('shops', '0004_composite_keys'),
    ]

    operations = [
        migrations.CreateModel(
            name='CategoryRuleSet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rule_sets', to='catalog.category', verbose_name='category')),
                ('version', models.PositiveIntegerField(verbose_name='version')),
                ('attributes', models.JSONField(default=list, verbose_name='attributes')),
                ('max_option_names', models.PositiveSmallIntegerField(verbose_name='most options')),
                ('max_option_values', models.PositiveSmallIntegerField(verbose_name='most values of an option')),
                ('max_skus', models.PositiveSmallIntegerField(verbose_name='most SKUs')),
                ('min_title_width', models.PositiveSmallIntegerField(verbose_name='narrowest title')),
                ('max_title_width', models.PositiveSmallIntegerField(verbose_name='widest title')),
                ('min_main_images', models.PositiveSmallIntegerField(verbose_name='fewest main pictures')),
                ('max_main_images', models.PositiveSmallIntegerField(verbose_name='most main pictures')),
                ('max_images', models.PositiveSmallIntegerField(verbose_name='most pictures altogether')),
                ('max_list_price_factor', models.PositiveSmallIntegerField(verbose_name='most times the lowest price')),
                ('needs_list_price_evidence', models.BooleanField(verbose_name='a list price needs evidence')),
                ('shipping_times', models.JSONField(verbose_name='shipping times')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('actor_label', models.CharField(blank=True, max_length=120, verbose_name='by')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created at')),
            ],
            options={
                'verbose_name': 'category rules',
                'verbose_name_plural': 'category rules',
            },
        ),
        migrations.AddConstraint(
            model_name='categoryruleset',
            constraint=models.UniqueConstraint(fields=('category', 'version'), name='category_rules_once'),
        ),
        migrations.AddConstraint(
            model_name='categoryruleset',
            constraint=models.CheckConstraint(condition=models.Q(('version__gte', 1), ('max_option_names__lte', 3), ('max_option_values__gte', 1), ('max_option_values__lte', 200), ('max_skus__gte', 1), ('max_skus__lte', 600), ('min_title_width__gte', 1), ('min_title_width__lte', models.F('max_title_width')), ('max_title_width__lte', 240), ('min_main_images__lte', models.F('max_main_images')), ('max_main_images__gte', 1), ('max_main_images__lte', 5), ('max_images__gte', models.F('max_main_images')), ('max_images__lte', 50), ('max_list_price_factor__gte', 1), ('max_list_price_factor__lte', 10)), name='category_rules_can_be_met'),
        ),
        migrations.AddConstraint(
            model_name='categoryruleset',
            constraint=Wall(may=READ, name='category_rules_wall'),
        ),
        append_only("catalog_categoryruleset"),
        migrations.RunSQL(ATTRIBUTES, BACK),
        migrations.DeleteModel(
            name='Attribute',
        ),
        migrations.AddField(
            model_name='product',
            name='detail_image_urls',
            field=models.JSONField(db_default=models.Value([], models.JSONField()), default=list, verbose_name='detail pictures'),
        ),
        migrations.RunSQL(PICTURES, PICTURES_BACK),
        migrations.AddField(
            model_name='product',
            name='price_evidence',
            field=models.CharField(blank=True, choices=[('msrp', "manufacturer's suggested price"), ('tag_price', 'price on the tag'), ('list_price', 'printed price list'), ('official_site', "the brand's own site")], db_default='', default='', max_length=16, verbose_name='evidence of the list price'),
        ),
        migrations.AddField(
            model_name='product',
            name='price_evidence_url',
            field=models.CharField(blank=True, db_default='', default='', max_length=300, verbose_name='picture of the evidence'),
        ),
        migrations.AddField(
            model_name='product',
            name='shipping_time',
            field=models.CharField(blank=True, choices=[('same_day', 'the same day'), ('next_day', 'the next day'), ('48h', 'within 48 hours'), ('5d', 'within 5 days'), ('15d', 'within 15 days'), ('45d', 'within 45 days')], db_default='', default='', max_length=12, verbose_name='shipping time'),
        ),
        migrations.AddField(
            model_name='productreview',
            name='rules_version',
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name='version of the rules'),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.CheckConstraint(condition=models.Q(('shipping_time__in', ['', 'same_day', 'next_day', '48h', '5d', '15d', '45d'])), name='product_shipping_valid'),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('price_evidence', ''), ('price_evidence_url', '')), models.Q(('price_evidence__in', ['msrp', 'tag_price', 'list_price', 'official_site']), models.Q(('price_evidence_url', ''), _negated=True)), _connector='OR'), name='product_evidence_whole'),
        ),
    ]
