import kernel.walls
from django.conf import settings
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('kernel', '0005_roles'),
        ('aftersales', '0005_composite_keys'),
        ('orders', '0007_walls'),
        ('shops', '0005_walls'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='negotiationrecord',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='negotiationrecord_wall'),
        ),
        migrations.AddConstraint(
            model_name='refundcase',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='refundcase_wall'),
        ),
        migrations.AddConstraint(
            model_name='returnparcel',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='returnparcel_wall'),
        ),
    ]
