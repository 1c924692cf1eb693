"""Are the kept figures what the rows say?"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db import connection

from insights.models import ShopDay
from insights.services import days
from kernel.numbers import TRADE_ZONE

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Difference:
    """A day whose kept figures are not what its rows say."""

    shop_id: int
    day: date
    #: Name of a figure → (kept, what the rows say).
    figures: dict[str, tuple[Any, Any]]


@dataclass(frozen=True)
class Report:
    """What a check has found."""

    days: int
    differences: tuple[Difference, ...]


def check(*, since: datetime, shop_id: int | None = None, mends: bool = False) -> Report:
    """Compare every day since `since` with a new addition of its rows.

    Days that are marked are left out: they say themselves that they are late. A fact whose event is
    still on its way shows as a difference. With `mends` the days that differ are marked, so the
    next sweep adds them up again.
    """
    found: list[Difference] = []
    counted = 0
    traded = iter(_traded(since, shop_id))
    while batch := list(islice(traded, days.BATCH)):
        counted += len(batch)
        found += _differences(batch)
    if mends and found:
        days.mark([(one.shop_id, one.day) for one in found])
    for one in found:
        logger.error("shop %s on %s: kept figures differ: %s", one.shop_id, one.day, one.figures)
    return Report(counted, tuple(found))


def _traded(since: datetime, shop_id: int | None) -> Iterator[tuple[int, date]]:
    """Each (shop, day) that has trade, or a row that says it had."""
    given: dict[str, Any] = {"zone": str(TRADE_ZONE), "since": since, "shop": shop_id}
    with connection.cursor() as cursor:
        cursor.execute(days.TRADED, given)
        known = set(cursor.fetchall())
    kept = ShopDay.objects.filter(day__gte=since.astimezone(TRADE_ZONE).date())
    if shop_id is not None:
        kept = kept.filter(shop_id=shop_id)
    known.update(kept.values_list("shop_id", "day"))
    yield from sorted(known)


def _differences(batch: list[tuple[int, date]]) -> list[Difference]:
    """Compare by one statement: figures and rows are of the same moment."""
    shops, dates = [shop for shop, _day in batch], [day for _shop, day in batch]
    given: dict[str, Any] = {"shops": shops, "days": dates, "zone": str(TRADE_ZONE)}
    with connection.cursor() as cursor:
        cursor.execute(COMPARE, given)
        rows = cursor.fetchall()
    found = []
    width = len(days.FIGURES)
    for shop, day, *figures in rows:
        summed, kept = figures[:width], figures[width:]
        differing = {
            name: (was, now)
            for name, was, now in zip(days.FIGURES, kept, summed, strict=True)
            if was != now
        }
        if differing:
            found.append(Difference(shop, day, differing))
    return found


_NAMES = days.FIGURES
COMPARE = f"""
SELECT summed.shop_id, summed.day, {", ".join(f"summed.{name}" for name in _NAMES)},
       {", ".join(f"kept.{name}" for name in _NAMES)}
FROM ({days.SUM}) AS summed
LEFT JOIN insights_shopday AS kept USING (shop_id, day)
WHERE kept.marks IS NULL OR kept.marks = kept.added_marks
ORDER BY summed.shop_id, summed.day
"""  # noqa: S608 -- names of our own columns
