"""When a shop sends: its promise (SH-11), special dates, and holidays (SH-19).

The rows are dated and end; by when an order is sent is derived from them, never stored twice.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import models, transaction

from kernel import audit
from kernel.actors import Actor
from kernel.errors import NotFound
from kernel.events import publish
from shops.errors import PeriodInvalid
from shops.events import ShippingChanged, StorefrontChanged
from shops.models import Holiday, ShippingPromise, Shop, SpecialDate

#: Special dates that a shop may have announced at a time.
MAX_SPECIAL_DATES = 20


@transaction.atomic
def set_promise(*, shop_id: int, speed: str, at: datetime, actor: Actor) -> ShippingPromise:
    """Promise `speed` for what is paid from `at` on; earlier orders keep theirs."""
    _lock(shop_id)
    running = ShippingPromise.objects.filter(shop_id=shop_id, ends_at__isnull=True)
    before = running.first()
    if before is not None and before.speed == speed:
        return before
    running.update(ends_at=at)
    promise = ShippingPromise.objects.create(shop_id=shop_id, speed=speed, starts_at=at)
    _tell("shops.set_shipping_promise", promise, at, actor, {"speed": str(speed)})
    return promise


@transaction.atomic
def add_special_date(
    *,
    shop_id: int,
    paid_from: datetime,
    paid_to: datetime,
    ship_on: date | None,
    plus_days: int | None,
    at: datetime,
    actor: Actor,
) -> SpecialDate:
    """Send orders paid in the window by the end of `ship_on`, or `plus_days` later than promised.

    Announced before it begins: what is paid keeps the promise it was made. Raises PeriodInvalid.
    """
    _lock(shop_id)
    is_one = (ship_on is None) != (plus_days is None)
    if not is_one or not at <= paid_from < paid_to or (plus_days or 1) not in range(1, 31):
        raise PeriodInvalid
    standing = _standing(SpecialDate, shop_id).filter(paid_to__gt=at)
    if standing.count() >= MAX_SPECIAL_DATES:
        raise PeriodInvalid
    row = SpecialDate.objects.create(
        shop_id=shop_id, paid_from=paid_from, paid_to=paid_to, ship_on=ship_on, plus_days=plus_days
    )
    _tell("shops.add_special_date", row, at, actor, {"from": _iso(paid_from), "to": _iso(paid_to)})
    return row


@transaction.atomic
def call_off_special_date(*, shop_id: int, pk: int, at: datetime, actor: Actor) -> None:
    """Take back a special date that has not begun. Raises NotFound."""
    _lock(shop_id)
    row = _standing(SpecialDate, shop_id).filter(pk=pk, paid_from__gt=at).first()
    if row is None:
        raise NotFound
    SpecialDate.objects.filter(shop_id=shop_id, pk=pk).update(called_off_at=at)
    _tell("shops.call_off_special_date", row, at, actor, {})


@transaction.atomic
def set_holiday(
    *,
    shop_id: int,
    closed_from: datetime,
    closed_to: datetime,
    note: str,
    at: datetime,
    actor: Actor,
) -> Holiday:
    """Close the shop for a while: items are seen, orders are refused, sending may wait (SH-19).

    It takes the place of a holiday that was announced; one that has begun ends at `at`. What
    buyers may do with what they bought (refunds, returns) goes on. Raises PeriodInvalid for a time
    that is over, or longer than LONGEST_HOLIDAY.
    """
    _lock(shop_id)
    begins = max(closed_from, at)
    if not begins < closed_to or closed_to - begins > settings.LONGEST_HOLIDAY:
        raise PeriodInvalid
    _call_off(shop_id, at)
    holiday = Holiday.objects.create(
        shop_id=shop_id, closed_from=begins, closed_to=closed_to, note=note
    )
    after = {"from": _iso(begins), "to": _iso(closed_to)}
    _tell("shops.set_holiday", holiday, at, actor, after)
    publish(StorefrontChanged(shop_id=shop_id))
    return holiday


@transaction.atomic
def end_holiday(*, shop_id: int, at: datetime, actor: Actor) -> None:
    """Open again at once, or call off what was announced. Raises NotFound when there is none."""
    _lock(shop_id)
    holiday = _standing(Holiday, shop_id).filter(closed_to__gt=at).first()
    if holiday is None:
        raise NotFound
    _call_off(shop_id, at)
    _tell("shops.end_holiday", holiday, at, actor, {})
    publish(StorefrontChanged(shop_id=shop_id))


def _call_off(shop_id: int, at: datetime) -> None:
    _standing(Holiday, shop_id).update(called_off_at=at)


def _standing(model: type[models.Model], shop_id: int) -> models.QuerySet[Any]:
    """Return the shop's rows that were not called off."""
    return model._default_manager.filter(shop_id=shop_id, called_off_at__isnull=True)


def _lock(shop_id: int) -> None:
    Shop.objects.select_for_update(no_key=True, of=("self",)).get(pk=shop_id)


def _tell(action: str, row: models.Model, at: datetime, actor: Actor, after: Any) -> None:
    publish(ShippingChanged(shop_id=row.shop_id))  # type: ignore[attr-defined]
    audit.record(actor=actor, action=action, target=row, at=at, after=after)


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")
