"""Payments on the gateway's good and bad days: opened, closed, asked after."""

from datetime import timedelta

import pytest
from django.db import transaction

from kernel.clock import database_now
from kernel.errors import NotFound
from orders.enums import OrderStatus, PaymentStatus, SandboxProfile, SandboxStatus
from orders.errors import GatewayUnavailable, NotPayable, UnknownGateway
from orders.models import Order, Payment, SandboxTransaction
from orders.services import outgoing
from orders.services.gateways.sandbox import bank
from tests.factories.accounts import UserFactory
from tests.factories.sales import buyer_actor, placed_group, placed_order
from tests.orders.services.conversations import due_payment, fail_for, start

pytestmark = pytest.mark.django_db


def make_due(order):
    Order.objects.filter(pk=order.pk).update(pay_by_at=database_now())


def test_starting_opens_the_payment_at_the_gateway(now, settings):
    group = placed_group(at=now)

    started = start(group, now)

    row = SandboxTransaction.objects.get()
    assert (row.number, row.amount, row.status) == (
        started.payment.number,
        started.payment.amount,
        SandboxStatus.OPEN,
    )
    assert started.pay.pay_url == (
        f"{settings.HAODIAN_BASE_URL}/api/v1/orders/sandbox/cashier/{row.number}/pay"
    )


def test_starting_again_is_the_same_payment(now):
    group = placed_group(at=now)

    assert start(group, now).payment == start(group, now).payment
    assert SandboxTransaction.objects.count() == 1


def test_a_gateway_that_is_not_offered_is_refused(now, settings):
    settings.HAODIAN_SANDBOX = False
    group = placed_group(at=now)

    with pytest.raises(UnknownGateway):
        start(group, now)

    assert Payment.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_no_gateway_is_called_inside_a_transaction(now):
    with transaction.atomic(), pytest.raises(RuntimeError):
        outgoing.send_due_refunds(at=now)
    with transaction.atomic(), pytest.raises(RuntimeError):
        outgoing.close_due_orders(at=now)
    with transaction.atomic(), pytest.raises(RuntimeError):
        outgoing.poll_due_payments(at=now)


def test_an_overdue_order_is_closed_and_its_payment_cannot_be_paid_any_more(now):
    order = placed_order(at=now)
    started = start(order.group, now)
    make_due(order)

    assert outgoing.close_due_orders(at=now) == 1

    order.refresh_from_db()
    started.payment.refresh_from_db()
    assert (order.status, started.payment.status) == ("closed", "closed")
    with pytest.raises(bank.GatewayRefused):
        bank.pay(number=started.payment.number, at=now)


def test_an_order_that_is_not_due_stays(now):
    order = placed_order(at=now)

    assert outgoing.close_due_orders(at=now + timedelta(days=1)) == 0

    order.refresh_from_db()
    assert order.status == OrderStatus.UNPAID


def test_money_that_came_in_the_last_moment_pays_the_order_instead_of_closing_it(now):
    order = placed_order(at=now)
    started = start(order.group, now)
    bank.pay(number=started.payment.number, at=now)  # and its notice never arrives
    make_due(order)

    assert outgoing.close_due_orders(at=now) == 0

    order.refresh_from_db()
    assert order.status == OrderStatus.TO_SHIP


def test_a_silent_gateway_postpones_the_close(now):
    order, other = placed_order(at=now), placed_order(at=now)
    started = start(order.group, now)
    SandboxTransaction.objects.filter(number=started.payment.number).update(
        profile=SandboxProfile.DOWN
    )
    make_due(order)
    make_due(other)

    assert outgoing.close_due_orders(at=now) == 1

    order.refresh_from_db()
    other.refresh_from_db()
    assert (order.status, other.status) == (OrderStatus.UNPAID, OrderStatus.CLOSED)


def test_orders_that_cannot_be_closed_do_not_stand_before_the_others_for_ever(now):
    stuck, other = placed_order(at=now), placed_order(at=now)
    start(stuck.group, now)
    SandboxTransaction.objects.update(profile=SandboxProfile.DOWN)
    make_due(stuck)
    make_due(other)

    closed = [outgoing.close_due_orders(at=now, limit=1) for _ in range(60)]

    assert sum(closed) == 1
    other.refresh_from_db()
    assert other.status == OrderStatus.CLOSED


