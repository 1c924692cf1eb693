"""Threads against threads on real transactions; each race with a control that loses it."""

from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import QuerySet

from catalog.models import Product, Stock
from catalog.services import stock
from catalog.services.invariants import violations as catalog_violations
from kernel.actors import SYSTEM
from kernel.clock import database_now
from ledger.services.invariants import violations as book_violations
from orders.enums import CloseReason, OrderStatus
from orders.errors import RefundExceedsPayment
from orders.models import Order, OrderGroup, OrderLine, Payment, PaymentSplit, Refund
from orders.services import closing, limits, placement, refunds
from orders.services.capturing import apply_payment
from orders.services.closing import close_order
from orders.services.exporting import jobs as exports
from orders.services.invariants import violations
from orders.services.placement import Placed, PlaceOrder, Receiver, WantedLine, place_orders
from orders.services.refunds import refund_line
from tests.factories.accounts import UserFactory
from tests.factories.catalog import product_on_sale, skus_of
from tests.factories.orders import PLACED_AT, RECEIVER, make_order, make_sku
from tests.factories.sales import fact_of, placed_order, started_payment
from tests.factories.shops import ShopFactory
from tests.races.racing import no_lock, pause, results_of, told_late

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
AT = PLACED_AT + timedelta(days=1)


def run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def without_constraint(table, name, definition):
    """Take away the last guard, so that the count itself is the proof."""
    run(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    try:
        yield
    finally:
        run(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def all_laws():
    return violations() + catalog_violations() + book_violations()


def request(buyer, sku, key="k"):
    return PlaceOrder(
        buyer_id=buyer.pk,
        key=key,
        lines=(WantedLine(sku.public_id, 1),),
        receiver=Receiver(**RECEIVER),
    )


# --- 200 buyers, 20 pieces ------------------------------------------------------------------------


def test_two_hundred_buyers_get_exactly_twenty_pieces():
    sku = make_sku(stock=20)
    buyers = [UserFactory() for _ in range(200)]

    results = results_of(*(lambda b=b: place_orders([request(b, sku)], at=AT)[0] for b in buyers))

    said = Counter(
        "placed" if isinstance(result, Placed) else result.error.code for result in results
    )
    assert said == {"placed": 20, "out_of_stock": 180}
    counters = Stock.objects.get(pk=sku.pk)
    assert (counters.on_hand, counters.held, Order.objects.count()) == (20, 20, 20)
    assert all_laws() == []


def test_control_without_the_counters_lock_more_is_sold_than_there_is(monkeypatch):
    sku = make_sku(stock=20)
    buyers = [UserFactory() for _ in range(200)]
    with without_constraint("catalog_stock", "stock_covers_held", "CHECK (on_hand >= held)"):
        with monkeypatch.context() as patch:
            patch.setattr(stock, "LOCK", told_late(stock.LOCK, "catalog_stock"))
            results_of(*(lambda b=b: place_orders([request(b, sku)], at=AT)[0] for b in buyers))
        sold = Order.objects.count()
        Stock.objects.update(held=0)  # so that the constraint may come back

    assert sold > 20


# --- one buyer, two SKUs of one product that a buyer may have three of (CA-17) --------------------


def press_for_limited():
    """Let one buyer press 24 times for two SKUs in turn; return the pieces that the buyer has."""
    skus = skus_of(product_on_sale(skus=2))  # different stock rows: no lock makes them queue
    Product.objects.filter(pk=skus[0].product_id).update(max_per_buyer=3)
    buyer = UserFactory()
    results_of(
        *(
            lambda n=n: place_orders([request(buyer, skus[n % 2], f"k{n}")], at=AT)
            for n in range(24)
        )
    )
    return OrderLine.objects.filter(order__buyer=buyer).count()


def test_a_buyers_limit_holds_over_all_skus_of_a_product():
    assert press_for_limited() == 3
    assert all_laws() == []


def test_control_without_turns_a_buyer_gets_more_than_the_limit(monkeypatch):
    monkeypatch.setattr(limits, "TAKE_TURNS", "SELECT %s::text, %s::text")
    monkeypatch.setattr(limits, "COUNT", told_late(limits.COUNT, "unnest"))

    assert press_for_limited() > 3


# --- workers that write one file ------------------------------------------------------------------


def test_a_file_written_by_several_workers_has_each_order_once(monkeypatch):
    monkeypatch.setattr(exports, "PART", 2)
    shop = ShopFactory()
    orders = [make_order(OrderStatus.TO_SHIP, shop=shop) for _ in range(9)]
    job = exports.start(shop=shop, preset="finance", filters={}, actor=SYSTEM, at=AT)

    def work():
        for _ in range(40):
            exports.write_part(job_id=job.pk, at=AT)

    results_of(*[work] * 8)

    job.refresh_from_db()
    content = b"".join(exports.download(job=job, actor=SYSTEM, at=AT).pieces).decode()
    assert (job.status, job.row_count, job.parts.count()) == ("done", 9, 5)
    assert [content.count(one.number) for one in orders] == [1] * 9


# --- one key, twelve threads ----------------------------------------------------------------------


def test_one_key_sent_twelve_times_is_one_order():
    sku, buyer = make_sku(stock=20), UserFactory()

    results = results_of(
        *(lambda: place_orders([request(buyer, sku)], at=AT)[0] for _ in range(12))
    )

    assert {type(result) for result in results} == {Placed}
    assert len({result.group.pk for result in results}) == 1
    assert Counter(result.is_replay for result in results) == {True: 11, False: 1}
    assert (OrderGroup.objects.count(), Stock.objects.get(pk=sku.pk).held) == (1, 1)
    assert all_laws() == []


def test_one_key_for_different_skus_is_one_order_and_the_others_are_refused():
    buyer = UserFactory()
    skus = [make_sku() for _ in range(12)]  # different stock rows: no lock makes them queue

    results = results_of(*(lambda s=s: place_orders([request(buyer, s)], at=AT)[0] for s in skus))

    said = Counter(
        "placed" if isinstance(result, Placed) else result.error.code for result in results
    )
    assert said == {"placed": 1, "idempotency_key_reused": 11}
    assert sum(Stock.objects.values_list("held", flat=True)) == 1
    assert all_laws() == []


def test_control_looking_before_inserting_places_twice(monkeypatch):
    buyer = UserFactory()
    skus = [make_sku() for _ in range(12)]
    monkeypatch.setattr(placement, "KNOWN", told_late(placement.KNOWN, "orders_ordergroup"))

    with without_constraint(
        "orders_ordergroup", "ordergroup_key_once", "UNIQUE (buyer_id, idempotency_key)"
    ):
        results_of(*(lambda s=s: place_orders([request(buyer, s)], at=AT)[0] for s in skus))
        placed = OrderGroup.objects.count()
        run("TRUNCATE orders_ordergroup CASCADE")

    assert placed > 1


# --- the deadline against the payment -------------------------------------------------------------


def pairs(count):
    now = database_now()
    sku = make_sku(price=9_900, stock=count)
    made = []
    for _ in range(count):
        order = placed_order((sku, 1), at=now)
        made.append((order, started_payment(order.group, at=now)))
    Order.objects.update(pay_by_at=now - timedelta(seconds=1))
    return made


def close_of(order, payment):
    """Return an act: the sweep closes what the gateway calls closed, and yet lets one through."""
    return lambda: close_order(
        order_id=order.pk,
        reason=CloseReason.UNPAID,
        at=AT,
        dead_payments=[payment.pk],
        only_when_due=True,
    )


def payment_for(payment):
    """Return an act: the buyer's money arrives."""
    fact = fact_of(payment)
    return lambda: apply_payment(fact, at=AT)


def ends():
    rows = Order.objects.order_by("pk").values_list("status", "close_reason")
    late = Refund.objects.filter(reason="late_payment").count()
    return Counter(rows), late


def test_the_deadline_against_the_payment_has_only_the_two_right_ends():
    made = pairs(200)
    acts = []
    for order, payment in made:
        acts += [
            close_of(order, payment),
            payment_for(payment),
        ]

    results = results_of(*acts)

    assert [result for result in results if isinstance(result, Exception)] == []
    counted, late = ends()
    assert set(counted) <= {("to_ship", ""), ("closed", "unpaid")}
    assert sum(counted.values()) == 200
    assert late == counted[("closed", "unpaid")]
    assert Payment.objects.filter(status="paid").count() == 200
    assert all_laws() == []


def test_control_a_close_without_the_guards_ends_paid_orders(monkeypatch):
    made = pairs(60)
    read = closing.lock_orders

    def read_and_pause(group_id):
        orders = read(group_id)
        pause()
        return orders

    def move_blindly(instance, *, to, at, actor, reason="", **changes):
        type(instance).objects.filter(pk=instance.pk).update(status=to, **changes)

    acts = []
    for order, payment in made:
        acts += [close_of(order, payment), payment_for(payment)]
    with monkeypatch.context() as patch:
        patch.setattr(QuerySet, "select_for_update", no_lock)
        patch.setattr(closing, "lock_orders", read_and_pause)
        patch.setattr(closing, "move", move_blindly)
        results_of(*acts)

    assert any(sentence.startswith("order ") for sentence in violations())


# --- twenty refunds of sixty per cent -------------------------------------------------------------


def test_of_twenty_refunds_of_sixty_per_cent_one_goes_through():
    order = make_order(OrderStatus.SHIPPED, price=10_000)
    line = order.lines.get()

    results = results_of(
        *(
            lambda n=n: refund_line(line_id=line.pk, amount=6_000, reference=f"case:{n}", at=AT)
            for n in range(20)
        )
    )

    assert Counter(type(result) for result in results) == {Refund: 1, RefundExceedsPayment: 19}
    line.refresh_from_db()
    assert line.refunded_amount == 6_000
    assert PaymentSplit.objects.get().refunded_amount == 6_000
    assert all_laws() == []


def test_one_reference_sent_twenty_times_is_one_refund():
    line = make_order(OrderStatus.SHIPPED, price=10_000).lines.get()

    results = results_of(
        *(
            lambda: refund_line(line_id=line.pk, amount=1_000, reference="case:1", at=AT)
            for _ in range(20)
        )
    )

    assert {type(result) for result in results} == {Refund}
    assert len({result.pk for result in results}) == 1
    line.refresh_from_db()
    assert line.refunded_amount == 1_000
    assert all_laws() == []


def test_control_without_the_guards_more_goes_back_than_was_paid(monkeypatch):
    line = make_order(OrderStatus.SHIPPED, price=10_000).lines.get()
    count = refunds._take_from_line

    def count_blindly(line_id, amount, freight_amount, quantity):
        try:
            return count(line_id, amount, freight_amount, quantity)
        except RefundExceedsPayment:
            return OrderLine.objects.get(pk=line_id)

    with monkeypatch.context() as patch:
        patch.setattr(refunds, "_take_from_line", count_blindly)
        patch.setattr(refunds, "_take_from_split", lambda order, amount: payment_of(order))
        results_of(
            *(
                lambda n=n: refund_line(line_id=line.pk, amount=6_000, reference=f"case:{n}", at=AT)
                for n in range(20)
            )
        )

    assert Refund.objects.count() > 1
    assert all_laws() != []


def payment_of(order):
    return PaymentSplit.objects.get(order=order).payment
