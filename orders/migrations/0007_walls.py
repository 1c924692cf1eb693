import kernel.walls
from django.conf import settings
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('kernel', '0005_roles'),
        ('catalog', '0007_walls'),
        ('orders', '0006_exports'),
        ('shops', '0005_walls'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='exportjob',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='exportjob_wall'),
        ),
        migrations.AddConstraint(
            model_name='exportpart',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='exportpart_wall'),
        ),
        migrations.AddConstraint(
            model_name='identitysnapshot',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='identitysnapshot_wall'),
        ),
        migrations.AddConstraint(
            model_name='linerefund',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='linerefund_wall'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='order_wall'),
        ),
        migrations.AddConstraint(
            model_name='ordergroup',
            constraint=kernel.walls.Wall(by='', may='SELECT (id, number)', name='ordergroup_wall'),
        ),
        migrations.AddConstraint(
            model_name='orderline',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='orderline_wall'),
        ),
        migrations.AddConstraint(
            model_name='package',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='package_wall'),
        ),
        migrations.AddConstraint(
            model_name='packageline',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='packageline_wall'),
        ),
        migrations.AddConstraint(
            model_name='paymentsplit',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='paymentsplit_wall'),
        ),
        migrations.AddConstraint(
            model_name='priceadjustment',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='priceadjustment_wall'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='refund_wall'),
        ),
        # A shop's payouts and refunds are numbered as orders are.
        migrations.RunSQL(
            f'GRANT USAGE ON SEQUENCE orders_number_seq TO {kernel.walls.SHOP_ROLE}',
            f'REVOKE USAGE ON SEQUENCE orders_number_seq FROM {kernel.walls.SHOP_ROLE}',
        ),
    ]
