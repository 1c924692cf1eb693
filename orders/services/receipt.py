"""The goods arrived (OR-10)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from kernel import audit
from kernel.actors import SYSTEM, Actor, Role
from kernel.errors import IllegalTransition
from kernel.events import publish
from kernel.states import move
from orders.enums import OrderStatus
from orders.errors import AlreadyExtended, OrderFrozen
from orders.events import OrderCompleted
from orders.models import Order

#: What buyer or shop may add to the clock, once.
EXTENSION = timedelta(days=3)


@transaction.atomic
def confirm_receipt(*, order_id: int, at: datetime, actor: Actor = SYSTEM) -> Order:
    """Complete a shipped order; the after-sales window runs from now. Publishes OrderCompleted.

    Raises OrderFrozen while an after-sales case holds it, IllegalTransition when it is not shipped.
    """
    order = Order.objects.select_for_update(no_key=True, of=("self",)).get(pk=order_id)
    if order.status == OrderStatus.SHIPPED and order.is_frozen:
        raise OrderFrozen
    until = at + settings.AFTERSALES_WINDOW
    move(
        order,
        to=OrderStatus.COMPLETED,
        at=at,
        actor=actor,
        completed_at=at,
        aftersales_until_at=until,
    )
    publish(
        OrderCompleted(
            order_id=order.pk,
            shop_id=order.shop_id,
            completed_at=at.isoformat(),
            aftersales_until_at=until.isoformat(),
        )
    )
    return order


@transaction.atomic
def confirm_due(*, at: datetime, limit: int = 500) -> int:
    """Complete shipped orders whose time is over by the database's clock; return how many.

    Orders held by a case are left alone. Any number of sweeps may run side by side.
    """
    due = (
        Order.objects.select_for_update(no_key=True, of=("self",), skip_locked=True)
        .filter(status=OrderStatus.SHIPPED, is_frozen=False, confirm_by_at__lte=Now())
        .order_by("confirm_by_at", "pk")[:limit]
    )
    pks = [order.pk for order in due]
    for pk in pks:
        confirm_receipt(order_id=pk, at=at)
    return len(pks)


@transaction.atomic
def extend_receipt(*, order_id: int, at: datetime, actor: Actor) -> Order:
    """Give the buyer three more days before receipt confirms itself, once an order, whoever asks.

    What a shop gives is in its audit trail.
    Raises AlreadyExtended, IllegalTransition when the order is not shipped.
    """
    extended = Order.objects.filter(
        pk=order_id, status=OrderStatus.SHIPPED, is_extended=False
    ).update(confirm_by_at=F("confirm_by_at") + EXTENSION, is_extended=True)
    order = Order.objects.get(pk=order_id)
    if not extended:
        raise AlreadyExtended if order.is_extended else IllegalTransition
    if actor.role is Role.MERCHANT:
        audit.record(
            actor=actor,
            action="orders.extend_receipt",
            target=order,
            at=at,
            after={"confirm_by": order.confirm_by_at.isoformat() if order.confirm_by_at else ""},
        )
    return order
