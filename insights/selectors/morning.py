"""The figures of a shop's first page: read from what was added up, never from the orders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from insights.models import ShopDay
from kernel.actors import Actor
from kernel.numbers import TRADE_ZONE

#: Days of the chart, yesterday the last; small charts show the last `RECENT` of them.
CHARTED = 30
RECENT = 15
HOURS_OF_A_DAY = 24
WEEK = timedelta(days=7)


class Figure(StrEnum):
    """A number of a day."""

    ORDERS = "orders"
    GMV = "gmv"
    NET = "net"
    REFUNDS = "refunds"
    NEW_BUYERS = "new_buyers"
    OLD_BUYERS = "old_buyers"


#: Counted in pieces; the others are minor units.
COUNTED = frozenset({Figure.ORDERS, Figure.NEW_BUYERS, Figure.OLD_BUYERS})
_VALUES: dict[Figure, Callable[[ShopDay], int]] = {
    Figure.ORDERS: lambda row: row.orders,
    Figure.GMV: lambda row: row.gmv_amount,
    Figure.NET: lambda row: row.net_amount,
    Figure.REFUNDS: lambda row: row.refund_amount,
    Figure.NEW_BUYERS: lambda row: row.new_buyers,
    Figure.OLD_BUYERS: lambda row: row.old_buyers,
}


@dataclass(frozen=True)
class Compared:
    """A figure of a day beside the same weekday's of the week before."""

    figure: Figure
    day: date
    value: int
    before_day: date
    before: int
    #: The days up to `day`, oldest first.
    recent: Sequence[int]
    #: Both end at this hour of their day; None for whole days.
    until: int | None = None

    @property
    def difference(self) -> int:
        """How much more it is than a week before."""
        return self.value - self.before

    @property
    def percent(self) -> int | None:
        """The difference in percent of the value before, rounded half away from zero."""
        if not self.before:
            return None
        size = (abs(self.difference) * 200 + self.before) // (2 * self.before)
        return size if self.difference >= 0 else -size


@dataclass(frozen=True)
class Morning:
    """What the first page says of a shop's trade."""

    today: date
    yesterday: Sequence[Compared]
    #: Today until the last full hour.
    so_far: Sequence[Compared]
    #: The last `CHARTED` days that are over, oldest first.
    days: Sequence[ShopDay]
    #: When the latest of these days was added up; None when the shop never sold.
    added_at: datetime | None

    @property
    def has_trade(self) -> bool:
        """Whether anything was sold or given back in the time that the page shows."""
        return self.added_at is not None


def day_of(at: datetime) -> date:
    """Return the trade's day of `at`."""
    return at.astimezone(TRADE_ZONE).date()


def day_starts(day: date) -> datetime:
    """Return the midnight with which a day of the trade begins."""
    return datetime.combine(day, datetime.min.time(), TRADE_ZONE)


def morning(actor: Actor, at: datetime) -> Morning:
    """Return the figures of the actor's shop at `at`. One query of at most forty rows."""
    today, hour = day_of(at), at.astimezone(TRADE_ZONE).hour
    first = today - timedelta(days=CHARTED)
    rows = {
        row.day: row
        for row in ShopDay.objects.visible_to(actor).filter(day__gte=first, day__lte=today)
    }

    def of(day: date) -> ShopDay:
        return rows.get(day) or ShopDay(day=day)

    yesterday = today - timedelta(days=1)
    return Morning(
        today=today,
        yesterday=[_compared(figure, yesterday, of) for figure in Figure],
        so_far=[
            Compared(figure, today, _until(of(today), figure, hour), today - WEEK,
                     _until(of(today - WEEK), figure, hour), (), hour)
            for figure in (Figure.ORDERS, Figure.GMV)
        ] if hour else (),
        days=[of(first + timedelta(days=place)) for place in range(CHARTED)],
        added_at=max((row.added_at for row in rows.values() if row.added_at), default=None),
    )  # fmt: skip


def _compared(figure: Figure, day: date, of: Callable[[date], ShopDay]) -> Compared:
    value = _VALUES[figure]
    recent = [value(of(day - timedelta(days=back))) for back in reversed(range(RECENT))]
    return Compared(figure, day, value(of(day)), day - WEEK, value(of(day - WEEK)), recent)


def _until(row: ShopDay, figure: Figure, hour: int) -> int:
    hours = row.hour_orders if figure is Figure.ORDERS else row.hour_gmv
    return sum(hours[:hour])
