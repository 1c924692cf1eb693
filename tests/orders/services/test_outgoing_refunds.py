"""Refunds on the gateway's good and bad days."""

import pytest

from kernel.clock import database_now
from kernel.models import OutboxMessage
from ledger.models import Leg
from orders.enums import RefundStatus, SandboxProfile
from orders.models import Refund, SandboxRefund, SandboxTransaction
from orders.services import outgoing
from orders.services.gateways.sandbox import bank
from orders.services.refunds import refund_line
from tests.factories.orders import PLACED_AT, make_sku
from tests.factories.sales import placed_order
from tests.orders.services.conversations import due_payment, fail_for, start

pytestmark = pytest.mark.django_db


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
    from orders.services.capturing import apply_payment
    from orders.services.closing import close_order

    close_order(order_id=order.pk, reason=CloseReason.UNPAID, at=now, dead_payments=[payment.pk])
    apply_payment(fact, at=now)

    assert outgoing.send_due_refunds(at=now) == 1

    assert Refund.objects.get().status == RefundStatus.SUCCESS
    assert SandboxTransaction.objects.get().refunded_amount == 9_900
    balance = {}
    for code, amount in Leg.objects.values_list("account__code", "amount"):
        balance[code] = balance.get(code, 0) + amount
    assert balance == {"gateway_clearing": 0, "refunds_payable": 0}
