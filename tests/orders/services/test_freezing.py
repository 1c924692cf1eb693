"""Holding an order for a case."""

from datetime import timedelta

import pytest

from kernel.models import OutboxMessage
from orders.enums import OrderStatus
from orders.services.freezing import freeze, unfreeze
from tests.factories.orders import PLACED_AT, make_order

pytestmark = pytest.mark.django_db
AT = PLACED_AT + timedelta(days=2)


def told():
    rows = OutboxMessage.objects.filter(topic="orders.order.frozen.v1").order_by("pk")
    return [row.payload["is_frozen"] for row in rows]


def test_an_order_is_held_once():
    order = make_order(OrderStatus.SHIPPED)

    assert [freeze(order_id=order.pk, at=AT), freeze(order_id=order.pk, at=AT)] == [True, False]

    order.refresh_from_db()
    assert (order.is_frozen, order.frozen_at, told()) == (True, AT, [True])


def test_the_clock_of_receipt_stands_still_while_an_order_is_held():
    order = make_order(OrderStatus.SHIPPED)
    due = order.confirm_by_at
    freeze(order_id=order.pk, at=AT)

    assert unfreeze(order_id=order.pk, at=AT + timedelta(days=4))

    order.refresh_from_db()
    assert (order.is_frozen, order.frozen_at) == (False, None)
    assert order.confirm_by_at == due + timedelta(days=4)
    assert told() == [True, False]


def test_what_was_held_before_shipping_does_not_lengthen_the_wait_for_receipt():
    order = make_order(OrderStatus.SHIPPED)
    due = order.confirm_by_at
    freeze(order_id=order.pk, at=order.shipped_at - timedelta(days=3))

    assert unfreeze(order_id=order.pk, at=order.shipped_at + timedelta(days=1))

    order.refresh_from_db()
    assert order.confirm_by_at == due + timedelta(days=1)


def test_a_completed_order_keeps_the_time_of_its_receipt():
    order = make_order(OrderStatus.COMPLETED)
    due = order.confirm_by_at
    freeze(order_id=order.pk, at=AT)

    assert unfreeze(order_id=order.pk, at=AT + timedelta(days=4))

    order.refresh_from_db()
    assert order.confirm_by_at == due


def test_an_order_that_is_not_held_is_let_go_without_effect():
    order = make_order(OrderStatus.SHIPPED)

    assert not unfreeze(order_id=order.pk, at=AT)

    assert told() == []