def test_an_order_that_fails_unexpectedly_fails_alone(now, monkeypatch, caplog):
    bad, good = placed_order(at=now), placed_order(at=now)
    fail_for(monkeypatch, "close", start(bad.group, now).payment.number)
    make_due(bad)
    make_due(good)

    assert outgoing.close_due_orders(at=now) == 1

    assert [Order.objects.get(pk=one.pk).status for one in (bad, good)] == ["unpaid", "closed"]
    assert f"order {bad.number}" in caplog.text


def test_a_payment_that_fails_unexpectedly_fails_alone(now, monkeypatch, caplog):
    bad, good = (due_payment(placed_group(at=now), now) for _ in range(2))
    fail_for(monkeypatch, "query", bad.number)
    bank.pay(number=good.number, at=now)

    assert outgoing.poll_due_payments(at=now) == 2

    assert [Payment.objects.get(pk=one.pk).status for one in (bad, good)] == ["pending", "paid"]
    assert f"payment {bad.number}" in caplog.text


def test_a_payment_that_was_closed_there_and_not_here_gives_way_to_another(now):
    group = placed_group(at=now)
    dead = start(group, now).payment
    bank.close(dead.number)  # and whoever closed it died before saying so here

    payment = start(group, now).payment

    dead.refresh_from_db()
    assert (dead.status, payment.status) == (PaymentStatus.CLOSED, PaymentStatus.PENDING)
    assert bank.pay(number=payment.number, at=now).status == SandboxStatus.PAID


def test_a_buyer_cancels_an_unpaid_order(now):
    order = placed_order(at=now)
    start(order.group, now)

    outgoing.cancel(order_number=order.number, at=now, actor=buyer_actor(order.buyer))

    order.refresh_from_db()
    assert (order.status, order.close_reason) == ("closed", "buyer")


def test_a_cancel_that_loses_against_the_money_is_refused(now):
    order = placed_order(at=now)
    bank.pay(number=start(order.group, now).payment.number, at=now)

    with pytest.raises(NotPayable):
        outgoing.cancel(order_number=order.number, at=now, actor=buyer_actor(order.buyer))

    order.refresh_from_db()
    assert order.status == OrderStatus.TO_SHIP


def test_somebody_elses_order_cannot_be_cancelled(now):
    order = placed_order(at=now)

    with pytest.raises(NotFound):
        outgoing.cancel(order_number=order.number, at=now, actor=buyer_actor(UserFactory()))

    order.refresh_from_db()
    assert order.status == OrderStatus.UNPAID


def test_a_cancel_that_the_gateway_does_not_answer_is_to_be_tried_again(now):
    order = placed_order(at=now)
    start(order.group, now)
    SandboxTransaction.objects.update(profile=SandboxProfile.DOWN)

    with pytest.raises(GatewayUnavailable):
        outgoing.cancel(order_number=order.number, at=now, actor=buyer_actor(order.buyer))

    order.refresh_from_db()
    assert order.status == OrderStatus.UNPAID


def test_the_poller_finds_money_that_no_notice_told_of(now):
    group = placed_group(at=now)
    payment = due_payment(group, now)
    bank.pay(number=payment.number, at=now)

    assert outgoing.poll_due_payments(at=now) == 1

    payment.refresh_from_db()
    assert payment.status == PaymentStatus.PAID
    assert group.orders.get().status == OrderStatus.TO_SHIP


def test_the_poller_asks_after_one_five_and_thirty_minutes(now):
    payment = due_payment(placed_group(at=now), now)

    waits = []
    for _ in range(3):
        Payment.objects.filter(pk=payment.pk).update(poll_at=database_now())
        assert outgoing.poll_due_payments(at=now) == 1
        payment.refresh_from_db()
        waits.append(round((payment.poll_at - database_now()).total_seconds()))

    assert waits == [240, 1500, 1800]
    assert payment.poll_count == 3


def test_the_poller_buries_what_a_paid_group_no_longer_needs(now):
    group = placed_group(at=now)
    first = start(group, now).payment
    second = Payment.objects.create(
        number="P2", group=group, buyer=group.buyer, gateway="sandbox", amount=first.amount
    )
    bank.pay(number=first.number, at=now)
    Payment.objects.filter(pk=first.pk).update(poll_at=database_now())
    outgoing.poll_due_payments(at=database_now() - timedelta(seconds=1))

    second.refresh_from_db()
    assert second.status == PaymentStatus.CLOSED
