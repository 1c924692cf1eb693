"""An operator's hand on a shop: suspended, open again, closed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from kernel import audit, states
from kernel.actors import Actor
from kernel.errors import IllegalTransition
from shops.enums import ShopStatus
from shops.errors import ShopIsBound
from shops.models import Binding, Shop
from shops.services import identity


@transaction.atomic
def suspend_shop(*, shop: Shop, reason: str, at: datetime, actor: Actor) -> Shop:
    """Stop sales. Orders that exist go on; the staff keep their doors. Raises IllegalTransition."""
    return _move(shop, ShopStatus.SUSPENDED, "shops.suspend_shop", reason, at, actor)


@transaction.atomic
def reopen_shop(*, shop: Shop, reason: str, at: datetime, actor: Actor) -> Shop:
    """Let a suspended shop sell again. Raises IllegalTransition, also for one never opened."""
    if shop.opened_at is None:
        raise IllegalTransition(extra={"from": str(shop.status)})
    return _move(shop, ShopStatus.OPEN, "shops.reopen_shop", reason, at, actor)


@transaction.atomic
def close_shop(*, shop: Shop, reason: str, at: datetime, actor: Actor) -> Shop:
    """Close for good. Raises ShopIsBound while an account wears its face, IllegalTransition."""
    identity.lock(shop_id=shop.pk)
    if Binding.objects.in_force().filter(shop=shop).exists():
        raise ShopIsBound
    return _move(shop, ShopStatus.CLOSED, "shops.close_shop", reason, at, actor)


def _move(shop: Shop, to: ShopStatus, action: str, reason: str, at: datetime, actor: Actor) -> Shop:
    was = states.move(shop, to=to, at=at, actor=actor, reason=reason)
    audit.record(
        actor=actor,
        action=action,
        target=shop,
        at=at,
        before={"status": was},
        after={"status": str(to)},
        reason=reason,
        shop_id=shop.pk,
    )
    return shop
