
import django.db.models.deletion
import django.db.models.functions.datetime
import kernel.composite_keys
import kernel.fields
import kernel.walls
from django.db import migrations, models

from kernel.triggers import append_only

#: A published version stays as it is; a draft is tried and published.
PUBLISHED = """
CREATE TRIGGER published BEFORE UPDATE OR DELETE ON catalog_screeningrule
FOR EACH ROW WHEN (OLD.version IS NOT NULL) EXECUTE FUNCTION refuse_change();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0015_decoration'),
        ('shops', '0009_admission_checklist'),
    ]

    operations = [
        migrations.CreateModel(
            name='ReviewPass',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='rvp', verbose_name='pass id')),
                ('note', models.CharField(max_length=200, verbose_name='reason')),
                ('actor_label', models.CharField(blank=True, max_length=120, verbose_name='by')),
                ('created_at', models.DateTimeField(verbose_name='created at')),
                ('revoked_at', models.DateTimeField(null=True, verbose_name='revoked at')),
            ],
            options={
                'verbose_name': 'pass without review',
                'verbose_name_plural': 'passes without review',
            },
        ),
        migrations.CreateModel(
            name='ScreeningHit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('field', models.CharField(max_length=40, verbose_name='field')),
                ('found', models.CharField(blank=True, max_length=120, verbose_name='found')),
                ('at', models.DateTimeField(verbose_name='at')),
            ],
            options={
                'verbose_name': 'interception',
                'verbose_name_plural': 'interceptions',
            },
        ),
        migrations.CreateModel(
            name='ScreeningRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='scr', verbose_name='rule id')),
                ('code', models.SlugField(db_index=False, max_length=40, verbose_name='code')),
                ('version', models.PositiveIntegerField(null=True, verbose_name='version')),
                ('effective_from', models.DateTimeField(null=True, verbose_name='from')),
                ('kind', models.CharField(choices=[('banned_words', 'banned words'), ('licence', 'category without licence'), ('price', 'unusual price'), ('brand_grant', 'brand without grant'), ('same_title', 'same title in the shop'), ('same_picture', 'same picture as another product'), ('contact', 'contact data in the text')], max_length=16, verbose_name='kind')),
                ('effect', models.CharField(choices=[('block', 'blocked'), ('human', 'a person looks at it'), ('warn', 'warned'), ('off', 'no longer asked')], max_length=8, verbose_name='effect')),
                ('words', models.JSONField(default=list, verbose_name='words')),
                ('licence', models.SlugField(blank=True, db_index=False, max_length=40, verbose_name='licence')),
                ('floor_bp', kernel.fields.RateField(null=True, verbose_name='least share of the median')),
                ('message', models.CharField(blank=True, max_length=200, verbose_name='message')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('trial_count', models.PositiveIntegerField(null=True, verbose_name='products tried')),
                ('trial_hits', models.PositiveIntegerField(null=True, verbose_name='products hit')),
                ('trial_samples', models.JSONField(default=list, verbose_name='products hit, for example')),
                ('tried_at', models.DateTimeField(null=True, verbose_name='tried at')),
                ('actor_label', models.CharField(blank=True, max_length=120, verbose_name='by')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created at')),
            ],
            options={
                'verbose_name': 'interception rule',
                'verbose_name_plural': 'interception rules',
            },
        ),
        migrations.AddField(
            model_name='productreview',
            name='risk',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name='risk'),
        ),
        migrations.AddIndex(
            model_name='productreview',
            index=models.Index(models.OrderBy(models.F('risk'), descending=True), models.F('submitted_at'), models.F('id'), condition=models.Q(('verdict', 'pending')), name='productreview_queue'),
        ),
        migrations.AddIndex(
            model_name='shoppicture',
            index=models.Index(fields=['digest'], name='shoppicture_digest'),
        ),
        migrations.AddConstraint(
            model_name='productreview',
            constraint=models.UniqueConstraint(fields=('shop', 'id'), name='productreview_shop_id'),
        ),
        migrations.AddField(
            model_name='reviewpass',
            name='category',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.category', verbose_name='category'),
        ),
        migrations.AddField(
            model_name='reviewpass',
            name='shop',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.shop', verbose_name='shop'),
        ),
        migrations.AddField(
            model_name='screeninghit',
            name='product',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.product', verbose_name='product'),
        ),
        migrations.AddField(
            model_name='screeninghit',
            name='review',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='hits', to='catalog.productreview', verbose_name='product review'),
        ),
        migrations.AddField(
            model_name='screeninghit',
            name='shop',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='shops.shop', verbose_name='shop'),
        ),
        migrations.AddField(
            model_name='screeningrule',
            name='category',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.category', verbose_name='category'),
        ),
        migrations.AddField(
            model_name='screeninghit',
            name='rule',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hits', to='catalog.screeningrule', verbose_name='interception rule'),
        ),
        migrations.AddConstraint(
            model_name='reviewpass',
            constraint=models.UniqueConstraint(condition=models.Q(('revoked_at__isnull', True)), fields=('shop', 'category'), name='reviewpass_one_in_force', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='reviewpass',
            constraint=models.CheckConstraint(condition=models.Q(('revoked_at__isnull', True), ('revoked_at__gte', models.F('created_at')), _connector='OR'), name='reviewpass_revoked_later'),
        ),
        migrations.AddConstraint(
            model_name='reviewpass',
            constraint=kernel.walls.Wall(by='shop', may='SELECT', name='reviewpass_wall'),
        ),
        migrations.AddConstraint(
            model_name='screeningrule',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['banned_words', 'licence', 'price', 'brand_grant', 'same_title', 'same_picture', 'contact'])), name='screeningrule_kind_valid'),
        ),
        migrations.AddConstraint(
            model_name='screeningrule',
            constraint=models.CheckConstraint(condition=models.Q(('effect__in', ['block', 'human', 'warn', 'off'])), name='screeningrule_effect_valid'),
        ),
        migrations.AddConstraint(
            model_name='screeningrule',
            constraint=models.UniqueConstraint(fields=('code', 'version'), name='screeningrule_once'),
        ),
        migrations.AddConstraint(
            model_name='screeningrule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('effective_from', None), ('version', None)), models.Q(('effective_from__isnull', False), ('tried_at__isnull', False), ('version__gte', 1)), _connector='OR'), name='screeningrule_published_whole'),
        ),
        migrations.AddConstraint(
            model_name='screeningrule',
            constraint=models.CheckConstraint(condition=models.Q(('floor_bp', None), models.Q(('floor_bp__gte', 1), ('floor_bp__lte', 10000)), _connector='OR'), name='screeningrule_floor_range'),
        ),
        migrations.AddConstraint(
            model_name='screeningrule',
            constraint=kernel.walls.Wall(by='', may='SELECT', name='screeningrule_wall'),
        ),
        migrations.AddConstraint(
            model_name='screeninghit',
            constraint=models.UniqueConstraint(fields=('review', 'rule', 'field'), name='screeninghit_once'),
        ),
        migrations.AddConstraint(
            model_name='screeninghit',
            constraint=kernel.composite_keys.CompositeKey(name='screeninghit_of_review', relation='review', shared=('shop',)),
        ),
        migrations.AddConstraint(
            model_name='screeninghit',
            constraint=kernel.composite_keys.CompositeKey(name='screeninghit_of_product', relation='product', shared=('shop',)),
        ),
        migrations.AddConstraint(
            model_name='screeninghit',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT', name='screeninghit_wall'),
        ),
        append_only("catalog_screeninghit"),
        migrations.RunSQL(PUBLISHED, "DROP TRIGGER published ON catalog_screeningrule;"),
    ]
