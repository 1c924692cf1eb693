"""Payments that wait for money, and the locks that whoever moves a group's money takes."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from catalog.enums import MovementKind
from catalog.services import stock
from kernel.actors import Actor
from orders.enums import OrderStatus, PaymentStatus
from orders.errors import NotPayable
from orders.models import Order, OrderGroup, OrderLine, Payment
from orders.services import numbering

#: When the gateway is asked about a payment that it told nothing of, counted from its start.
POLL_AFTER = (timedelta(seconds=60), timedelta(minutes=5), timedelta(minutes=30))


@transaction.atomic
def start_payment(*, group_number: str, gateway: str, at: datetime, actor: Actor) -> Payment:
    """Return the pending payment of what is unpaid in the buyer's group; made when there is none.

    The row is the intent: the gateway is asked after commit, with its number.

    Raises NotFound for a group that is not the actor's, NotPayable when nothing waits for money.
    """
    group = OrderGroup.objects.get_visible(actor, number=group_number)
    lock_group(group.pk)
    unpaid = [one for one in lock_orders(group.pk) if one.status == OrderStatus.UNPAID]
    if not unpaid:
        raise NotPayable
    amount = sum(order.pay_amount for order in unpaid)
    pending = Payment.objects.filter(
        group=group, gateway=gateway, status=PaymentStatus.PENDING, amount=amount
    ).first()
    if pending is not None:
        return pending
    (number,) = numbering.take(1, at, prefix=numbering.PAYMENT)
    return Payment.objects.create(
        number=number,
        group=group,
        buyer_id=group.buyer_id,
        gateway=gateway,
        amount=amount,
        currency=group.currency,
        poll_at=at + POLL_AFTER[0],
        created_at=at,
    )


def lock_group(group_id: int) -> OrderGroup:
    """Lock the group: whoever moves its money or closes its orders holds this lock first."""
    return OrderGroup.objects.select_for_update(no_key=True, of=("self",)).get(pk=group_id)


def lock_orders(group_id: int) -> list[Order]:
    """Lock and return the group's orders, by id."""
    return list(
        Order.objects.select_for_update(no_key=True, of=("self",))
        .filter(group_id=group_id)
        .select_related("shop")
        .order_by("pk")
    )


def stock_move(kind: MovementKind, order_number: str, line: OrderLine) -> stock.Move:
    """Return the move of all pieces of `line`, caused by its place in its order."""
    return stock.Move(
        sku_id=line.sku_id,
        shop_id=line.shop_id,
        kind=kind,
        quantity=line.quantity,
        reference=f"order:{order_number}:{line.position}",
    )
