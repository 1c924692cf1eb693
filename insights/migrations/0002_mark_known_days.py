"""Trade of before the compass: its days are marked, the sweep adds them up. Rules stay as they are."""

from django.db import migrations

from kernel.triggers import append_only

MARK = """
INSERT INTO insights_shopday (
    shop_id, day, marks, orders, pieces, gmv_amount, returned_amount, refund_amount, refunds,
    buyers, new_buyers, hour_orders, hour_gmv, added_marks
)
SELECT shop_id, day, 1, 0, 0, 0, 0, 0, 0, 0, 0, array_fill(0, ARRAY[24]),
       array_fill(0::bigint, ARRAY[24]), 0
FROM (
    SELECT shop_id, (paid_at AT TIME ZONE 'Asia/Shanghai')::date AS day FROM orders_order
    WHERE paid_at IS NOT NULL
    UNION
    SELECT shop_id, (at AT TIME ZONE 'Asia/Shanghai')::date FROM orders_linerefund
) AS traded
ORDER BY shop_id, day
"""


class Migration(migrations.Migration):
    dependencies = [("insights", "0001_initial"), ("kernel", "0002_append_only")]

    operations = [
        append_only("insights_scorerule"),
        migrations.RunSQL(MARK, migrations.RunSQL.noop),
    ]
