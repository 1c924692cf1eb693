import kernel.walls
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('kernel', '0005_roles'),
        ('accounts', '0003_walls'),
        ('catalog', '0007_walls'),
        ('orders', '0007_walls'),
        ('settlements', '0004_composite_keys'),
        ('shops', '0005_walls'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='feerate',
            constraint=kernel.walls.Wall(by='', may='SELECT', name='feerate_wall'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='payout_wall'),
        ),
        migrations.AddConstraint(
            model_name='settlemententry',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='settlemententry_wall'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='statement_wall'),
        ),
        migrations.AddConstraint(
            model_name='statementline',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='statementline_wall'),
        ),
    ]
