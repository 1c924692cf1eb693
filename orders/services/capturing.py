"""Money in. `apply_payments` is the one function that applies it, whoever brings the news.

Notices come in sets as checkouts do: lock, decide in plain Python, write once. A set of one is the
ordinary case, and what a fact leads to does not depend on who else is in its set.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from catalog.enums import MovementKind
from catalog.services import stock
from kernel.asking import Statement, nothing, tell
from kernel.errors import DomainError, NotFound
from kernel.events import publish
from kernel.rowsets import statement
from kernel.states import move_all
from ledger.models import AccountCode
from ledger.services import transfers
from orders.enums import CloseReason, OrderStatus, PaymentStatus, RefundReason, RefundStatus
from orders.errors import NoticeRefused
from orders.events import OrderClosed, OrderPaid
from orders.models import Order, Payment
from orders.services import claiming, numbering
from orders.services.gateways.port import PaymentFact
from orders.services.payments import stock_move
from orders.services.till import OrderRow, PaymentRow, Till, open_till

SQL = Path(__file__).with_name("paying.sql")


@dataclass(frozen=True)
class Applied:
    """What a fact led to; `is_repeat` when it was known and nothing changed."""

    payment: PaymentRow
    is_repeat: bool = False


@dataclass(frozen=True)
class Unapplied:
    """A fact that does not match our records, and nothing was changed for it."""

    error: DomainError


@dataclass(frozen=True)
class Capture:
    """Money that is new: what it pays, and what of it no order may keep (minor units)."""

    payment: PaymentRow
    fact: PaymentFact
    orders: tuple[OrderRow, ...]
    rest: int
    #: Another payment had paid the group.
    was_paid: bool
    #: Orders whose pieces somebody else paid for first: they are closed, their money is in `rest`.
    short: tuple[OrderRow, ...] = ()


def apply_payment(fact: PaymentFact, *, at: datetime) -> Applied:
    """Apply one fact as `apply_payments` does; raise what it was not applied for."""
    (result,) = apply_payments([fact], at=at)
    if isinstance(result, Unapplied):
        raise result.error
    return result


#: Makes of what became of each fact what else is written with it.
Along = Callable[[list["Applied | Unapplied"]], Sequence[Statement[None]]]


def apply_payments(
    facts: Sequence[PaymentFact], *, at: datetime, along: Along = lambda _results: ()
) -> list[Applied | Unapplied]:
    """Book the money of `facts`, once per (gateway, transaction), and let their orders go on.

    Unpaid orders of a group become paid and ready to ship: their split rows exist, their pieces
    are sold, the book holds the money for their shops, `OrderPaid` is published. Money that no
    order may keep (paid after closing, paid twice) is owed to the buyer, and a `Refund` waits. So
    is that of an order whose pieces are deducted at payment and are gone: it is closed (CA-11).

    Unapplied are NotFound, for a payment that is not ours, and NoticeRefused, when gateway, amount,
    currency or transaction are not those of our record.
    """
    with transaction.atomic():
        till = open_till(facts)
        unheld = till.unheld([fact.payment_number for fact in facts])
        if not unheld:
            return _apply(facts, till, along, at)
    claiming.claim(unheld, at)
    with transaction.atomic():
        return _apply(facts, open_till(facts), along, at)


def _apply(
    facts: Sequence[PaymentFact], till: Till, along: Along, at: datetime
) -> list[Applied | Unapplied]:
    verdicts = decide(facts, till)
    results = [Applied(one.payment) if isinstance(one, Capture) else one for one in verdicts]
    captures = [one for one in verdicts if isinstance(one, Capture)]
    _write(captures, till, along(results), at)
    return results


def decide(facts: Sequence[PaymentFact], till: Till) -> list[Capture | Applied | Unapplied]:
    """Return what each fact leads to, in their order, and leave `till` as it stands then."""
    verdicts: list[Capture | Applied | Unapplied] = []
    for fact in facts:
        payment = till.payments.get(fact.payment_number)
        if payment is None:
            verdicts.append(Unapplied(NotFound()))
        elif reason := _mismatch(payment, fact, till):
            verdicts.append(Unapplied(NoticeRefused(reason)))
        elif payment.status == PaymentStatus.PAID:
            verdicts.append(Applied(payment, is_repeat=True))
        else:
            verdicts.append(_capture(payment, fact, till))
    return verdicts


def _mismatch(payment: PaymentRow, fact: PaymentFact, till: Till) -> str:
    """Return which of our words the fact contradicts, nothing when it agrees."""
    if payment.gateway != fact.gateway:
        return "gateway"
    if payment.currency != fact.currency:
        return "currency"
    if payment.amount != fact.amount:
        return "amount"
    if payment.gateway_txn not in ("", fact.gateway_txn):
        return "transaction"
    owner = till.captured.get((fact.gateway, fact.gateway_txn), payment.pk)
    return "" if owner == payment.pk else "transaction"


def _capture(payment: PaymentRow, fact: PaymentFact, till: Till) -> Capture:
    was_paid = payment.group_id in till.paid_groups
    waiting = () if was_paid else tuple(till.orders[payment.group_id])
    if sum(order.pay_amount for order in waiting) > payment.amount:
        waiting = ()  # started for fewer orders than are open: none may be half paid
    payable = tuple(order for order in waiting if order.is_held)
    short = tuple(order for order in waiting if not order.is_held)
    price = sum(order.pay_amount for order in payable)
    paid = payment._replace(
        status=PaymentStatus.PAID, gateway_txn=fact.gateway_txn, is_effective=bool(payable)
    )
    till.book(paid)
    if short:  # nothing of the group waits any more, paid or not
        till.orders[payment.group_id] = []
    return Capture(paid, fact, payable, payment.amount - price, was_paid, short)


def _write(
    captures: Sequence[Capture], till: Till, along: Sequence[Statement[None]], at: datetime
) -> None:
    """Write what was decided; the rows that everybody wants, the stock's, are locked last."""
    if not captures:
        tell(along)
        return
    paid = [(one.payment, order) for one in captures for order in one.orders]
    _move(captures, paid, at)
    transfers.post([_posting(one, at) for one in captures])
    short = [(one.payment, order) for one in captures for order in one.short]
    _close(short, at)
    moved = [
        stock_move(MovementKind.SOLD, order.number, line)
        for _payment, order in paid
        for line in order.lines
    ] + [
        stock_move(MovementKind.RELEASE, order.number, line)
        for _payment, order in short
        for line in order.lines
        if line.is_held
    ]
    publish(
        *(
            OrderClosed(order_id=order.pk, shop_id=order.shop_id, reason=CloseReason.OUT_OF_STOCK)
            for _payment, order in short
        ),
        *(
            OrderPaid(order_id=order.pk, shop_id=order.shop_id, paid_at=at.isoformat())
            for _payment, order in paid
        ),
        after=[_to_divide(captures, paid, till, at), *along, *stock.to_settle(moved, at)],
    )


