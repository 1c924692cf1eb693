"""Conversations with the gateway, on its good and its bad days."""

from datetime import timedelta

import pytest
from django.db import transaction

from kernel.clock import database_now
from kernel.errors import NotFound
from kernel.models import OutboxMessage
from ledger.models import Leg
from orders.enums import OrderStatus, PaymentStatus, RefundStatus, SandboxProfile, SandboxStatus
from orders.errors import GatewayUnavailable, NotPayable, UnknownGateway
from orders.models import Order, Payment, Refund, SandboxRefund, SandboxTransaction
from orders.services import outgoing
from orders.services.gateways.sandbox import bank
from orders.services.refunds import refund_line
from tests.factories.accounts import UserFactory
from tests.factories.orders import PLACED_AT, make_sku
from tests.factories.sales import buyer_actor, placed_group, placed_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return database_now()


def start(group, at):
    actor = buyer_actor(group.buyer)
    return outgoing.start(group_number=group.number, gateway="sandbox", at=at, actor=actor)


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


def fail_for(monkeypatch, method, number):
    """Let the gateway's adapter fail in a way nobody planned, for one payment."""
    original = getattr(outgoing.gateways.SandboxGateway, method)

    def fail(self, asked):
        if number in (asked, getattr(asked, "number", "")):
            raise ValueError("not what we were promised")
        return original(self, asked)

    monkeypatch.setattr(outgoing.gateways.SandboxGateway, method, fail)


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


def test_a_refund_that_fails_unexpectedly_fails_alone_and_is_asked_about_again(
    now, monkeypatch, caplog
):
    bad = promise(paid(now))
    good = promise(paid(now), reference="case:2")
    with monkeypatch.context() as patch:
        fail_for(patch, "refund", bad.number)
        assert outgoing.send_due_refunds(at=now) == 2
    statuses = [Refund.objects.get(pk=one.pk).status for one in (bad, good)]
    assert statuses == ["in_progress", "success"]
    assert f"refund {bad.number}" in caplog.text

    again_now(bad)  # its lease is over
    assert outgoing.send_due_refunds(at=now) == 1

    assert Refund.objects.get(pk=bad.pk).status == RefundStatus.SUCCESS


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


def due_payment(group, now):
    payment = start(group, now).payment
    Payment.objects.filter(pk=payment.pk).update(poll_at=database_now())
    return payment


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


def paid(now, profile=SandboxProfile.OK, **kwargs):
    order = placed_order((make_sku(price=9_900), 1), at=now, **kwargs)
    payment = due_payment(order.group, now)
    bank.pay(number=payment.number, at=now)
    outgoing.poll_due_payments(at=now)
    SandboxTransaction.objects.filter(number=payment.number).update(profile=profile)
    return order


def promise(order, amount=3_000, reference="case:1"):
    line = order.lines.get()
    return refund_line(line_id=line.pk, amount=amount, reference=reference, at=PLACED_AT)


def again_now(refund):
    Refund.objects.filter(pk=refund.pk).update(due_at=database_now())


def test_a_refund_is_sent_once_and_the_book_owes_nothing_afterwards(now):
    order = paid(now)
    refund = promise(order)

    assert outgoing.send_due_refunds(at=now) == 1
    assert outgoing.send_due_refunds(at=now) == 0

    refund.refresh_from_db()
    made = SandboxRefund.objects.get()
    assert (refund.status, refund.gateway_refund_id, refund.attempts) == (
        RefundStatus.SUCCESS,
        made.refund_id,
        1,
    )
    assert (refund.due_at, refund.finished_at) == (None, now)
    owed = Leg.objects.filter(account__code="refunds_payable").values_list("amount", flat=True)
    assert sum(owed) == 0
    (told,) = OutboxMessage.objects.filter(topic="orders.refund.succeeded.v1")
    assert told.payload == {"refund_number": refund.number, "reference": "case:1"}


def test_a_lost_answer_is_unknown_and_found_out_with_the_same_number(now):
    refund = promise(paid(now, SandboxProfile.LOST_ANSWER))

    outgoing.send_due_refunds(at=now)

    refund.refresh_from_db()
    assert (refund.status, refund.last_error) == (RefundStatus.UNKNOWN, "the answer was lost")
    again_now(refund)
    outgoing.send_due_refunds(at=now)
    refund.refresh_from_db()
    assert (refund.status, refund.attempts) == (RefundStatus.SUCCESS, 2)
    assert SandboxRefund.objects.count() == 1
    assert SandboxTransaction.objects.get().refunded_amount == 3_000


def test_a_gateway_that_is_down_is_asked_again_until_it_answers(now):
    refund = promise(paid(now, SandboxProfile.DOWN))
    outgoing.send_due_refunds(at=now)
    refund.refresh_from_db()
    assert refund.status == RefundStatus.UNKNOWN
    SandboxTransaction.objects.update(profile=SandboxProfile.OK)

    again_now(refund)
    outgoing.send_due_refunds(at=now)

    refund.refresh_from_db()
    assert refund.status == RefundStatus.SUCCESS


def test_a_refused_refund_waits_longer_each_time_and_is_told(now):
    refund = promise(paid(now))
    SandboxTransaction.objects.update(refunded_amount=9_000)

    waits = []
    for _ in range(3):
        again_now(refund)
        outgoing.send_due_refunds(at=now)
        refund.refresh_from_db()
        waits.append(round((refund.due_at - database_now()).total_seconds()))

    assert (refund.status, refund.last_error) == (RefundStatus.FAILED, "more than was paid")
    assert waits == [60, 120, 240]
    assert OutboxMessage.objects.filter(topic="orders.refund.failed.v1").count() == 3


def test_a_sender_that_died_is_followed_by_another_with_the_same_number(now):
    refund = promise(paid(now))
    from orders.services import sending

    claim = sending.claim_due(at=now)
    outgoing._send(claim)  # sent, and the process dies before the answer is recorded
    assert outgoing.send_due_refunds(at=now) == 0  # its lease still runs

    again_now(refund)
    assert outgoing.send_due_refunds(at=now) == 1

    refund.refresh_from_db()
    assert refund.status == RefundStatus.SUCCESS
    assert SandboxRefund.objects.count() == 1


def test_late_money_goes_back_by_itself(now):
    order = placed_order((make_sku(price=9_900), 1), at=now)
    payment = start(order.group, now).payment
    bank.pay(number=payment.number, at=now)
    fact = outgoing.gateways.get("sandbox").query(payment.number)
    from orders.enums import CloseReason
    from orders.services.closing import close_order
    from orders.services.payments import apply_payment

    close_order(order_id=order.pk, reason=CloseReason.UNPAID, at=now, dead_payments=[payment.pk])
    apply_payment(fact, at=now)

    assert outgoing.send_due_refunds(at=now) == 1

    assert Refund.objects.get().status == RefundStatus.SUCCESS
    assert SandboxTransaction.objects.get().refunded_amount == 9_900
    balance = {}
    for code, amount in Leg.objects.values_list("account__code", "amount"):
        balance[code] = balance.get(code, 0) + amount
    assert balance == {"gateway_clearing": 0, "refunds_payable": 0}
