"""Pieces that are taken when money comes, not when the order is placed (CA-11)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from itertools import groupby

from django.db import transaction

from catalog.enums import MovementKind
from catalog.services import buckets, stock
from kernel.asking import ask_one
from orders.enums import OrderStatus
from orders.models import OrderGroup, OrderLine
from orders.services.deciding import Left
from orders.services.payments import stock_move

NO_BUCKET: tuple[int | None, int] = (None, 0)


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
    available = stock.lock(line.sku_id for line in lines)
    waiting_in = buckets.open_for({_wish(line) for line in lines}, at)
    left = Left(available, dict(waiting_in.values()))
    claimed: list[OrderLine] = []
    draws: list[buckets.Draw] = []
    for _order_id, of_order in groupby(lines, key=lambda line: line.order_id):
        wanted = [(line, waiting_in.get(_wish(line), NO_BUCKET)[0]) for line in of_order]
        # A SKU stands on one line of an order.
        if all(left.of(line.sku_id, bucket) >= line.quantity for line, bucket in wanted):
            claimed += [line for line, _bucket in wanted]
            draws += [draw for line, bucket in wanted if (draw := _take(line, bucket, left))]
    holds = [stock_move(MovementKind.HOLD, line.order.number, line) for line in claimed]
    stock.apply([*holds, *buckets.moves_of(draws)], at)
    if draws:
        ask_one(buckets.to_draw(draws))
    OrderLine.objects.filter(pk__in=[line.pk for line in claimed]).update(is_held=True)


def _wish(line: OrderLine) -> tuple[int, str, bool]:
    return line.sku_id, line.content_account_id, line.is_live_scene


def _take(line: OrderLine, bucket_id: int | None, left: Left) -> buckets.Draw | None:
    """Take the line's pieces out of what is left; return what it draws from a bucket, if any."""
    drawn = left.draw(bucket_id, line.quantity)
    left.available[line.sku_id] -= line.quantity - drawn
    if bucket_id is None or not drawn:
        return None
    reference = stock_move(MovementKind.HOLD, line.order.number, line).reference
    return buckets.Draw(bucket_id, line.sku_id, line.shop_id, reference, drawn)
