"""Numbers of a shop's home page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate

from kernel.actors import Actor
from kernel.numbers import TRADE_ZONE
from orders.enums import RefundStatus
from orders.models import Order, Refund

#: A promise that ends within this is near.
NEAR = timedelta(hours=12)


@dataclass(frozen=True)
class OrderCounts:
    """What waits in a shop."""

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
    """Return what waits for the actor's shop at `at`, in one query."""
    counts = (
        Order.objects.visible_to(actor)
        .awaiting_shipment()
        .aggregate(
            to_ship=Count("pk"),
            near=Count("pk", filter=Q(ship_by_at__gt=at, ship_by_at__lte=at + NEAR)),
            late=Count("pk", filter=Q(ship_by_at__lte=at)),
        )
    )
    return OrderCounts(**counts)


def daily_sales(actor: Actor, at: datetime, days: int = 30) -> list[DayOfSales]:
    """Return the paid orders of each of the last `days` days, today included, oldest first."""
    today = at.astimezone(TRADE_ZONE).date()
    first = today - timedelta(days=days - 1)
    since = datetime.combine(first, datetime.min.time(), TRADE_ZONE)
    rows = (
        Order.objects.visible_to(actor)
        .filter(paid_at__gte=since)
        .annotate(day=TruncDate("paid_at", tzinfo=TRADE_ZONE))
        .values("day")
        .annotate(orders=Count("pk"), amount=Sum("pay_amount"))
    )
    found = {row["day"]: row for row in rows.order_by("day")}
    calendar = [first + timedelta(days=place) for place in range(days)]
    return [
        DayOfSales(day, found[day]["orders"], found[day]["amount"])
        if day in found
        else DayOfSales(day, 0, 0)
        for day in calendar
    ]


def stuck_refunds() -> int:
    """Return how many refunds the gateway refused or does not answer for."""
    return Refund.objects.filter(status__in=[RefundStatus.FAILED, RefundStatus.UNKNOWN]).count()
