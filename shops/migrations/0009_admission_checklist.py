"""The steps of an admission, its checklist as data, and what applicants answer."""

import django.db.models.deletion
import kernel.composite_keys
import kernel.fields
import kernel.walls
from django.conf import settings
from django.db import migrations, models

from kernel.triggers import frozen


class Migration(migrations.Migration):

    dependencies = [
        ('shops', '0008_restrictions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AdmissionAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, verbose_name='requirement')),
                ('value', models.JSONField(verbose_name='answer')),
                ('answered_at', models.DateTimeField(verbose_name='answered at')),
            ],
            options={
                'verbose_name': 'answer of an application',
                'verbose_name_plural': 'answers of applications',
            },
        ),
        migrations.CreateModel(
            name='Checklist',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', kernel.fields.PublicIdField(prefix='chk', verbose_name='checklist id')),
                ('shop_type', models.CharField(blank=True, choices=[('ordinary', 'ordinary'), ('multi_brand', 'multi-brand specialty'), ('flagship', 'flagship'), ('brand_specialty', 'brand specialty'), ('official_flagship', 'official flagship'), ('enterprise', 'enterprise'), ('individual', 'individual')], max_length=20, verbose_name='type of shop')),
                ('category', models.CharField(blank=True, max_length=40, verbose_name='top category')),
                ('number', models.PositiveIntegerField(verbose_name='version')),
                ('requirements', models.JSONField(verbose_name='requirements')),
                ('starts_at', models.DateTimeField(verbose_name='from')),
                ('ends_at', models.DateTimeField(null=True, verbose_name='until')),
                ('created_by_label', models.CharField(max_length=120, verbose_name='by')),
            ],
            options={
                'verbose_name': 'admission checklist',
                'verbose_name_plural': 'admission checklists',
            },
        ),
        migrations.RemoveConstraint(
            model_name='admission',
            name='admission_status_valid',
        ),
        migrations.AddField(
            model_name='admission',
            name='accepted',
            field=models.JSONField(default=dict, verbose_name='accepted'),
        ),
        migrations.AddField(
            model_name='admission',
            name='category',
            field=models.CharField(blank=True, max_length=40, verbose_name='top category'),
        ),
        migrations.AddField(
            model_name='admission',
            name='claimed_at',
            field=models.DateTimeField(null=True, verbose_name='claimed at'),
        ),
        migrations.AddField(
            model_name='admission',
            name='due_at',
            field=models.DateTimeField(null=True, verbose_name='answer due at'),
        ),
        migrations.AddField(
            model_name='admission',
            name='reviewer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reviewer'),
        ),
        migrations.AddField(
            model_name='admission',
            name='signed_at',
            field=models.DateTimeField(null=True, verbose_name='signed at'),
        ),
        migrations.AddField(
            model_name='admission',
            name='signed_by_label',
            field=models.CharField(blank=True, max_length=120, verbose_name='signed by'),
        ),
        migrations.AlterField(
            model_name='admission',
            name='status',
            field=models.CharField(choices=[('draft', 'draft'), ('submitted', 'submitted'), ('machine_check', 'checked by machine'), ('human_review', 'in review'), ('rejected', 'rejected'), ('approved', 'approved'), ('signing', 'waits for the signature'), ('deposit_due', 'something is due'), ('open', 'open')], default='draft', max_length=16, verbose_name='status'),
        ),
        migrations.AddField(
            model_name='admissionanswer',
            name='admission',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='shops.admission', verbose_name='admission'),
        ),
        migrations.AddField(
            model_name='admissionanswer',
            name='shop',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='shops.shop', verbose_name='shop'),
        ),
        migrations.AddConstraint(
            model_name='checklist',
            constraint=models.UniqueConstraint(fields=('shop_type', 'category', 'number'), name='checklist_number_once'),
        ),
        migrations.AddConstraint(
            model_name='checklist',
            constraint=models.UniqueConstraint(condition=models.Q(('ends_at__isnull', True)), fields=('shop_type', 'category'), name='checklist_one_open'),
        ),
        migrations.AddConstraint(
            model_name='checklist',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__isnull', True), ('ends_at__gt', models.F('starts_at')), _connector='OR'), name='checklist_ends_later'),
        ),
        migrations.AddConstraint(
            model_name='checklist',
            constraint=models.CheckConstraint(condition=models.Q(('shop_type__in', ['', 'ordinary', 'multi_brand', 'flagship', 'brand_specialty', 'official_flagship', 'enterprise', 'individual'])), name='checklist_type_valid'),
        ),
        migrations.AddConstraint(
            model_name='checklist',
            constraint=kernel.walls.Wall(by='', may='SELECT', name='checklist_wall'),
        ),
        migrations.AddField(
            model_name='admission',
            name='checklist',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shops.checklist', verbose_name='checklist'),
        ),
        migrations.AddIndex(
            model_name='admission',
            index=models.Index(condition=models.Q(('status', 'human_review')), fields=['due_at'], name='admission_waiting'),
        ),
        migrations.RunSQL(
            """
            UPDATE shops_admission SET status = 'open' WHERE status = 'approved';
            UPDATE shops_admission
               SET status = 'human_review', due_at = submitted_at + interval '48 hours'
             WHERE status = 'submitted';
            """,
            """
            UPDATE shops_admission SET status = 'approved'
             WHERE status IN ('signing', 'deposit_due', 'open');
            UPDATE shops_admission SET status = 'submitted'
             WHERE status IN ('human_review', 'machine_check');
            """,
        ),
        migrations.AddConstraint(
            model_name='admission',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'submitted', 'machine_check', 'human_review', 'rejected', 'approved', 'signing', 'deposit_due', 'open'])), name='admission_status_valid'),
        ),
        migrations.AddConstraint(
            model_name='admission',
            constraint=models.UniqueConstraint(fields=('id', 'shop'), name='admission_id_shop'),
        ),
        migrations.AddConstraint(
            model_name='admissionanswer',
            constraint=models.UniqueConstraint(fields=('shop', 'admission', 'code'), name='admissionanswer_once'),
        ),
        migrations.AddConstraint(
            model_name='admissionanswer',
            constraint=kernel.composite_keys.CompositeKey(name='admissionanswer_of_admission', relation='admission', shared=('shop',)),
        ),
        migrations.AddConstraint(
            model_name='admissionanswer',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='admissionanswer_wall'),
        ),
        frozen(
            "shops_checklist", "shop_type", "category", "number", "requirements", "starts_at"
        ),
    ]
