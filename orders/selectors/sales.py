"""What was sold, by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Sum
from django.db.models.functions import TruncDate

from kernel.actors import Actor
from kernel.numbers import TRADE_ZONE
from orders.models import Order


@dataclass(frozen=True)
class DayOfSales:
    """What was paid on one day in China: orders and minor units, refunds not taken off."""

    day: date
    order_count: int
    paid_amount: int


def daily_sales(actor: Actor, *, at: datetime, days: int) -> list[DayOfSales]:
    """Return the last `days` days, today last, of the orders that `actor` sees; one query."""
    today = at.astimezone(TRADE_ZONE).date()
    first = today - timedelta(days=days - 1)
    begin = datetime(first.year, first.month, first.day, tzinfo=TRADE_ZONE)
    # An order is paid within the hour it is placed in, or never: the index on placed_at serves.
    paid = Order.objects.visible_to(actor).filter(
        placed_at__gte=begin - timedelta(days=1), paid_at__gte=begin
    )
    rows = (
        paid.annotate(day=TruncDate("paid_at", tzinfo=TRADE_ZONE))
        .values("day")
        .annotate(order_count=Count("pk"), paid_amount=Sum("pay_amount"))
        .order_by("day")
    )
    known = {row["day"]: DayOfSales(**row) for row in rows}
    window = [first + timedelta(days=n) for n in range(days)]
    return [known.get(day, DayOfSales(day, 0, 0)) for day in window]
