import kernel.walls
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contenttypes', '0002_remove_content_type_name'),
        ('kernel', '0005_roles'),
    ]

    operations = [
        migrations.AddField(
            model_name='idempotencyrecord',
            name='shop_id',
            field=models.BigIntegerField(null=True, verbose_name='shop'),
        ),
        migrations.AddConstraint(
            model_name='auditentry',
            constraint=kernel.walls.Wall(by='shop_id', may='SELECT, INSERT', name='auditentry_wall'),
        ),
        migrations.AddConstraint(
            model_name='idempotencyrecord',
            constraint=kernel.walls.Wall(by='shop_id', may='SELECT, INSERT', name='idempotencyrecord_wall'),
        ),
        migrations.AddConstraint(
            model_name='outboxmessage',
            constraint=kernel.walls.Wall(by='', may='INSERT', name='outboxmessage_wall'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=kernel.walls.Wall(by='', may='SELECT, INSERT, UPDATE', name='revision_wall'),
        ),
        migrations.AddConstraint(
            model_name='statuschange',
            constraint=kernel.walls.Wall(by='', may='INSERT, SELECT (id, from_status)', name='statuschange_wall'),
        ),
        # Django's own: a page asks for the number of its model.
        migrations.RunSQL(
            f'GRANT SELECT ON django_content_type TO {kernel.walls.SHOP_ROLE}',
            f'REVOKE SELECT ON django_content_type FROM {kernel.walls.SHOP_ROLE}',
        ),
    ]
