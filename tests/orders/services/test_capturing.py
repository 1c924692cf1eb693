"""Facts in sets: each leads to what it would lead to alone."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Stock
from ledger.models import Leg
from orders.enums import OrderStatus, PaymentStatus
from orders.models import GatewayNotice, Order, Payment, PaymentSplit, Refund
from orders.services import notices, till
from orders.services.capturing import Applied, Unapplied, apply_payment, apply_payments
from orders.services.closing import close_order
from orders.services.gateways.sandbox import bank
from orders.services.notices import receive_notice
from settlements.services.audit import audit
from tests.factories.orders import PLACED_AT, make_sku
from tests.factories.sales import fact_of, placed_group, started_payment
from tests.factories.shops import ShopFactory
from tests.races.racing import results_of

pytestmark = pytest.mark.django_db
AT = PLACED_AT + timedelta(minutes=5)


def story():
    """Return facts of all kinds, about groups of their own."""
    plain, closed, twice, stranger = (placed_group((make_sku(), 2)) for _ in range(4))
    payments = [started_payment(group) for group in (plain, closed, twice, stranger)]
    first, late, one, wrong = (fact_of(payment) for payment in payments)
    second = Payment.objects.create(
        number=f"{one.payment_number}B",
        group=twice,
        buyer_id=twice.buyer_id,
        gateway="sandbox",
        amount=one.amount,
        currency="CNY",
    )
    close_order(order_id=closed.orders.get().pk, reason="unpaid", at=AT)
    return [
        first,
        late,
        one,
        replace(fact_of(second), gateway_txn=f"{one.gateway_txn}B"),
        first,
        replace(first, gateway_txn="another"),
        replace(wrong, amount=wrong.amount + 1),
        replace(wrong, gateway_txn=first.gateway_txn),
        replace(wrong, payment_number="P0"),
    ]


def told(result):
    if isinstance(result, Unapplied):
        return getattr(result.error, "reason", result.error.code)
    return ("repeat" if result.is_repeat else "applied", result.payment.status)


def alone(fact):
    try:
        return apply_payment(fact, at=AT)
    except Exception as error:  # noqa: BLE001 -- what it was is compared
        return Unapplied(error)


def books():
    """Return what the tables say, without names."""
    return (
        Counter(Order.objects.values_list("status", "close_reason")),
        Counter(Payment.objects.values_list("status", "is_effective")),
        Counter(Refund.objects.values_list("reason", "amount")),
        Counter(PaymentSplit.objects.values_list("captured_amount", "refunded_amount")),
        Counter(Leg.objects.values_list("account__code", "amount")),
        Counter(Stock.objects.values_list("on_hand", "held")),
    )


def test_a_set_leads_to_what_its_facts_lead_to_one_by_one():
    together = [told(one) for one in apply_payments(story(), at=AT)]
    once = books()
    one_by_one = [told(alone(fact)) for fact in story()]

    assert together == one_by_one
    assert together == [
        ("applied", PaymentStatus.PAID),
        ("applied", PaymentStatus.PAID),
        ("applied", PaymentStatus.PAID),
        ("applied", PaymentStatus.PAID),
        ("repeat", PaymentStatus.PAID),
        "transaction",
        "amount",
        "transaction",
        "not_found",
    ]
    assert books() == tuple(Counter({key: 2 * n for key, n in part.items()}) for part in once)
    assert not [fault for faults in audit().values() for fault in faults]


def trips(shops):
    """Return how many round trips it takes to apply a payment of an order of each of `shops`."""
    facts = [fact_of(started_payment(placed_group((make_sku(shop), 1)))) for shop in shops]
    with CaptureQueriesContext(connection) as queries:
        applied = apply_payments(facts, at=AT)
    assert all(isinstance(one, Applied) for one in applied)
    return len(queries)


def test_a_set_costs_the_round_trips_of_one():
    shops = [ShopFactory() for _ in range(3)]
    # A savepoint and its release; groups, till; payments, orders; book; what follows, the stock and
    # the outbox at once. What is used for the first time costs the book three more.
    assert [trips(shops[:1]), trips(shops)] == [11, 11]

    assert [trips(shops[:1]), trips(shops * 3)] == [8, 8]


def test_a_payment_that_starts_while_the_groups_are_locked_is_not_known_yet():
    known = started_payment(placed_group())
    late = fact_of(started_payment(placed_group()))
    Payment.objects.filter(number=late.payment_number).update(number="P-unborn")

    def be_born(execute, sql, params, many, context):
        if sql == till.statement(till.SQL):
            Payment.objects.filter(number="P-unborn").update(number=late.payment_number)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(be_born):
        applied = [told(one) for one in apply_payments([fact_of(known), late], at=AT)]

    assert applied == [("applied", PaymentStatus.PAID), "not_found"]
    assert told(apply_payment(late, at=AT)) == ("applied", PaymentStatus.PAID)


def test_a_repeat_reads_and_writes_nothing(django_assert_num_queries):
    fact = fact_of(started_payment(placed_group()))
    apply_payment(fact, at=AT)

    with django_assert_num_queries(4):  # a savepoint and its release, groups, till
        assert apply_payment(fact, at=AT).is_repeat


def test_nothing_is_made_of_nothing():
    assert apply_payments([], at=AT) == []


def test_one_notice_told_twice_in_a_set_is_kept_once_with_its_better_end():
    payment = started_payment(placed_group())
    bank.open_payment(number=payment.number, amount=payment.amount, currency="CNY")
    row = bank.pay(number=payment.number, at=AT)
    signed = bank.notice(row, at=AT)
    notice = notices.gateways.get("sandbox").verify_notice(signed.headers, signed.body, at=AT)
    wrong = replace(notice, fact=replace(notice.fact, amount=1))

    outcomes = notices._apply(
        [notices.Told("sandbox", one, signed.body, AT) for one in (wrong, notice, notice)]
    )

    assert [getattr(one, "reason", one) for one in outcomes] == ["amount", "applied", "repeated"]
    kept = GatewayNotice.objects.get()
    assert (kept.outcome, kept.refusal, kept.received_at) == ("applied", "", AT)


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_notices_that_come_together_are_applied_together(monkeypatch):
    told = []
    for _ in range(24):
        payment = started_payment(placed_group((make_sku(), 1)))
        bank.open_payment(number=payment.number, amount=payment.amount, currency="CNY")
        told.append(bank.notice(bank.pay(number=payment.number, at=AT), at=AT))
    sizes = []
    run = notices._queue.run

    def counted(items):
        sizes.append(len(items))
        return run(items)

    monkeypatch.setattr(notices._queue, "run", counted)
    outcomes = results_of(
        *(
            lambda one=one: receive_notice(
                gateway="sandbox", headers=one.headers, body=one.body, at=AT
            )
            for one in told
        )
    )

    assert outcomes == ["applied"] * 24
    assert sum(sizes) == 24
    assert len(sizes) < 24
    assert set(Order.objects.values_list("status", flat=True)) == {OrderStatus.TO_SHIP}
