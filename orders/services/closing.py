"""The end of orders that are not paid (OR-08, OR-09). The gateway was asked before (`outgoing`)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models.functions import Now

from catalog.enums import MovementKind
from catalog.services import buckets, stock
from kernel.actors import SYSTEM, Actor
from kernel.events import publish
from kernel.states import move
from orders.enums import CloseReason, OrderStatus, PaymentStatus
from orders.events import OrderClosed
from orders.models import Order, OrderGroup, Payment
from orders.services.payments import lock_orders, stock_move


@transaction.atomic
def close_order(
    *,
    order_id: int,
    reason: CloseReason,
    at: datetime,
    dead_payments: Collection[int] = (),
    actor: Actor = SYSTEM,
    only_when_due: bool = False,
) -> bool:
    """Close an unpaid order and release its stock; return whether that happened.

    `dead_payments` are primary keys of payments that the gateway has closed. An order whose group
    has another pending payment is left alone: its money may be under way. So is an order that is no
    longer unpaid, and, for the sweep (`only_when_due`), one whose time is not over by the
    database's clock or whose group somebody else is working on.
    """
    groups = OrderGroup.objects.filter(orders=order_id).order_by("pk")
    locked = list(groups.select_for_update(no_key=True, of=("self",), skip_locked=only_when_due))
    if not locked:
        return False
    orders = [one for one in lock_orders(locked[0].pk) if one.pk == order_id]
    payments = list(Payment.objects.filter(group=locked[0], status=PaymentStatus.PENDING))
    if any(payment.pk not in dead_payments for payment in payments):
        return False
    if orders[0].status != OrderStatus.UNPAID or (only_when_due and not _is_due(order_id)):
        return False
    for payment in payments:
        move(payment, to=PaymentStatus.CLOSED, at=at, actor=actor, poll_at=None)
    _close(orders[0], reason, at, actor)
    return True


@transaction.atomic
def bury_payment(*, payment_id: int, at: datetime) -> None:
    """Record that the gateway closed a pending payment; one that was paid meanwhile stays paid."""
    payment = Payment.objects.select_for_update(no_key=True, of=("self",)).get(pk=payment_id)
    if payment.status == PaymentStatus.PENDING:
        move(payment, to=PaymentStatus.CLOSED, at=at, poll_at=None)


def _is_due(order_id: int) -> bool:
    return Order.objects.filter(pk=order_id, pay_by_at__lte=Now()).exists()


def _close(order: Order, reason: CloseReason, at: datetime, actor: Actor) -> None:
    move(
        order,
        to=OrderStatus.CLOSED,
        at=at,
        actor=actor,
        reason=reason,
        close_reason=reason,
        closed_at=at,
    )
    released = [
        stock_move(MovementKind.RELEASE, order.number, line)
        for line in order.lines.all()
        if line.is_held
    ]
    stock.apply([*released, *buckets.put_back(released, at)], at)
    publish(OrderClosed(order_id=order.pk, shop_id=order.shop_id, reason=reason))
