"""Orders for tests, made the way the trade makes them: by the services."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

from kernel.actors import Actor, Role
from orders.models import Order, OrderGroup, Payment
from orders.services.capturing import apply_payment
from orders.services.gateways.port import PaymentFact
from orders.services.payments import start_payment
from orders.services.placement import (
    Placed,
    PlaceOrder,
    Receiver,
    Touch,
    WantedLine,
    place_orders,
)
from orders.services.receipt import confirm_receipt
from orders.services.shipping import ship_order
from tests.factories.accounts import UserFactory
from tests.factories.orders import PLACED_AT, RECEIVER, make_sku
from tests.factories.shops import actor_of

_keys = count(1)


def buyer_actor(user) -> Actor:
    """Return `user` as a buyer."""
    return Actor(role=Role.BUYER, user_id=user.pk)


def placed_group(*items, buyer=None, at=PLACED_AT, touch=None, **kwargs) -> OrderGroup:
    """Place one checkout of (SKU, pieces), else of one new SKU; return its group."""
    items = items or ((make_sku(), 1),)
    request = PlaceOrder(
        buyer_id=(buyer or UserFactory()).pk,
        key=f"sale-{next(_keys)}",
        lines=tuple(
            WantedLine(sku.public_id, pieces, Touch(**touch) if touch else None)
            for sku, pieces in items
        ),
        receiver=Receiver(**RECEIVER),
        **kwargs,
    )
    (result,) = place_orders([request], at=at)
    assert isinstance(result, Placed), result
    return result.group


def placed_order(*items, **kwargs) -> Order:
    """Return an unpaid order of one shop."""
    return placed_group(*items, **kwargs).orders.get()


def started_payment(group: OrderGroup, *, at=PLACED_AT) -> Payment:
    """Return a pending payment of the group."""
    actor = Actor(role=Role.BUYER, user_id=group.buyer_id)
    return start_payment(group_number=group.number, gateway="sandbox", at=at, actor=actor)


def fact_of(payment: Payment, **changes) -> PaymentFact:
    """Return the fact that `payment` was paid."""
    return PaymentFact(
        **{
            "gateway": payment.gateway,
            "payment_number": payment.number,
            "gateway_txn": f"txn-{payment.number}",
            "amount": payment.amount,
            "currency": payment.currency,
            "paid_at": PLACED_AT + timedelta(minutes=5),
            **changes,
        }
    )


def paid_order(*items, at=PLACED_AT + timedelta(minutes=5), **kwargs) -> Order:
    """Return an order that is paid and may be shipped."""
    order = placed_order(*items, **kwargs)
    apply_payment(fact_of(started_payment(order.group)), at=at)
    order.refresh_from_db()
    return order


def shipped_order(*items, at=PLACED_AT + timedelta(hours=20), **kwargs) -> Order:
    """Return an order that left in one parcel."""
    order = paid_order(*items, **kwargs)
    ship_order(
        order_id=order.pk,
        request_id="sale",
        carrier_code="shunfeng",
        tracking_number=f"SF{order.number}",
        at=at,
        actor=actor_of(order.shop),
    )
    order.refresh_from_db()
    return order


def completed_order(*items, at=PLACED_AT + timedelta(days=3), **kwargs) -> Order:
    """Return an order that its buyer has received."""
    order = shipped_order(*items, **kwargs)
    return confirm_receipt(order_id=order.pk, at=at, actor=buyer_actor(order.buyer))
