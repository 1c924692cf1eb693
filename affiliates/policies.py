"""The arithmetic and the calendar of the alliance: pure, so that anybody can compute it again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from kernel.money import portion
from kernel.numbers import TRADE_ZONE

#: The smallest cut of a rate: one percentage point (AL-02).
SMALLEST_CUT_BP = 100


@dataclass(frozen=True)
class Split:
    """What a base earns, in minor units; `amount` = `creator_amount` + `agency_amount`."""

    base_amount: int
    creator_amount: int
    agency_amount: int

    @property
    def amount(self) -> int:
        """The whole commission: what it costs the shop."""
        return self.creator_amount + self.agency_amount


def split(*, base_amount: int, rate_bp: int, agency_share_bp: int = 0) -> Split:
    """Return the commission on `base_amount`, rounded down, and the agency's part of it (AL-41)."""
    amount = portion(base_amount, rate_bp)
    agency_amount = portion(amount, agency_share_bp)
    return Split(base_amount, amount - agency_amount, agency_amount)


def next_day(at: datetime) -> datetime:
    """Return the next 00:00 in China, aware: when cuts, closings and leaving take effect (T+1)."""
    tomorrow = at.astimezone(TRADE_ZONE).date() + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=TRADE_ZONE)


class Version(Protocol):
    """What has a rate from a moment on."""

    pk: int
    rate_bp: int
    effective_from: datetime


V = TypeVar("V", bound=Version)


def in_force(versions: Iterable[V], at: datetime) -> V | None:
    """Return the version that holds at `at`: the latest begun, and of equals the later row."""
    begun = [one for one in versions if one.effective_from <= at]
    return max(begun, key=lambda one: (one.effective_from, one.pk), default=None)


def announced(versions: Iterable[V], at: datetime) -> V | None:
    """Return the next version that has not begun at `at`, or None (AL-13)."""
    waiting = [one for one in versions if one.effective_from > at]
    return min(waiting, key=lambda one: (one.effective_from, -one.pk), default=None)
