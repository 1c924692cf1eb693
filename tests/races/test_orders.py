"""Threads against threads on real transactions; each race with a control that loses it."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db import close_old_connections, connection, transaction

from catalog.models import Stock
from catalog.services.invariants import violations as catalog_violations
from kernel.clock import database_now
from ledger.services.invariants import violations as book_violations
from orders.enums import CloseReason, OrderStatus
from orders.errors import RefundExceedsPayment
from orders.models import Order, OrderGroup, OrderLine, Payment, PaymentSplit, Refund
from orders.services.closing import close_order
from orders.services.invariants import violations
from orders.services.payments import apply_payment
from orders.services.placement import Placed, PlaceOrder, Receiver, WantedLine, place_orders
from orders.services.refunds import refund_line
from tests.factories.accounts import UserFactory
from tests.factories.orders import PLACED_AT, RECEIVER, make_order, make_sku
from tests.factories.sales import fact_of, placed_order, started_payment

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
AT = PLACED_AT + timedelta(days=1)


def race(*acts):
    """Run `acts` at once, at most 16 threads at a time; return what each returned or raised."""
    results = [None] * len(acts)
    places = iter(range(len(acts)))
    lock = threading.Lock()
    threads = min(len(acts), 16)
    gate = threading.Barrier(threads)

    def work():
        gate.wait()
        try:
            while True:
                with lock:
                    place = next(places, None)
                if place is None:
                    return
                try:
                    results[place] = acts[place]()
                except Exception as error:  # noqa: BLE001 -- the test looks at it
                    results[place] = error
        finally:
            connection.close()

    crew = [threading.Thread(target=work) for _ in range(threads)]
    for one in crew:
        one.start()
    for one in crew:
        one.join()
    close_old_connections()
    return results


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

    results = race(*(lambda b=b: place_orders([request(b, sku)], at=AT)[0] for b in buyers))

    said = Counter(
        "placed" if isinstance(result, Placed) else result.error.code for result in results
    )
    assert said == {"placed": 20, "out_of_stock": 180}
    stock = Stock.objects.get(pk=sku.pk)
    assert (stock.on_hand, stock.held, Order.objects.count()) == (20, 20, 20)
    assert all_laws() == []


def test_control_reading_before_taking_oversells():
    sku = make_sku(stock=20)
    with connection.cursor() as cursor:  # without the last guard the count itself is the proof
        cursor.execute("ALTER TABLE catalog_stock DROP CONSTRAINT stock_covers_held")
    sold = []

    def take():
        with transaction.atomic():
            row = Stock.objects.get(pk=sku.pk)
            if row.on_hand - row.held >= 1:
                _pause()
                Stock.objects.filter(pk=sku.pk).update(held=row.held + 1)
                sold.append(1)

    try:
        race(*(take for _ in range(200)))
    finally:
        Stock.objects.update(held=0)
        with connection.cursor() as cursor:
            cursor.execute(
                "ALTER TABLE catalog_stock ADD CONSTRAINT stock_covers_held CHECK (on_hand >= held)"
            )

    assert len(sold) > 20


# --- one key, twelve threads ----------------------------------------------------------------------


def test_one_key_sent_twelve_times_is_one_order():
    sku, buyer = make_sku(stock=20), UserFactory()

    results = race(*(lambda: place_orders([request(buyer, sku)], at=AT)[0] for _ in range(12)))

    assert {type(result) for result in results} == {Placed}
    assert len({result.group.pk for result in results}) == 1
    assert Counter(result.is_replay for result in results) == {True: 11, False: 1}
    assert (OrderGroup.objects.count(), Stock.objects.get(pk=sku.pk).held) == (1, 1)
    assert all_laws() == []


def test_one_key_for_different_skus_is_one_order_and_the_others_are_refused():
    buyer = UserFactory()
    skus = [make_sku() for _ in range(12)]  # different stock rows: no lock makes them queue

    results = race(*(lambda s=s: place_orders([request(buyer, s)], at=AT)[0] for s in skus))

    said = Counter(
        "placed" if isinstance(result, Placed) else result.error.code for result in results
    )
    assert said == {"placed": 1, "idempotency_key_reused": 11}
    assert sum(Stock.objects.values_list("held", flat=True)) == 1
    assert all_laws() == []


def test_control_looking_before_inserting_places_twice():
    buyer = UserFactory()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE orders_ordergroup DROP CONSTRAINT ordergroup_key_once")
    skus = [make_sku() for _ in range(12)]
    try:
        race(*(lambda s=s: place_orders([request(buyer, s)], at=AT)[0] for s in skus))
        placed = OrderGroup.objects.count()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE orders_ordergroup CASCADE")
            cursor.execute(
                "ALTER TABLE orders_ordergroup ADD CONSTRAINT ordergroup_key_once"
                " UNIQUE (buyer_id, idempotency_key)"
            )

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


def ends():
    rows = Order.objects.order_by("pk").values_list("status", "close_reason")
    late = Refund.objects.filter(reason="late_payment").count()
    return Counter(rows), late


def test_the_deadline_against_the_payment_has_only_the_two_right_ends():
    made = pairs(200)
    acts = []
    for order, payment in made:
        fact = fact_of(payment)
        acts += [
            lambda o=order, p=payment: close_order(
                order_id=o.pk,
                reason=CloseReason.UNPAID,
                at=AT,
                dead_payments=[p.pk],  # as if the gateway had closed it and let one through
                only_when_due=True,
            ),
            lambda f=fact: apply_payment(f, at=AT),
        ]

    results = race(*acts)

    assert [result for result in results if isinstance(result, Exception)] == []
    counted, late = ends()
    assert set(counted) <= {("to_ship", ""), ("closed", "unpaid")}
    assert sum(counted.values()) == 200
    assert late == counted[("closed", "unpaid")]
    assert Payment.objects.filter(status="paid").count() == 200
    assert all_laws() == []


def test_control_a_close_without_the_lock_ends_paid_orders():
    made = pairs(60)

    def close_blindly(order):
        with transaction.atomic():
            row = Order.objects.get(pk=order.pk)
            if row.status == OrderStatus.UNPAID:
                _pause()
                row.status, row.closed_at, row.close_reason = "closed", AT, "unpaid"
                row.save(update_fields=["status", "closed_at", "close_reason"])

    acts = []
    for order, payment in made:
        fact = fact_of(payment)
        acts += [
            lambda o=order: close_blindly(o),
            lambda f=fact: apply_payment(f, at=AT),
        ]
    race(*acts)

    assert any(sentence.startswith("order ") for sentence in violations())


def _pause():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.02)")


# --- twenty refunds of sixty per cent -------------------------------------------------------------


def test_of_twenty_refunds_of_sixty_per_cent_one_goes_through():
    order = make_order(OrderStatus.SHIPPED, price=10_000)
    line = order.lines.get()

    results = race(
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

    results = race(
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


def test_control_reading_before_refunding_pays_twice():
    line = make_order(OrderStatus.SHIPPED, price=10_000).lines.get()
    paid_back = []

    def refund_blindly():
        with transaction.atomic():
            row = OrderLine.objects.get(pk=line.pk)
            if row.refunded_amount + 6_000 <= row.pay_amount:
                _pause()
                OrderLine.objects.filter(pk=line.pk).update(
                    refunded_amount=row.refunded_amount + 6_000
                )
                paid_back.append(6_000)

    race(*(refund_blindly for _ in range(20)))

    assert sum(paid_back) > line.pay_amount
