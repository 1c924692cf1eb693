import kernel.walls
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('kernel', '0005_roles'),
        ('accounts', '0003_walls'),
        ('affiliates', '0003_composite_keys'),
        ('catalog', '0007_walls'),
        ('orders', '0007_walls'),
        ('shops', '0005_walls'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='alliancemembership',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='alliancemembership_wall'),
        ),
        migrations.AddConstraint(
            model_name='commission',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='commission_wall'),
        ),
        migrations.AddConstraint(
            model_name='commissionentry',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='commissionentry_wall'),
        ),
        migrations.AddConstraint(
            model_name='pick',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='pick_wall'),
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='plan_wall'),
        ),
        migrations.AddConstraint(
            model_name='planversion',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='planversion_wall'),
        ),
    ]
