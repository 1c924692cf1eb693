import kernel.walls
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('kernel', '0005_roles'),
        ('catalog', '0006_purchase_limits'),
        ('shops', '0005_walls'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='attribute',
            constraint=kernel.walls.Wall(by='', may='SELECT', name='attribute_wall'),
        ),
        migrations.AddConstraint(
            model_name='brand',
            constraint=kernel.walls.Wall(by='', may='SELECT', name='brand_wall'),
        ),
        migrations.AddConstraint(
            model_name='category',
            constraint=kernel.walls.Wall(by='', may='SELECT', name='category_wall'),
        ),
        migrations.AddConstraint(
            model_name='importjob',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='importjob_wall'),
        ),
        migrations.AddConstraint(
            model_name='importrowerror',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='importrowerror_wall'),
        ),
        migrations.AddConstraint(
            model_name='priceversion',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='priceversion_wall'),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='product_wall'),
        ),
        migrations.AddConstraint(
            model_name='productdraft',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='productdraft_wall'),
        ),
        migrations.AddConstraint(
            model_name='productreview',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='productreview_wall'),
        ),
        migrations.AddConstraint(
            model_name='sku',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='sku_wall'),
        ),
        migrations.AddConstraint(
            model_name='stock',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='stock_wall'),
        ),
        migrations.AddConstraint(
            model_name='stockmovement',
            constraint=kernel.walls.Wall(by='shop', may='SELECT, INSERT, UPDATE, DELETE', name='stockmovement_wall'),
        ),
    ]
