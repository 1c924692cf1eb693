import kernel.walls
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('kernel', '0005_roles'),
        ('accounts', '0002_revisions'),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='account',
            constraint=kernel.walls.Wall(by='', may='SELECT', name='account_wall'),
        ),
        migrations.AddConstraint(
            model_name='agency',
            constraint=kernel.walls.Wall(by='', may='SELECT', name='agency_wall'),
        ),
        migrations.AddConstraint(
            model_name='creator',
            constraint=kernel.walls.Wall(by='', may='SELECT', name='creator_wall'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=kernel.walls.Wall(by='', may='SELECT (id, public_id, email, name, is_active)', name='user_wall'),
        ),
    ]
