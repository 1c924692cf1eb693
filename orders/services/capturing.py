"""Money in. `apply_payments` is the one function that applies it, whoever brings the news.

Notices come in sets as checkouts do: lock, decide in plain Python, write once. A set of one is the
ordinary case, and what a fact leads to does not depend on who else is in its set.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import transaction

from catalog.enums import MovementKind
from catalog.services import stock
from kernel.errors import DomainError, NotFound
from kernel.events import publish
from kernel.states import move_all
from ledger.models import AccountCode
from ledger.services import transfers
from orders.enums import OrderStatus, PaymentStatus, RefundReason
from orders.errors import NoticeRefused
from orders.events import OrderPaid
from orders.models import Order, OrderGroup, OrderLine, Payment, PaymentSplit, Refund
from orders.services import numbering
from orders.services.gateways.port import PaymentFact
from orders.services.payments import stock_move


@dataclass(frozen=True)
class Applied:
    """What a fact led to; `is_repeat` when it was known and nothing changed."""

    payment: Payment
    is_repeat: bool = False


@dataclass(frozen=True)
class Unapplied:
    """A fact that does not match our records, and nothing was changed for it."""

    error: DomainError


@dataclass(frozen=True)
class Capture:
    """Money that is new: what it pays, and what of it no order may keep (minor units)."""

    payment: Payment
    fact: PaymentFact
    orders: tuple[Order, ...]
    rest: int
    #: Another payment had paid the group.
    was_paid: bool


@dataclass
class Till:
    """What is locked, and how it stands while a set is decided."""

    #: By number.
    payments: Mapping[str, Payment]
    #: Group pk → its orders, by pk.
    orders: Mapping[int, Sequence[Order]]
    #: Groups that a payment has paid.
    paid_groups: set[int]
    #: (gateway, transaction) → payment pk.
    captured: dict[tuple[str, str], int]
    #: Payments that are paid by an earlier fact of the set, with its transaction.
    taken: dict[int, str] = field(default_factory=dict)

    def txn_of(self, payment: Payment) -> str:
        """Return the transaction that the payment is known to have, or nothing."""
        return self.taken.get(payment.pk, payment.gateway_txn)

    def is_paid(self, payment: Payment) -> bool:
        """Tell whether its money was booked."""
        return payment.pk in self.taken or payment.status == PaymentStatus.PAID


def apply_payment(fact: PaymentFact, *, at: datetime) -> Applied:
    """Apply one fact as `apply_payments` does; raise what it was not applied for."""
    (result,) = apply_payments([fact], at=at)
    if isinstance(result, Unapplied):
        raise result.error
    return result


@transaction.atomic
def apply_payments(facts: Sequence[PaymentFact], *, at: datetime) -> list[Applied | Unapplied]:
    """Book the money of `facts`, once per (gateway, transaction), and let their orders go on.

    Unpaid orders of a group become paid and ready to ship: their split rows exist, their pieces
    are sold, the book holds the money for their shops, `OrderPaid` is published. Money that no
    order may keep (paid after closing, paid twice) is owed to the buyer, and a `Refund` waits.

    Unapplied are NotFound, for a payment that is not ours, and NoticeRefused, when gateway, amount,
    currency or transaction are not those of our record.
    """
    till = _open_till(facts)
    verdicts = decide(facts, till)
    captures = [one for one in verdicts if isinstance(one, Capture)]
    if captures:
        _write(captures, at)
    return [Applied(one.payment) if isinstance(one, Capture) else one for one in verdicts]


def decide(facts: Sequence[PaymentFact], till: Till) -> list[Capture | Applied | Unapplied]:
    """Return what each fact leads to, in their order, and leave `till` as it stands then."""
    verdicts: list[Capture | Applied | Unapplied] = []
    for fact in facts:
        payment = till.payments.get(fact.payment_number)
        if payment is None:
            verdicts.append(Unapplied(NotFound()))
        elif reason := _mismatch(payment, fact, till):
            verdicts.append(Unapplied(NoticeRefused(reason)))
        elif till.is_paid(payment):
            verdicts.append(Applied(payment, is_repeat=True))
        else:
            verdicts.append(_capture(payment, fact, till))
    return verdicts


def _mismatch(payment: Payment, fact: PaymentFact, till: Till) -> str:
    """Return which of our words the fact contradicts, nothing when it agrees."""
    if payment.gateway != fact.gateway:
        return "gateway"
    if payment.currency != fact.currency:
        return "currency"
    if payment.amount != fact.amount:
        return "amount"
    if till.txn_of(payment) not in ("", fact.gateway_txn):
        return "transaction"
    owner = till.captured.get((fact.gateway, fact.gateway_txn), payment.pk)
    return "" if owner == payment.pk else "transaction"


def _capture(payment: Payment, fact: PaymentFact, till: Till) -> Capture:
    was_paid = payment.group_id in till.paid_groups
    unpaid = [one for one in till.orders[payment.group_id] if one.status == OrderStatus.UNPAID]
    payable = [] if was_paid else unpaid
    if sum(order.pay_amount for order in payable) > payment.amount:
        payable = []  # it was started for fewer orders than are open: no order may be half paid
    till.taken[payment.pk] = fact.gateway_txn
    till.captured[fact.gateway, fact.gateway_txn] = payment.pk
    if payable:
        till.paid_groups.add(payment.group_id)
    rest = payment.amount - sum(order.pay_amount for order in payable)
    return Capture(payment, fact, tuple(payable), rest, was_paid)


def _open_till(facts: Sequence[PaymentFact]) -> Till:
    """Lock groups, payments and orders, each by id, and return them."""
    numbers = {fact.payment_number for fact in facts}
    groups = set(Payment.objects.filter(number__in=numbers).values_list("group_id", flat=True))
    if not groups:
        return Till({}, {}, set(), {})
    _lock_groups(groups)
    payments = list(
        Payment.objects.select_for_update(no_key=True, of=("self",))
        .filter(number__in=numbers)
        .order_by("pk")
    )
    orders: dict[int, list[Order]] = {group_id: [] for group_id in groups}
    for order in (
        Order.objects.select_for_update(no_key=True, of=("self",))
        .filter(group_id__in=groups)
        .select_related("shop")
        .order_by("pk")
    ):
        orders[order.group_id].append(order)
    paid = Payment.objects.filter(group_id__in=groups, is_effective=True)
    captured = Payment.objects.filter(
        gateway__in={fact.gateway for fact in facts},
        gateway_txn__in={fact.gateway_txn for fact in facts},
    )
    return Till(
        payments={payment.number: payment for payment in payments},
        orders=orders,
        paid_groups=set(paid.values_list("group_id", flat=True)),
        captured={
            (gateway, txn): pk
            for gateway, txn, pk in captured.values_list("gateway", "gateway_txn", "pk")
            if txn
        },
    )


def _lock_groups(groups: Collection[int]) -> None:
    locked = OrderGroup.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=groups)
    list(locked.order_by("pk").values_list("pk", flat=True))


def _write(captures: Sequence[Capture], at: datetime) -> None:
    move_all(
        [one.payment for one in captures],
        path=[PaymentStatus.PAID],
        at=at,
        each={
            one.payment.pk: {
                "gateway_txn": one.fact.gateway_txn,
                "paid_at": one.fact.paid_at,
                "is_effective": bool(one.orders),
            }
            for one in captures
        },
        poll_at=None,
    )
    _pay_orders(captures, at)
    _send_back([one for one in captures if one.rest], at)
    _sell([order for one in captures for order in one.orders], at)
    transfers.post([_posting(one, at) for one in captures])
    # Whatever else is open in the groups is closed there, or refunded: ask about it now.
    groups = {one.payment.group_id for one in captures}
    Payment.objects.filter(group_id__in=groups, status=PaymentStatus.PENDING).update(poll_at=at)
    publish(
        *(
            OrderPaid(order_id=order.pk, shop_id=order.shop_id, paid_at=at.isoformat())
            for one in captures
            for order in one.orders
        )
    )


def _pay_orders(captures: Sequence[Capture], at: datetime) -> None:
    paid = [(one.payment, order) for one in captures for order in one.orders]
    move_all(
        [order for _payment, order in paid],
        path=[OrderStatus.PAID, OrderStatus.TO_SHIP],
        at=at,
        reasons={order.pk: payment.number for payment, order in paid},
        paid_at=at,
        ship_by_at=at + settings.SHIP_PROMISE,
    )
    PaymentSplit.objects.bulk_create(
        PaymentSplit(
            payment=payment,
            order=order,
            shop_id=order.shop_id,
            buyer_id=order.buyer_id,
            captured_amount=order.pay_amount,
        )
        for payment, order in paid
    )


def _send_back(captures: Sequence[Capture], at: datetime) -> None:
    if not captures:
        return
    numbers = numbering.take(len(captures), at, prefix=numbering.REFUND)
    refunds = []
    for number, one in zip(numbers, captures, strict=True):
        reason = RefundReason.SECOND_PAYMENT if one.was_paid else RefundReason.LATE_PAYMENT
        refunds.append(
            Refund(
                number=number,
                reference=f"{reason}:{one.payment.number}",
                payment=one.payment,
                buyer_id=one.payment.buyer_id,
                reason=reason,
                amount=one.rest,
                currency=one.payment.currency,
            )
        )
    Refund.objects.bulk_create(refunds)


def _sell(orders: Sequence[Order], at: datetime) -> None:
    numbers = {order.pk: order.number for order in orders}
    lines = OrderLine.objects.filter(order__in=numbers) if numbers else ()
    stock.apply([stock_move(MovementKind.SOLD, numbers[one.order_id], one) for one in lines], at)


def _posting(one: Capture, at: datetime) -> transfers.Posting:
    payment = one.payment
    legs: list[transfers.LegSpec] = [
        (AccountCode.GATEWAY_CLEARING, payment.gateway, payment.amount)
    ]
    legs += _escrow(one.orders)
    if one.rest:
        legs.append((AccountCode.REFUNDS_PAYABLE, "", -one.rest))
    return transfers.Posting(
        reference=f"capture:{payment.gateway}:{one.fact.gateway_txn}",
        kind="capture",
        currency=payment.currency,
        legs=tuple(legs),
        at=at,
        note={"payment": payment.number, "orders": [order.number for order in one.orders]},
    )


def _escrow(orders: Sequence[Order]) -> list[transfers.LegSpec]:
    return [(AccountCode.ESCROW, order.shop.public_id, -order.pay_amount) for order in orders]
