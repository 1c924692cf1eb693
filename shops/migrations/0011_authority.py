"""Shops that go on others; a reason to restrict that stands on brand grants."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('shops', '0010_documents_and_types'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='shoprestriction',
            name='shoprestriction_reason_valid',
        ),
        migrations.AddField(
            model_name='shop',
            name='predecessor',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='successor', to='shops.shop', verbose_name='goes on the shop'),
        ),
        migrations.AlterField(
            model_name='shoprestriction',
            name='reason',
            field=models.CharField(choices=[('deposit', 'deposit too low'), ('score', 'experience score too low'), ('brand_grant', 'brand grants do not bear the type of shop')], max_length=20, verbose_name='reason'),
        ),
        migrations.AddConstraint(
            model_name='shoprestriction',
            constraint=models.CheckConstraint(condition=models.Q(('reason__in', ['deposit', 'score', 'brand_grant'])), name='shoprestriction_reason_valid'),
        ),
    ]
