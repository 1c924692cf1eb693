"""Where the public numbers of orders and their papers come from (`orders.services.numbering`)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("orders", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE orders_number_seq AS bigint", "DROP SEQUENCE orders_number_seq"
        ),
    ]
