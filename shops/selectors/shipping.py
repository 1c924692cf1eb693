"""When a shop is closed, and by when an order is to be sent. Pure once the terms are read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings

from kernel.numbers import TRADE_ZONE
from shops.enums import ShippingSpeed
from shops.models import Holiday, ShippingPromise, SpecialDate


@dataclass(frozen=True)
class Closure:
    """A time in which a shop sells nothing, and what buyers read then."""

    begins: datetime
    ends: datetime
    note: str = ""

    def holds(self, at: datetime) -> bool:
        """Tell whether the shop is closed at `at`."""
        return self.begins <= at < self.ends


@dataclass(frozen=True)
class ShipsIn:
    """How soon one thing is sent: by a speed, or so many days after it is paid and `after` is over.

    Without a speed and without days it is sent as its shop promises.
    """

    speed: str = ""
    days: int | None = None
    after: datetime | None = None


AS_PROMISED = ShipsIn()


@dataclass(frozen=True)
class Delay:
    """Orders paid in a window are sent by the end of a day, or some days later."""

    paid_from: datetime
    paid_to: datetime
    ship_on: date | None = None
    plus_days: int = 0


@dataclass(frozen=True)
class ShippingTerms:
    """What holds for the orders of one shop, past and present."""

    #: (from, speed), the latest first; before the first and without any, 48 hours.
    speeds: tuple[tuple[datetime, str], ...] = ()
    delays: tuple[Delay, ...] = ()
    #: In the order of their beginning; they do not overlap.
    closures: tuple[Closure, ...] = ()

    def ship_by(self, paid_at: datetime, ships: ShipsIn = AS_PROMISED) -> datetime:
        """Return by when what is paid at `paid_at` is to be handed to a carrier (SH-11, SH-19).

        A special date may only make it later; while the shop is closed the clock stands still.
        """
        if ships.days is not None:
            due = max(paid_at, ships.after or paid_at) + timedelta(days=ships.days)
        else:
            due = _due(paid_at, ships.speed or self._speed(paid_at))
        for delay in self.delays:
            if delay.paid_from <= paid_at < delay.paid_to:
                later = due + timedelta(days=delay.plus_days)
                due = max(later, _end_of(delay.ship_on)) if delay.ship_on else later
        for closure in self.closures:
            begins = max(closure.begins, paid_at)
            if begins < min(due, closure.ends):
                due += closure.ends - begins
        return due

    def _speed(self, paid_at: datetime) -> str:
        begun = (speed for since, speed in self.speeds if since <= paid_at)
        return next(begun, ShippingSpeed.HOURS_48)


def closures(shop_ids: Collection[int], *, at: datetime) -> dict[int, Closure]:
    """Return the holiday of each shop (by primary key) that has one now or announced. One query."""
    rows = Holiday.objects.filter(
        called_off_at__isnull=True, shop_id__in=shop_ids, closed_to__gt=at
    )
    return {row.shop_id: Closure(row.closed_from, row.closed_to, row.note) for row in rows}


def shipping_terms(shop_ids: Collection[int]) -> Mapping[int, ShippingTerms]:
    """Return what holds for the orders of each shop (by primary key). Three queries."""
    speeds: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
    for promise in ShippingPromise.objects.filter(shop_id__in=shop_ids).order_by("-starts_at"):
        speeds[promise.shop_id].append((promise.starts_at, str(promise.speed)))
    delays: dict[int, list[Delay]] = defaultdict(list)
    for one in SpecialDate.objects.filter(
        called_off_at__isnull=True, shop_id__in=shop_ids
    ).order_by("pk"):
        delay = Delay(one.paid_from, one.paid_to, one.ship_on, one.plus_days or 0)
        delays[one.shop_id].append(delay)
    closed: dict[int, list[Closure]] = defaultdict(list)
    for holiday in Holiday.objects.filter(shop_id__in=shop_ids).order_by("closed_from", "pk"):
        ends = min(holiday.closed_to, holiday.called_off_at or holiday.closed_to)
        if ends > holiday.closed_from:
            closed[holiday.shop_id].append(Closure(holiday.closed_from, ends, holiday.note))
    return {
        pk: ShippingTerms(tuple(speeds[pk]), tuple(delays[pk]), tuple(closed[pk]))
        for pk in shop_ids
    }


def _due(paid_at: datetime, speed: str) -> datetime:
    if speed == ShippingSpeed.HOURS_48:
        return paid_at + settings.SHIP_PROMISE
    local = paid_at.astimezone(TRADE_ZONE)
    today = local.date()
    is_late = speed == ShippingSpeed.NEXT_DAY or local.time() >= settings.SAME_DAY_UNTIL
    return _end_of(today + timedelta(days=1) if is_late else today)


def _end_of(day: date) -> datetime:
    """Return the moment at which `day` is over in China."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=TRADE_ZONE)
