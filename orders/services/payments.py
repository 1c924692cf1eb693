"""Money in. `apply_payment` is the one function that applies it, whoever brings the news."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from catalog.enums import MovementKind
from catalog.services import stock
from kernel.actors import Actor
from kernel.errors import NotFound
from kernel.events import publish
from kernel.states import move
from ledger.models import AccountCode
from ledger.services import transfers
from orders.enums import OrderStatus, PaymentStatus, RefundReason
from orders.errors import NoticeRefused, NotPayable
from orders.events import OrderPaid
from orders.models import Order, OrderGroup, OrderLine, Payment, PaymentSplit, Refund
from orders.services import numbering
from orders.services.gateways.port import PaymentFact

#: When the gateway is asked about a payment that it told nothing of, counted from its start.
POLL_AFTER = (timedelta(seconds=60), timedelta(minutes=5), timedelta(minutes=30))


@dataclass(frozen=True)
class Applied:
    """What a fact led to; `is_repeat` when it was known and nothing changed."""

    payment: Payment
    is_repeat: bool = False


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


@transaction.atomic
def apply_payment(fact: PaymentFact, *, at: datetime) -> Applied:
    """Book the money of `fact`, once per (gateway, transaction), and let its orders go on.

    Unpaid orders of the group become paid and ready to ship: their split rows exist, their pieces
    are sold, the book holds the money for their shops, `OrderPaid` is published. Money that no
    order may keep (paid after closing, paid twice) is owed to the buyer, and a `Refund` waits.

    Raises NotFound for a payment that is not ours, NoticeRefused when gateway, amount, currency or
    transaction are not those of our record; nothing is changed then.
    """
    group_id = (
        Payment.objects.filter(number=fact.payment_number)
        .values_list("group_id", flat=True)
        .first()
    )
    if group_id is None:
        raise NotFound
    lock_group(group_id)
    payment = Payment.objects.select_for_update(no_key=True, of=("self",)).get(
        number=fact.payment_number
    )
    _check(payment, fact)
    if payment.status == PaymentStatus.PAID:
        return Applied(payment, is_repeat=True)
    orders = lock_orders(group_id)
    was_paid = Payment.objects.filter(group_id=group_id, is_effective=True).exists()
    payable = [] if was_paid else [one for one in orders if one.status == OrderStatus.UNPAID]
    if sum(order.pay_amount for order in payable) > payment.amount:
        payable = []  # it was started for fewer orders than are open: no order may be half paid
    rest = payment.amount - sum(order.pay_amount for order in payable)
    move(
        payment,
        to=PaymentStatus.PAID,
        at=at,
        gateway_txn=fact.gateway_txn,
        paid_at=fact.paid_at,
        is_effective=bool(payable),
        poll_at=None,
    )
    _pay_orders(payment, payable, at)
    if rest:
        _send_back(payment, rest, at, was_paid=was_paid)
    _sell(payable, at)
    transfers.post([_capture(payment, payable, rest, at)])
    # Whatever else is open in the group is closed there, or refunded: ask about it now.
    Payment.objects.filter(group_id=group_id, status=PaymentStatus.PENDING).update(poll_at=at)
    publish(
        *(
            OrderPaid(order_id=order.pk, shop_id=order.shop_id, paid_at=at.isoformat())
            for order in payable
        )
    )
    return Applied(payment)


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


def _check(payment: Payment, fact: PaymentFact) -> None:
    if payment.gateway != fact.gateway:
        raise NoticeRefused("gateway")
    if payment.currency != fact.currency:
        raise NoticeRefused("currency")
    if payment.amount != fact.amount:
        raise NoticeRefused("amount")
    if payment.gateway_txn not in ("", fact.gateway_txn):
        raise NoticeRefused("transaction")
    is_taken = Payment.objects.filter(gateway=fact.gateway, gateway_txn=fact.gateway_txn)
    if is_taken.exclude(pk=payment.pk).exists():
        raise NoticeRefused("transaction")


def _pay_orders(payment: Payment, orders: Sequence[Order], at: datetime) -> None:
    for order in orders:
        move(order, to=OrderStatus.PAID, at=at, reason=payment.number, paid_at=at)
        move(order, to=OrderStatus.TO_SHIP, at=at, ship_by_at=at + settings.SHIP_PROMISE)
    PaymentSplit.objects.bulk_create(
        PaymentSplit(
            payment=payment,
            order=order,
            shop_id=order.shop_id,
            buyer_id=order.buyer_id,
            captured_amount=order.pay_amount,
        )
        for order in orders
    )


def _send_back(payment: Payment, amount: int, at: datetime, *, was_paid: bool) -> None:
    (number,) = numbering.take(1, at, prefix=numbering.REFUND)
    reason = RefundReason.SECOND_PAYMENT if was_paid else RefundReason.LATE_PAYMENT
    Refund.objects.create(
        number=number,
        reference=f"{reason}:{payment.number}",
        payment=payment,
        buyer_id=payment.buyer_id,
        reason=reason,
        amount=amount,
        currency=payment.currency,
    )


def _sell(orders: Sequence[Order], at: datetime) -> None:
    numbers = {order.pk: order.number for order in orders}
    lines = OrderLine.objects.filter(order__in=numbers)
    stock.apply([stock_move(MovementKind.SOLD, numbers[one.order_id], one) for one in lines], at)


def stock_move(kind: MovementKind, order_number: str, line: OrderLine) -> stock.Move:
    """Return the move of all pieces of `line`, caused by its place in its order."""
    return stock.Move(
        sku_id=line.sku_id,
        shop_id=line.shop_id,
        kind=kind,
        quantity=line.quantity,
        reference=f"order:{order_number}:{line.position}",
    )


def _capture(
    payment: Payment, orders: Sequence[Order], rest: int, at: datetime
) -> transfers.Posting:
    legs: list[transfers.LegSpec] = [
        (AccountCode.GATEWAY_CLEARING, payment.gateway, payment.amount)
    ]
    legs += [(AccountCode.ESCROW, order.shop.public_id, -order.pay_amount) for order in orders]
    if rest:
        legs.append((AccountCode.REFUNDS_PAYABLE, "", -rest))
    return transfers.Posting(
        reference=f"capture:{payment.gateway}:{payment.gateway_txn}",
        kind="capture",
        currency=payment.currency,
        legs=tuple(legs),
        at=at,
        note={"payment": payment.number, "orders": [order.number for order in orders]},
    )
