"""By when paid orders are to be sent, as their shops promise it (SH-11, SH-19).

Payment writes the common deadline, in the sale's own statement. What a shop promises besides, what
was said of each line (CA-15), special dates and holidays, is worked out here, after the sale: from
dated rows, so that working it out again changes nothing. An order has one deadline, that of the
line that may wait longest. Deadlines of refunds and returns are not touched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction
from django.db.models import QuerySet

from orders.enums import OrderStatus
from orders.models import Order, OrderLine
from shops.selectors import AS_PROMISED, ShipsIn, shipping_terms

#: Orders that a parcel is still owed for.
OWED = (OrderStatus.TO_SHIP, OrderStatus.PARTLY_SHIPPED)
#: Orders of one transaction.
BATCH = 1_000

WRITE = """
UPDATE orders_order AS t SET ship_by_at = news.ship_by_at
FROM unnest(%s::bigint[], %s::timestamptz[]) AS news (id, ship_by_at) WHERE t.id = news.id
"""


def reckon_orders(order_ids: Collection[int]) -> int:
    """Write by when these orders are to be sent; return how many deadlines moved."""
    return _reckon(Order.objects.filter(pk__in=order_ids))


def reckon_shops(shop_ids: Collection[int]) -> int:
    """Do so for all that these shops have to send."""
    moved, last = 0, 0
    while True:
        rows = Order.objects.filter(shop_id__in=shop_ids, status__in=OWED, pk__gt=last)
        pks = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
        if not pks:
            return moved
        moved, last = moved + reckon_orders(pks), pks[-1]


def _said_of_lines(order_ids: Collection[int]) -> dict[int, set[ShipsIn]]:
    """Return order pk → how soon its lines are sent. One query."""
    said: dict[int, set[ShipsIn]] = defaultdict(set)
    lines = OrderLine.objects.filter(order__in=order_ids)
    columns = ("order_id", "ship_speed", "ship_days", "ship_after")
    for pk, *ships in lines.values_list(*columns):
        said[pk].add(ShipsIn(*ships))
    return said


@transaction.atomic
def _reckon(orders: QuerySet[Order]) -> int:
    # The terms are read under the rows' locks: of two who reckon at once, the later one reads last.
    locked = orders.filter(status__in=OWED).select_for_update(no_key=True, of=("self",))
    columns = ("pk", "shop_id", "paid_at", "ship_by_at")
    rows: list[tuple[int, int, datetime, datetime]] = list(
        locked.order_by("pk").values_list(*columns)
    )
    if not rows:
        return 0
    terms = shipping_terms({shop_id for _pk, shop_id, _paid, _by in rows})
    said = _said_of_lines([pk for pk, _shop, _paid, _by in rows])
    news = {
        pk: due
        for pk, shop_id, paid_at, ship_by_at in rows
        if (due := max(terms[shop_id].ship_by(paid_at, one) for one in said[pk] or {AS_PROMISED}))
        != ship_by_at
    }
    if news:
        with connection.cursor() as cursor:
            cursor.execute(WRITE, [list(news), list(news.values())])
    return len(news)
