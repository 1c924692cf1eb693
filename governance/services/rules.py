"""Dated rules of operators: what shops stake, what low scores lead to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from governance.enums import Effect, Measure
from governance.errors import RuleBeginsInThePast, TiersAreWrong
from governance.models import ConsequenceRule, DepositRule
from governance.policies import Rule, Tiers, are_tiers
from governance.selectors import rule_at
from kernel import audit
from kernel.actors import Actor


@transaction.atomic
def set_deposit_rule(
    *, rule: Rule, effective_from: datetime, at: datetime, actor: Actor
) -> DepositRule:
    """Let what is worked out after `effective_from` obey `rule`; what was announced stays.

    Raises TiersAreWrong, RuleBeginsInThePast.
    """
    if not are_tiers(rule.tiers):
        raise TiersAreWrong
    if effective_from <= at:
        raise RuleBeginsInThePast
    before = rule_at(at)
    made = DepositRule.objects.create(
        effective_from=effective_from,
        tiers=[list(tier) for tier in rule.tiers],
        high_risk_times=rule.high_risk_times,
        times=rule.times,
        high_risk_days=rule.high_risk_days,
        days=rule.days,
        high_risk_categories=list(rule.high_risk_categories),
        trial_days=rule.trial_days,
        trial_orders=rule.trial_orders,
        listing_after_days=rule.listing_after_days,
        sales_after_days=rule.sales_after_days,
    )
    audit.record(
        actor=actor,
        action="governance.set_deposit_rule",
        target=made,
        at=at,
        before={"tiers": _plain(before.tiers)},
        after={"tiers": made.tiers, "from": effective_from.isoformat()},
    )
    return made


@transaction.atomic
def set_consequence(
    *,
    measure: Measure,
    effect: Effect,
    threshold_tenths: int,
    limit: int | None,
    effective_from: datetime,
    at: datetime,
    actor: Actor,
) -> ConsequenceRule:
    """Let a score below the threshold lead to `effect` from a moment on; 0 is never.

    `limit` is orders a day, for that effect alone. Raises RuleBeginsInThePast.
    """
    if effective_from <= at:
        raise RuleBeginsInThePast
    made = ConsequenceRule.objects.create(
        measure=measure,
        effect=effect,
        threshold_tenths=threshold_tenths,
        limit=limit if effect == Effect.DAILY_ORDERS else None,
        effective_from=effective_from,
    )
    audit.record(
        actor=actor,
        action="governance.set_consequence",
        target=made,
        at=at,
        after={
            "measure": str(measure),
            "effect": str(effect),
            "below": threshold_tenths,
            "limit": made.limit,
            "from": effective_from.isoformat(),
        },
    )
    return made


def _plain(tiers: Tiers) -> list[Sequence[int | None]]:
    return [list(tier) for tier in tiers]
