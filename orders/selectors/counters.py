"""Numbers of a shop's home page."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Sum

from kernel.actors import Actor
from kernel.counting import capped_count
from kernel.numbers import TRADE_ZONE
from orders.enums import RefundStatus
from orders.models import Order, Refund

logger = logging.getLogger(__name__)

#: A promise that ends within this is near.
NEAR = timedelta(hours=12)
#: How long the sum of a day that is over is kept: as long as a page may show it.
KEEP_DAY = timedelta(days=40).total_seconds()


@dataclass(frozen=True)
class OrderCounts:
    """What waits in a shop; counted as far as `kernel.counting` goes."""

    to_ship: int
    #: To be shipped within the next twelve hours.
    near: int
    #: The shipping promise is broken.
    late: int


@dataclass(frozen=True)
class DayOfSales:
    """Orders paid on one day of the trade's calendar, and their money (minor units)."""

    day: date
    orders: int
    amount: int


def order_counts(actor: Actor, at: datetime) -> OrderCounts:
    """Return what waits for the actor's shop at `at`; each count is one query that ends early."""
    waiting = Order.objects.visible_to(actor).awaiting_shipment()
    return OrderCounts(
        to_ship=capped_count(waiting),
        near=capped_count(waiting.filter(ship_by_at__gt=at, ship_by_at__lte=at + NEAR)),
        late=capped_count(waiting.filter(ship_by_at__lte=at)),
    )


def daily_sales(actor: Actor, at: datetime, days: int = 30) -> list[DayOfSales]:
    """Return the paid orders of each of the last `days` days, today included, oldest first.

    What a day has sold does not change once it is over, so it is added up once and kept.
    """
    today = at.astimezone(TRADE_ZONE).date()
    calendar = [today - timedelta(days=back) for back in reversed(range(days))]
    key = "orders:sales:{}:{}".format
    known = _kept([key(actor.shop_id, day) for day in calendar])
    sales, over = [], {}
    for day in calendar:
        figures = known.get(key(actor.shop_id, day))
        if figures is None:
            figures = _sold_on(actor, day)
            # Money of yesterday's last minute may still be told of.
            if day < today - timedelta(days=1):
                over[key(actor.shop_id, day)] = figures
        sales.append(DayOfSales(day, *figures))
    if over:
        _keep(over)
    return sales


def _kept(keys: list[str]) -> dict[str, Any]:
    try:
        return cache.get_many(keys)
    except Exception:  # noqa: BLE001 -- a cache that is down makes the page slow, not silent
        logger.info("no cache; the days are added up again")
        return {}


def _keep(figures: dict[str, Any]) -> None:
    try:
        cache.set_many(figures, KEEP_DAY)
    except Exception:  # noqa: BLE001 -- as above
        logger.info("no cache; the days are added up again the next time")


def _sold_on(actor: Actor, day: date) -> tuple[int, int]:
    begins = datetime.combine(day, datetime.min.time(), TRADE_ZONE)
    paid = Order.objects.visible_to(actor).filter(
        paid_at__gte=begins, paid_at__lt=begins + timedelta(days=1)
    )
    found = paid.aggregate(orders=Count("*"), amount=Sum("pay_amount", default=0))
    return found["orders"], found["amount"]


def stuck_refunds() -> int:
    """Return how many refunds the gateway refused or does not answer for."""
    return Refund.objects.filter(status__in=[RefundStatus.FAILED, RefundStatus.UNKNOWN]).count()
