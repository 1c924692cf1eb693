"""Questions about deposits with named answers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Q, Sum

from governance.enums import Effect, Measure
from governance.models import ConsequenceRule, Deposit, DepositEntry, DepositRule
from governance.policies import Rule, base_of, is_trial
from insights.models import ShopDay, ShopScore
from kernel.numbers import TRADE_ZONE
from shops.models import Shop

_RULE_FIELDS = (
    "tiers",
    "high_risk_times",
    "times",
    "high_risk_days",
    "days",
    "high_risk_categories",
    "trial_days",
    "trial_orders",
    "listing_after_days",
    "sales_after_days",
)


def rule_at(at: datetime) -> Rule:
    """Return the rule of deposits that is in force at `at`. One query."""
    row = DepositRule.objects.filter(effective_from__lte=at).order_by("-effective_from").first()
    if row is None:
        return Rule(**settings.DEPOSIT_RULE)
    return Rule(**{name: getattr(row, name) for name in _RULE_FIELDS}, pk=row.pk)


def month_of(at: datetime) -> date:
    """Return the first day of the month that `at` belongs to in China."""
    return at.astimezone(TRADE_ZONE).date().replace(day=1)


def sales_of(shop_ids: Collection[int], month: date) -> dict[int, int]:
    """Return shop pk → what was paid in the calendar month before `month`, in minor units (SH-06).

    Each shop has an entry; one whose days are still being added up has none. One query.
    """
    first = (month - timedelta(days=1)).replace(day=1)
    rows = ShopDay.objects.filter(shop_id__in=shop_ids, day__gte=first, day__lt=month)
    added = (
        rows.order_by()
        .values("shop_id")
        .annotate(
            gmv=Sum("gmv_amount"),
            late=Sum("marks", filter=Q(marks__gt=F("added_marks")), default=0),
        )
    )
    known = {row["shop_id"]: row for row in added}
    empty: dict[str, int] = {"gmv": 0, "late": 0}
    return {pk: known.get(pk, empty)["gmv"] for pk in shop_ids if not known.get(pk, empty)["late"]}


def newcomers(shops: Collection[Shop], rule: Rule, at: datetime) -> set[int]:
    """Return the primary keys of those that are on trial (SH-07). One query."""
    rows = ShopDay.objects.filter(shop_id__in=[one.pk for one in shops])
    orders = dict(rows.order_by().values_list("shop_id").annotate(orders=Sum("orders")))
    return {
        one.pk
        for one in shops
        if is_trial(opened_at=one.opened_at, orders=orders.get(one.pk, 0), rule=rule, at=at)
    }


def is_high_risk(shop_id: int, rule: Rule) -> bool:
    """Tell whether most of what the shop sells is of a high-risk category (SH-07)."""
    if not rule.high_risk_categories:
        return False
    latest = ShopScore.objects.filter(shop_id=shop_id).select_related("category").order_by("-day")
    score = latest.first()
    category = score.category if score else None
    return category is not None and category.public_id in rule.high_risk_categories


def missing_for_opening(shop: Shop, at: datetime) -> int:
    """Return what a shop has to pay in before it may open, in minor units; 0 is nothing.

    Its base deposit, unless newcomers are on trial (SH-06, SH-07). For the checklist of admission.
    """
    rule = rule_at(at)
    if is_trial(opened_at=shop.opened_at, orders=0, rule=rule, at=at):
        return 0
    rows = Deposit.objects.filter(shop_id=shop.pk)
    balance = rows.values_list("balance_amount", flat=True).first() or 0
    return max(base_of(0, rule.tiers) - balance, 0)


def consequences_at(at: datetime) -> list[dict[str, Any]]:
    """Return what low scores lead to at `at` (SH-16): measure, effect, threshold, limit. One query.

    Of each measure and effect the latest row in force, else the setting; without a threshold none.
    """
    known = {
        (one["measure"], one["effect"]): one
        for one in [
            *settings.SCORE_CONSEQUENCES,
            *ConsequenceRule.objects.filter(effective_from__lte=at)
            .order_by("effective_from", "pk")
            .values("measure", "effect", "threshold_tenths", "limit"),
        ]
    }
    return [
        {**one, "measure": Measure(one["measure"]), "effect": Effect(one["effect"])}
        for _key, one in sorted(known.items())
        if one["threshold_tenths"]
    ]


def entries_of(deposit: Deposit, limit: int) -> list[DepositEntry]:
    """Return the latest entries of the deposit, at most `limit`."""
    rows = DepositEntry.objects.filter(shop_id=deposit.shop_id, deposit=deposit)
    return list(rows.order_by("-position")[:limit])
