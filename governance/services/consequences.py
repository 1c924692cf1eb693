"""What a low experience score leads to (SH-16): applied after the scores, lifted by itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from governance.enums import Effect
from governance.errors import AlreadyExempt, ExemptionLifted
from governance.events import ConsequencesChanged
from governance.models import ConsequenceExemption
from governance.selectors import consequences_at
from insights.models import ShopScore
from kernel import audit
from kernel.actors import Actor
from kernel.events import publish
from shops.enums import RestrictionKind, RestrictionReason
from shops.models import Shop, ShopRestriction
from shops.services import restrictions

#: (effect, orders a day where it limits them)
Wanted = dict[Effect, int | None]


def apply_all(*, at: datetime) -> int:
    """Impose and lift what the latest scores lead to; return how many restrictions changed.

    Shops without a change cost nothing: five queries for any number of them.
    """
    scores = _latest()
    in_force = _in_force()
    exempt = _exempt()
    rules = consequences_at(at)
    changes = 0
    for shop_id in sorted(scores.keys() | in_force.keys()):
        wanted = _wanted(scores.get(shop_id), rules, exempt.get(shop_id, set()))
        if wanted != in_force.get(shop_id, {}):
            changes += apply(shop_id=shop_id, at=at)
    return changes


@transaction.atomic
def apply(*, shop_id: int, at: datetime) -> int:
    """Impose what the shop's latest score leads to at `at`, lift what it does not.

    A shop without a score is left alone; so is one that an operator has exempted (per effect).
    """
    Shop.objects.select_for_update(no_key=True, of=("self",)).get(pk=shop_id)
    score = _latest([shop_id]).get(shop_id)
    wanted = _wanted(score, consequences_at(at), _exempt([shop_id]).get(shop_id, set()))
    changes = restrictions.lift(
        shop_id=shop_id,
        reason=RestrictionReason.SCORE,
        kinds=[RestrictionKind(effect) for effect in Effect if effect not in wanted],
        at=at,
    )
    for effect, limit in wanted.items():
        changes += restrictions.impose(
            shop_id=shop_id,
            kind=RestrictionKind(effect),
            reason=RestrictionReason.SCORE,
            source=score.public_id if score else "",
            limit=limit,
            at=at,
        )
    return changes


@transaction.atomic
def exempt(
    *, shop: Shop, effect: Effect, note: str, at: datetime, actor: Actor
) -> ConsequenceExemption:
    """Let the shop's score not lead to `effect`; what is in force is lifted after the commit.

    Raises AlreadyExempt.
    """
    try:
        with transaction.atomic():
            made = ConsequenceExemption.objects.create(
                shop=shop, effect=effect, note=note, by_label=actor.label[:120], created_at=at
            )
    except IntegrityError as error:
        if "consequenceexemption_one_in_force" not in str(error):
            raise
        raise AlreadyExempt from None
    _tell(made, "governance.exempt_consequence", at, actor, note)
    return made


@transaction.atomic
def lift_exemption(
    *, exemption: ConsequenceExemption, reason: str, at: datetime, actor: Actor
) -> ConsequenceExemption:
    """Let the score lead to the effect again. Raises ExemptionLifted."""
    rows = ConsequenceExemption.objects.filter(pk=exemption.pk, lifted_at__isnull=True)
    if not rows.update(lifted_at=at):
        raise ExemptionLifted
    exemption.refresh_from_db()
    _tell(exemption, "governance.lift_exemption", at, actor, reason)
    return exemption


def _tell(one: ConsequenceExemption, action: str, at: datetime, actor: Actor, reason: str) -> None:
    audit.record(
        actor=actor,
        action=action,
        target=one,
        at=at,
        after={"effect": str(one.effect)},
        reason=reason,
        shop_id=one.shop_id,
    )
    publish(ConsequencesChanged(shop_id=one.shop_id))


def _wanted(score: ShopScore | None, rules: Iterable[dict[str, Any]], exempt: set[str]) -> Wanted:
    """Return what a score leads to; of two limits of orders the lower."""
    found: Wanted = {}
    for rule in rules:
        effect, limit = Effect(rule["effect"]), rule["limit"]
        value = getattr(score, f"{rule['measure']}_tenths") if score else None
        if value is None or effect in exempt or value >= rule["threshold_tenths"]:
            continue
        known = found.get(effect)
        found[effect] = limit if known is None else min(known, limit)
    return found


def _latest(shop_ids: list[int] | None = None) -> dict[int, ShopScore]:
    rows = (
        ShopScore.objects.all()
        if shop_ids is None
        else ShopScore.objects.filter(shop_id__in=shop_ids)
    )
    return {one.shop_id: one for one in rows.order_by("shop_id", "-day").distinct("shop_id")}


def _in_force() -> dict[int, Wanted]:
    rows = ShopRestriction.objects.filter(reason=RestrictionReason.SCORE, until__isnull=True)
    found: dict[int, Wanted] = {}
    for one in rows:
        found.setdefault(one.shop_id, {})[Effect(one.kind)] = one.limit
    return found


def _exempt(shop_ids: list[int] | None = None) -> dict[int, set[str]]:
    rows = ConsequenceExemption.objects.filter(lifted_at__isnull=True)
    if shop_ids is not None:
        rows = rows.filter(shop_id__in=shop_ids)
    found: dict[int, set[str]] = {}
    for one in rows:
        found.setdefault(one.shop_id, set()).add(one.effect)
    return found