def _move(
    captures: Sequence[Capture], paid: Sequence[tuple[PaymentRow, OrderRow]], at: datetime
) -> None:
    """Make the payments paid and their orders ready to ship, with the history of both."""
    move_all(
        Payment,
        [one.payment.pk for one in captures],
        path=[PaymentStatus.PAID],
        at=at,
        each={
            one.payment.pk: {
                "gateway_txn": one.fact.gateway_txn,
                "paid_at": one.fact.paid_at,
                "is_effective": one.payment.is_effective,
            }
            for one in captures
        },
        poll_at=None,
    )
    move_all(
        Order,
        [order.pk for _payment, order in paid],
        path=[OrderStatus.PAID, OrderStatus.TO_SHIP],
        at=at,
        reasons={order.pk: payment.number for payment, order in paid},
        paid_at=at,
        ship_by_at=at + settings.SHIP_PROMISE,
    )


def _close(short: Sequence[tuple[PaymentRow, OrderRow]], at: datetime) -> None:
    """Close the orders that came too late. No statement when there is none."""
    move_all(
        Order,
        [order.pk for _payment, order in short],
        path=[OrderStatus.CLOSED],
        at=at,
        reasons={order.pk: payment.number for payment, order in short},
        close_reason=CloseReason.OUT_OF_STOCK,
        closed_at=at,
    )


def _to_divide(
    captures: Sequence[Capture],
    paid: Sequence[tuple[PaymentRow, OrderRow]],
    till: Till,
    at: datetime,
) -> Statement[None]:
    """Return what writes who has which part of the money, what goes back, what is asked about."""
    splits = [
        {
            "payment_id": payment.pk,
            "order_id": order.pk,
            "shop_id": order.shop_id,
            "buyer_id": order.buyer_id,
            "captured_amount": order.pay_amount,
        }
        for payment, order in paid
    ]
    refunds = _refunds([one for one in captures if one.rest], at)
    still_open = till.open_in({one.payment.group_id for one in captures})
    return Statement(
        statement(SQL),
        {
            "splits": json.dumps(splits),
            "refunds": json.dumps(refunds),
            "open": json.dumps(still_open),
            "at": at,
        },
        nothing,
    )


def _refunds(captures: Sequence[Capture], at: datetime) -> list[dict[str, object]]:
    if not captures:
        return []
    rows: list[dict[str, object]] = []
    numbers = numbering.take(len(captures), at, prefix=numbering.REFUND)
    for number, one in zip(numbers, captures, strict=True):
        reason = _reason(one)
        rows.append(
            {
                "number": number,
                "reference": f"{reason}:{one.payment.number}",
                "payment_id": one.payment.pk,
                "buyer_id": one.payment.buyer_id,
                "reason": reason,
                "amount": one.rest,
                "currency": one.payment.currency,
                "status": RefundStatus.WAITING,
            }
        )
    return rows


def _reason(one: Capture) -> RefundReason:
    """Return why no order keeps what goes back."""
    if one.short:
        return RefundReason.SHORTAGE
    return RefundReason.SECOND_PAYMENT if one.was_paid else RefundReason.LATE_PAYMENT


def _posting(one: Capture, at: datetime) -> transfers.Posting:
    payment = one.payment
    legs: list[transfers.LegSpec] = [
        (AccountCode.GATEWAY_CLEARING, payment.gateway, payment.amount)
    ]
    legs += [(AccountCode.ESCROW, order.shop, -order.pay_amount) for order in one.orders]
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
