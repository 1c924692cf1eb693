"""The arithmetic of deposits and consequences: pure, the same for page, API, task and test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings

from governance.enums import DepositStatus
from kernel.numbers import TRADE_ZONE

#: SH-06: announced on day 1, in force from day 8.
NOTICE = timedelta(days=7)
#: ``[[sales up to, amount], …, [null, amount]]``, minor units (SH-06).
Tiers = Sequence[Sequence[int | None]]


@dataclass(frozen=True)
class Rule:
    """A rule of deposits as it is in force: a dated row's, else that of the settings."""

    tiers: Tiers
    #: Times the base amount, once the platform has advanced too much (SH-07).
    high_risk_times: int
    times: int
    #: Days without shortfall after which the experience deposit goes.
    high_risk_days: int
    days: int
    high_risk_categories: Sequence[str]
    #: A newcomer owes nothing before these many days or these many orders (SH-07).
    trial_days: int
    trial_orders: int
    #: Days of shortfall after which nothing more is listed, nothing more is sold (SH-08).
    listing_after_days: int
    sales_after_days: int
    #: Primary key of the dated row; None is that of the settings.
    pk: int | None = None


def base_of(gmv_amount: int, tiers: Tiers) -> int:
    """Return the base deposit for the sales of a month: the first tier that they do not exceed."""
    for limit, amount in tiers:
        if limit is None or gmv_amount <= limit:
            return int(amount or 0)
    raise ValueError("tiers without an open end")


def are_tiers(tiers: Tiers) -> bool:
    """Tell whether tiers rise in sales and in amount and the last one has no end."""
    if not tiers or any(len(tier) != 2 or tier[1] is None for tier in tiers):
        return False
    limits = [tier[0] for tier in tiers[:-1]]
    amounts = [tier[1] or 0 for tier in tiers]
    closed = [limit for limit in limits if limit is not None]
    return (
        tiers[-1][0] is None
        and len(closed) == len(limits)
        and closed == sorted(set(closed))
        and amounts == sorted(set(amounts))
        and min([*closed, *amounts]) >= 0
    )


def status_of(*, balance: int, due: int, coming: int, is_paid_back: bool) -> DepositStatus:
    """Return how `balance` stands to what is due now and what is announced (`coming`)."""
    if is_paid_back:
        return DepositStatus.REFUNDED
    if balance < 0:
        return DepositStatus.ADVANCED
    if balance < due:
        return DepositStatus.SHORTFALL
    return DepositStatus.DUE if balance < coming else DepositStatus.OK


def is_trial(*, opened_at: datetime | None, orders: int, rule: Rule, at: datetime) -> bool:
    """Tell whether a shop is a newcomer that owes nothing yet (SH-07)."""
    is_young = opened_at is None or at < opened_at + timedelta(days=rule.trial_days)
    return rule.trial_days > 0 and is_young and orders < rule.trial_orders


def exceeds(*, amount: int, balance: int, base: int) -> bool:
    """Tell whether an advance goes beyond the lower of base balance and amount due (SH-07).

    Below zero nothing is there, so any advance does.
    """
    return amount > min(max(balance, 0), base)


def experience_of(*, base: int, is_high_risk: bool, rule: Rule) -> int:
    """Return the experience deposit; of a shop on trial, times the lowest tier."""
    lowest = int(rule.tiers[0][1] or 0)
    return max(base, lowest) * (rule.high_risk_times if is_high_risk else rule.times)


def effective_at(month: date, at: datetime) -> datetime:
    """Return from when an amount announced at `at` for `month` holds: day 8, seven days at least.

    `month` is its first day. An announcement that comes late, or in the middle, holds later.
    """
    day_8 = datetime(month.year, month.month, 8, tzinfo=TRADE_ZONE)
    local = at.astimezone(TRADE_ZONE)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return max(day_8, midnight + NOTICE)


def needs_second_operator(amount: int) -> bool:
    """Tell whether a deduction takes two people of the platform."""
    return amount > settings.DEPOSIT_DEDUCTED_ALONE
