"""Restrictions as rows: imposed and lifted by the room that knows why, asked by those below."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from kernel import audit
from kernel.actors import SYSTEM, Actor
from kernel.events import publish
from shops.enums import RestrictionKind, RestrictionReason
from shops.errors import ShopRestricted
from shops.events import RestrictionChanged
from shops.models import Shop, ShopRestriction
from shops.selectors.restrictions import is_restricted


@transaction.atomic
def impose(
    *,
    shop_id: int,
    kind: RestrictionKind,
    reason: RestrictionReason,
    source: str,
    at: datetime,
    limit: int | None = None,
    actor: Actor = SYSTEM,
) -> bool:
    """Let the shop not do what `kind` says, for `reason`; tell whether that is new.

    Afterwards one restriction of the kind is in force for the reason. The same again is no change;
    another `limit` (orders a day) ends the one in force and begins another.
    """
    Shop.objects.select_for_update(no_key=True, of=("self",)).get(pk=shop_id)
    known = _in_force(shop_id, reason).filter(kind=kind).first()
    if known is not None and known.limit == limit:
        return False
    if known is not None:
        _end(known, at)
    made = ShopRestriction.objects.create(
        shop_id=shop_id, kind=kind, reason=reason, source=source, limit=limit, since=at
    )
    _tell(made, "shops.impose_restriction", at, actor)
    return True


@transaction.atomic
def lift(
    *,
    shop_id: int,
    reason: RestrictionReason,
    kinds: Collection[RestrictionKind],
    at: datetime,
    actor: Actor = SYSTEM,
    note: str = "",
) -> int:
    """End what `reason` restricts of `kinds`; return how many. Other reasons keep theirs."""
    Shop.objects.select_for_update(no_key=True, of=("self",)).get(pk=shop_id)
    ended = list(_in_force(shop_id, reason).filter(kind__in=kinds).order_by("pk"))
    for one in ended:
        _end(one, at)
        _tell(one, "shops.lift_restriction", at, actor, note)
    return len(ended)


def refuse_if_restricted(shop_id: int, kind: RestrictionKind) -> None:
    """Raise ShopRestricted when the shop may not do what `kind` says."""
    if is_restricted(shop_id, kind):
        raise ShopRestricted(extra={"restriction": str(kind)})


def _in_force(shop_id: int, reason: RestrictionReason) -> QuerySet[ShopRestriction]:
    return ShopRestriction.objects.filter(shop_id=shop_id, reason=reason, until__isnull=True)


def _end(one: ShopRestriction, at: datetime) -> None:
    one.until = max(at, one.since)
    one.save(update_fields=["until"])


def _tell(one: ShopRestriction, action: str, at: datetime, actor: Actor, note: str = "") -> None:
    publish(
        RestrictionChanged(shop_id=one.shop_id, kind=str(one.kind), is_in_force=one.until is None)
    )
    audit.record(
        actor=actor,
        action=action,
        target=one,
        at=at,
        after={"kind": str(one.kind), "because": str(one.reason), "limit": one.limit},
        reason=note,
    )
