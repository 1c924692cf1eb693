"""Pieces that are taken when money comes, not when the order is placed (CA-11)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from itertools import groupby

from django.db import transaction

from catalog.enums import MovementKind
from catalog.services import stock
from orders.enums import OrderStatus
from orders.models import OrderGroup, OrderLine
from orders.services.payments import stock_move


@transaction.atomic
def claim(order_ids: Collection[int], at: datetime) -> None:
    """Hold the pieces of those unpaid orders that hold none, an order whole or not at all.

    The first come have what there is; whose lines are not held afterwards comes too late. A
    transaction before that of the money: the stock is locked last in both, as everywhere.
    """
    groups = OrderGroup.objects.filter(orders__in=order_ids).order_by("pk")
    list(groups.select_for_update(no_key=True, of=("self",)))
    waiting = OrderLine.objects.filter(
        order__in=order_ids, order__status=OrderStatus.UNPAID, is_held=False
    )
    lines = list(waiting.select_related("order").order_by("order_id", "position"))
    left = stock.lock(line.sku_id for line in lines)
    claimed: list[OrderLine] = []
    for _order_id, of_order in groupby(lines, key=lambda line: line.order_id):
        wanted = list(of_order)
        needs: Counter[int] = Counter()
        for line in wanted:
            needs[line.sku_id] += line.quantity
        if all(left.get(sku_id, 0) >= pieces for sku_id, pieces in needs.items()):
            claimed += wanted
            left = {sku_id: pieces - needs[sku_id] for sku_id, pieces in left.items()}
    stock.apply([stock_move(MovementKind.HOLD, line.order.number, line) for line in claimed], at)
    OrderLine.objects.filter(pk__in=[line.pk for line in claimed]).update(is_held=True)
