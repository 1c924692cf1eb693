"""The end of what nobody paid."""

from datetime import timedelta

import pytest

from catalog.models import Stock
from kernel.models import OutboxMessage
from orders.enums import CloseReason, OrderStatus, PaymentStatus
from orders.models import Order, Payment
from orders.services.capturing import apply_payment
from orders.services.closing import bury_payment, close_order
from tests.factories.orders import PLACED_AT, make_order, make_sku
from tests.factories.sales import fact_of, placed_order, started_payment

pytestmark = pytest.mark.django_db
AT = PLACED_AT + timedelta(minutes=31)


def close(order, **kwargs):
    return close_order(order_id=order.pk, reason=CloseReason.UNPAID, at=AT, **kwargs)


def test_a_closed_order_frees_its_pieces_and_tells():
    sku = make_sku(stock=5)
    order = placed_order((sku, 3))

    assert close(order)

    order.refresh_from_db()
    stock = Stock.objects.get(pk=sku.pk)
    assert (order.status, order.close_reason, order.closed_at) == ("closed", "unpaid", AT)
    assert (stock.on_hand, stock.held) == (5, 0)
    (told,) = OutboxMessage.objects.filter(topic="orders.order.closed.v1")
    assert told.payload == {"order_id": order.pk, "shop_id": order.shop_id, "reason": "unpaid"}


def test_an_order_whose_payment_may_be_under_way_is_left_alone():
    order = placed_order()
    started_payment(order.group)

    assert not close(order)

    order.refresh_from_db()
    assert order.status == OrderStatus.UNPAID


def test_a_payment_that_the_gateway_closed_is_closed_with_the_order():
    order = placed_order()
    payment = started_payment(order.group)

    assert close(order, dead_payments=[payment.pk])

    payment.refresh_from_db()
    assert (payment.status, payment.poll_at) == (PaymentStatus.CLOSED, None)


@pytest.mark.parametrize("status", [s for s in OrderStatus if s != OrderStatus.UNPAID])
def test_only_unpaid_orders_are_closed(status):
    order = make_order(status)

    assert not close(order)

    assert Order.objects.get(pk=order.pk).status == status


def test_the_sweep_closes_nothing_before_its_time_by_the_databases_clock():
    from kernel.clock import database_now

    order = placed_order(at=database_now() - timedelta(minutes=29))

    assert not close(order, only_when_due=True)

    Order.objects.filter(pk=order.pk).update(pay_by_at=database_now())
    assert close(order, only_when_due=True)


def test_a_payment_that_was_paid_is_not_buried():
    payment = started_payment(placed_order().group)
    apply_payment(fact_of(payment), at=AT)

    bury_payment(payment_id=payment.pk, at=AT)

    assert Payment.objects.get().status == PaymentStatus.PAID
