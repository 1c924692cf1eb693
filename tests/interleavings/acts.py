"""What people, sweeps and gateways do to an order; each ends in a word or in a refusal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from orders.enums import CloseReason
from orders.models import Payment
from orders.services import outgoing
from orders.services.capturing import apply_payment
from orders.services.cashier import pay_at_cashier
from orders.services.closing import close_order
from orders.services.freezing import freeze
from orders.services.payments import Wish, start_payments
from orders.services.placement import Placed, PlaceOrder, place_orders
from orders.services.receipt import confirm_receipt, extend_receipt
from orders.services.refunds import refund_line
from orders.services.shipping import ship_order
from tests.factories.sales import buyer_actor, fact_of
from tests.factories.shops import actor_of
from tests.interleavings.scenes import AT, Scene

ActOn = Callable[[Scene], str]


def _placed(request: PlaceOrder) -> str:
    (result,) = place_orders([request], at=AT)
    if not isinstance(result, Placed):
        raise result.error
    return "replay" if result.is_replay else "placed"


def place(scene: Scene) -> str:
    """The scene's checkout, with its key: the first time, or once more."""
    return _placed(scene.request)


def place_changed(scene: Scene) -> str:
    """The same buyer and key, and another body."""
    (line,) = scene.request.lines
    return _placed(replace(scene.request, lines=(replace(line, quantity=1),)))


def place_other(scene: Scene) -> str:
    """Somebody else wants the same pieces."""
    return _placed(scene.other)


def _applied(payment) -> str:
    applied = apply_payment(fact_of(payment), at=AT)
    if applied.is_repeat:
        return "repeat"
    return "paid" if applied.payment.is_effective else "sent back"


def pay(scene: Scene) -> str:
    """The gateway tells that the payment was paid."""
    return _applied(scene.payment)


def pay_second(scene: Scene) -> str:
    """The gateway tells the same of the group's other payment."""
    return _applied(scene.second)


def start(scene: Scene) -> str:
    """The buyer opens the cashier."""
    group = scene.order.group
    (result,) = start_payments([Wish(group.number, group.buyer_id, "sandbox")], at=AT)
    return "started" if isinstance(result, Payment) else result.code


def _closed(scene: Scene, reason: CloseReason, *, only_when_due: bool) -> str:
    is_closed = close_order(
        order_id=scene.order.pk,
        reason=reason,
        at=AT,
        dead_payments=scene.payments,
        only_when_due=only_when_due,
    )
    return "closed" if is_closed else "left"


def cancel(scene: Scene) -> str:
    """The buyer cancels; the gateway has closed the payments, or says so."""
    return _closed(scene, CloseReason.BUYER, only_when_due=False)


def close(scene: Scene) -> str:
    """The sweep closes what is due; the gateway has closed the payments, or says so."""
    return _closed(scene, CloseReason.UNPAID, only_when_due=True)


def cancel_at_the_door(scene: Scene) -> str:
    """The buyer cancels, and the gateway is asked first."""
    outgoing.cancel(order_number=scene.order.number, at=AT, actor=buyer_actor(scene.order.buyer))
    return "closed"


def pay_at_the_bank(scene: Scene) -> str:
    """The buyer pays in the gateway's journal, and the gateway sends its notices."""
    actor = buyer_actor(scene.order.buyer)
    return pay_at_cashier(payment_number=scene.payment.number, at=AT, actor=actor).status


def _refunded(scene: Scene, reference: str) -> str:
    line = scene.line
    refund_line(
        line_id=line.pk,
        amount=line.pay_amount,
        freight_amount=line.freight_amount,
        quantity=line.quantity,
        reference=f"{reference}:{scene.order.number}",
        at=AT,
    )
    return "refunded"


def refund(scene: Scene) -> str:
    """All the money of the order goes back."""
    return _refunded(scene, "case")


def refund_again(scene: Scene) -> str:
    """All of it, for another reason."""
    return _refunded(scene, "other case")


def _shipped(scene: Scene, request_id: str) -> str:
    ship_order(
        order_id=scene.order.pk,
        request_id=request_id,
        carrier_code="shunfeng",
        tracking_number="SF12345678",
        at=AT,
        actor=actor_of(scene.order.shop),
    )
    return "shipped"


def ship(scene: Scene) -> str:
    """A clerk ships everything."""
    return _shipped(scene, "clerk")


def ship_again(scene: Scene) -> str:
    """Another clerk does."""
    return _shipped(scene, "other clerk")


def confirm(scene: Scene) -> str:
    """The goods arrived."""
    confirm_receipt(order_id=scene.order.pk, at=AT)
    return "completed"


def extend(scene: Scene) -> str:
    """The buyer takes three more days."""
    extend_receipt(order_id=scene.order.pk, at=AT, actor=buyer_actor(scene.order.buyer))
    return "extended"


def hold(scene: Scene) -> str:
    """A case holds the order."""
    return "held" if freeze(order_id=scene.order.pk, at=AT) else "left"
