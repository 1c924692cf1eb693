"""The waterfall (AL-44): one identity, computed in one place, pure."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Self

from kernel.money import portion
from kernel.numbers import TRADE_ZONE


@dataclass(frozen=True)
class Waterfall:
    """Who gets what of a line, in minor units.

    ``paid + subsidy = shop + creator + agency + platform_fee``, always; ``paid`` is the buyer's
    money after refunds, freight included.
    """

    paid_amount: int = 0
    subsidy_amount: int = 0
    shop_amount: int = 0
    creator_amount: int = 0
    agency_amount: int = 0
    platform_fee_amount: int = 0

    def __sub__(self, other: Self) -> Waterfall:
        names = [field.name for field in fields(self)]
        return Waterfall(**{name: getattr(self, name) - getattr(other, name) for name in names})

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))


def waterfall(
    *,
    paid_amount: int,
    subsidy_amount: int,
    creator_amount: int,
    agency_amount: int,
    fee_rate_bp: int,
) -> Waterfall:
    """Return the split of what a line is worth; the shop gets what the others leave.

    The fee is of what the shop receives from buyer and subsidies, freight included (SH-09), rounded
    down as commission is, so every odd unit is the shop's.
    """
    received = paid_amount + subsidy_amount
    fee = portion(received, fee_rate_bp)
    return Waterfall(
        paid_amount=paid_amount,
        subsidy_amount=subsidy_amount,
        shop_amount=received - creator_amount - agency_amount - fee,
        creator_amount=creator_amount,
        agency_amount=agency_amount,
        platform_fee_amount=fee,
    )


def subsidy_left(
    *, subsidy_amount: int, paid_amount: int, left_amount: int, kept: tuple[int, int] = (1, 1)
) -> int:
    """Return the part of a subsidy that stays when of `paid_amount` only `left_amount` stays.

    `kept` are the pieces that were not given back, and all of them: they decide where subsidies
    paid for everything.
    """
    left, whole = (left_amount, paid_amount) if paid_amount else kept
    return subsidy_amount * left // whole


def month_of(at: datetime) -> date:
    """Return the first day of the month that `at` belongs to in China."""
    return at.astimezone(TRADE_ZONE).date().replace(day=1)


def next_month(month: date) -> date:
    """Return the first day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def starts_at(month: date) -> datetime:
    """Return the moment at which `month` begins in China."""
    return datetime(month.year, month.month, month.day, tzinfo=TRADE_ZONE)
