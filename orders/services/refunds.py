"""Money promised back to buyers: booked here, sent to the gateway afterwards (`outgoing`)."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F, Sum

from catalog.enums import MovementKind
from catalog.services import stock
from kernel import walls
from kernel.actors import SYSTEM, Actor
from kernel.events import publish
from kernel.states import move
from ledger.models import AccountCode
from ledger.services import transfers
from orders.enums import CloseReason, OrderStatus, RefundReason
from orders.errors import NothingCaptured, RefundExceedsPayment, RefundReferenceReused
from orders.events import OrderClosed, OrderLineRefunded, OrderShipped
from orders.models import LineRefund, Order, OrderLine, Payment, PaymentSplit, Refund
from orders.services import numbering

#: Before these a piece may still be taken out of what is shipped.
BEFORE_SHIPPING = (OrderStatus.PAID, OrderStatus.TO_SHIP, OrderStatus.PARTLY_SHIPPED)


@transaction.atomic
def refund_line(
    *,
    line_id: int,
    amount: int,
    freight_amount: int = 0,
    quantity: int = 0,
    reference: str,
    at: datetime,
    actor: Actor = SYSTEM,
    takes_unshipped: bool = True,
) -> Refund:
    """Promise `amount` (minor units, `freight_amount` of it freight) of a line back to its buyer.

    Afterwards the line and the order's split count it as refunded, the book owes it to the buyer
    instead of holding it for the shop, `OrderLineRefunded` has been heard inside this transaction,
    and a waiting `Refund` will be sent to the gateway after commit. `reference` happens once: a
    repetition returns the first refund.

    Of `quantity` pieces those not shipped yet are taken first: they are not shipped any more and
    stand in the stock again. With `takes_unshipped` False the pieces are ones that were shipped.
    When nothing is left to ship, an order that shipped nothing is closed, one that shipped a part
    is shipped (section 13 of the trade's machines).

    Raises RefundExceedsPayment for more money, freight or pieces than remain, NothingCaptured for
    an unpaid order, RefundReferenceReused for a known reference with other values.
    """
    if amount < 1 or not 0 <= freight_amount <= amount or quantity < 0:
        raise RefundExceedsPayment
    order = _lock_order(line_id)
    known = Refund.objects.filter(shop_id=order.shop_id, reference=reference).first()
    if known is not None:
        return _same(known, line_id, amount, freight_amount, quantity)
    line = _take_from_line(line_id, amount, freight_amount, quantity)
    payment = _take_from_split(order, amount)
    (number,) = numbering.take(1, at, prefix=numbering.REFUND)
    refund = Refund.objects.create(
        number=number,
        reference=reference,
        payment=payment,
        order=order,
        shop_id=order.shop_id,
        buyer_id=order.buyer_id,
        reason=RefundReason.CASE,
        amount=amount,
        currency=order.currency,
    )
    LineRefund.objects.create(
        refund=refund,
        line=line,
        shop_id=order.shop_id,
        buyer_id=order.buyer_id,
        amount=amount,
        freight_amount=freight_amount,
        quantity=quantity,
        at=at,
    )
    if takes_unshipped and order.status in BEFORE_SHIPPING:
        _cancel_unshipped(line, quantity, number, at=at, actor=actor)
        _finish_shipping(order, at=at, actor=actor)
    transfers.post([_booking(order, refund, at)])
    publish(
        OrderLineRefunded(
            line_id=line.pk,
            order_id=order.pk,
            shop_id=order.shop_id,
            refund_number=number,
            amount=amount,
            freight_amount=freight_amount,
            quantity=quantity,
            at=at.isoformat(),
        )
    )
    return refund


def _lock_order(line_id: int) -> Order:
    orders = Order.objects.select_for_update(no_key=True, of=("self",)).select_related("shop")
    return orders.get(lines=line_id)


def _same(refund: Refund, line_id: int, amount: int, freight_amount: int, quantity: int) -> Refund:
    is_same = refund.line_refunds.filter(
        line_id=line_id, amount=amount, freight_amount=freight_amount, quantity=quantity
    ).exists()
    if not is_same:
        raise RefundReferenceReused(extra={"refund": refund.number})
    return refund


def _take_from_line(line_id: int, amount: int, freight_amount: int, quantity: int) -> OrderLine:
    """Count the refund on the line, in one statement that refuses more than was paid."""
    freight_back = LineRefund.objects.filter(line_id=line_id).aggregate(
        amount=Sum("freight_amount", default=0)
    )["amount"]
    taken = OrderLine.objects.filter(
        pk=line_id,
        pay_amount__gte=F("refunded_amount") + amount,
        quantity__gte=F("refunded_quantity") + quantity,
        # Freight has a limit of its own; the order's lock keeps the sum above true.
        freight_amount__gte=freight_back + freight_amount,
    ).update(
        refunded_amount=F("refunded_amount") + amount,
        refunded_quantity=F("refunded_quantity") + quantity,
    )
    if not taken:
        raise RefundExceedsPayment
    return OrderLine.objects.get(pk=line_id)


def _take_from_split(order: Order, amount: int) -> Payment:
    """Count the refund on the order's part of the payment that counts; return that payment."""
    splits = PaymentSplit.objects.filter(order=order, payment__is_effective=True)
    with walls.outside("one payment pays for the orders of several shops"):
        split = splits.select_related("payment").first()
    if split is None:
        raise NothingCaptured
    taken = PaymentSplit.objects.filter(
        pk=split.pk, captured_amount__gte=F("refunded_amount") + amount
    ).update(refunded_amount=F("refunded_amount") + amount)
    if not taken:
        raise RefundExceedsPayment
    return split.payment


def _cancel_unshipped(
    line: OrderLine, quantity: int, number: str, *, at: datetime, actor: Actor
) -> None:
    """Take refunded pieces out of what is to be shipped, and put them back on the shelf.

    A line whose whole money went back keeps no piece to ship, however few pieces were named.
    """
    is_all = line.refunded_amount == line.pay_amount
    pieces = line.unshipped_quantity if is_all else min(quantity, line.unshipped_quantity)
    if not pieces:
        return
    line.cancelled_quantity += pieces
    line.save(update_fields=["cancelled_quantity"])
    stock.apply(
        [
            stock.Move(
                sku_id=line.sku_id,
                shop_id=line.shop_id,
                kind=MovementKind.RETURNED,
                quantity=pieces,
                reference=f"refund:{number}:{line.position}",
                actor_label=actor.label,
            )
        ],
        at,
    )


def _finish_shipping(order: Order, *, at: datetime, actor: Actor) -> None:
    """Move an order that has nothing left to ship to where it belongs."""
    lines = list(order.lines.all())
    if any(line.unshipped_quantity for line in lines):
        return
    if not any(line.shipped_quantity for line in lines):
        move(
            order,
            to=OrderStatus.CLOSED,
            at=at,
            actor=actor,
            reason=CloseReason.REFUNDED,
            close_reason=CloseReason.REFUNDED,
            closed_at=at,
        )
        publish(OrderClosed(order_id=order.pk, shop_id=order.shop_id, reason=CloseReason.REFUNDED))
        return
    move(
        order,
        to=OrderStatus.SHIPPED,
        at=at,
        actor=actor,
        shipped_at=at,
        confirm_by_at=at + settings.AUTO_CONFIRM_AFTER,
    )
    package_id = order.packages.order_by("-pk").values_list("pk", flat=True)[0]
    publish(
        OrderShipped(
            order_id=order.pk, shop_id=order.shop_id, package_id=package_id, is_complete=True
        )
    )


def _booking(order: Order, refund: Refund, at: datetime) -> transfers.Posting:
    owner = order.shop.public_id
    return transfers.Posting(
        reference=f"refund:{refund.number}",
        kind="refund",
        currency=refund.currency,
        legs=(
            (AccountCode.ESCROW, owner, refund.amount),
            (AccountCode.REFUNDS_PAYABLE, owner, -refund.amount),
        ),
        at=at,
        note={"order": order.number, "reference": refund.reference},
    )
