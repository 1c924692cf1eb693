import kernel.walls
from django.conf import settings
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('kernel', '0005_roles'),
        ('accounts', '0003_walls'),
        ('shops', '0004_composite_keys'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='admission',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='admission_wall'),
        ),
        migrations.AddConstraint(
            model_name='binding',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='binding_wall'),
        ),
        migrations.AddConstraint(
            model_name='freighttemplate',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='freighttemplate_wall'),
        ),
        migrations.AddConstraint(
            model_name='guarantee',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='guarantee_wall'),
        ),
        migrations.AddConstraint(
            model_name='merchant',
            constraint=kernel.walls.Wall(by='', may='SELECT', name='merchant_wall'),
        ),
        migrations.AddConstraint(
            model_name='namechange',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='namechange_wall'),
        ),
        migrations.AddConstraint(
            model_name='returnaddress',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='returnaddress_wall'),
        ),
        migrations.AddConstraint(
            model_name='shop',
            constraint=kernel.walls.Wall(by='id', may='SELECT, INSERT, UPDATE, DELETE', name='shop_wall'),
        ),
        migrations.AddConstraint(
            model_name='staff',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='staff_wall'),
        ),
    ]
