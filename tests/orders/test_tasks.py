"""The sweeps that beat starts."""

from datetime import timedelta

import pytest

from kernel.clock import database_now
from orders import tasks
from orders.enums import OrderStatus, RefundStatus
from orders.models import Order, Payment, Refund
from orders.services import outgoing
from orders.services.gateways.sandbox import bank
from orders.services.refunds import refund_line
from tests.factories.sales import buyer_actor, placed_order

pytestmark = pytest.mark.django_db


def state(order):
    return Order.objects.get(pk=order.pk).status


def test_an_order_passes_every_sweep_on_its_way_to_the_last_refund():
    now = database_now()
    order, forgotten = placed_order(at=now), placed_order(at=now)
    payment = outgoing.start(
        group_number=order.group.number,
        gateway="sandbox",
        at=now,
        actor=buyer_actor(order.buyer),
    ).payment
    bank.pay(number=payment.number, at=now)
    Payment.objects.update(poll_at=now)
    Order.objects.filter(pk=forgotten.pk).update(pay_by_at=now)

    tasks.poll_payments()
    tasks.close_unpaid()
    assert (state(order), state(forgotten)) == (OrderStatus.TO_SHIP, OrderStatus.CLOSED)

    Order.objects.filter(pk=order.pk).update(
        status=OrderStatus.SHIPPED, shipped_at=now, confirm_by_at=now - timedelta(seconds=1)
    )
    tasks.auto_confirm()
    assert state(order) == OrderStatus.COMPLETED

    refund_line(line_id=order.lines.get().pk, amount=100, reference="case:1", at=now)
    tasks.send_refunds()
    assert Refund.objects.get().status == RefundStatus.SUCCESS
