"""The laws of orders hold through the trade, and each breach is found."""

from datetime import timedelta

import pytest
from django.db import connection

from catalog.models import Stock
from ledger.services import invariants as book
from orders.enums import CloseReason, OrderStatus
from orders.models import Order, OrderGroup, OrderLine, Payment, PaymentSplit, Refund
from orders.services.capturing import apply_payment
from orders.services.closing import close_order
from orders.services.invariants import violations
from orders.services.refunds import refund_line
from tests.factories.orders import PLACED_AT, make_order, make_sku
from tests.factories.sales import (
    completed_order,
    fact_of,
    paid_order,
    placed_group,
    placed_order,
    shipped_order,
    started_payment,
)

pytestmark = pytest.mark.django_db
AT = PLACED_AT + timedelta(days=1)


def test_an_empty_house_has_no_violations():
    assert violations() == []


@pytest.mark.parametrize("status", OrderStatus)
def test_rows_that_tests_make_keep_the_laws(status):
    make_order(status, quantity=3, freight=700)

    assert violations() == []


def test_the_whole_trade_keeps_the_laws():
    sku, other = make_sku(price=1_999, stock=50), make_sku(price=777, stock=50)
    placed_group((sku, 3), (other, 2))
    late = placed_order((sku, 1))
    payment = started_payment(late.group)
    close_order(order_id=late.pk, reason=CloseReason.UNPAID, at=AT, dead_payments=[payment.pk])
    apply_payment(fact_of(payment), at=AT)
    for order, amount, pieces in (
        (paid_order((sku, 2)), 1_999, 1),
        (shipped_order((other, 3)), 900, 0),
        (completed_order((sku, 1)), 2_799, 1),
    ):
        refund_line(
            line_id=order.lines.get().pk,
            amount=amount,
            quantity=pieces,
            freight_amount=800 if amount > 2_000 else 0,
            reference=f"case:{order.number}",
            at=AT,
        )

    assert violations() == []
    assert book.violations() == []


BREACHES = {
    "order": lambda order: Order.objects.update(
        goods_amount=order.goods_amount + 1, pay_amount=order.pay_amount + 1
    ),
    "group": lambda order: OrderGroup.objects.update(pay_amount=1),
    "line": lambda order: OrderLine.objects.update(
        freight_amount=1, freight_original_amount=1, pay_amount=order.goods_amount + 1
    ),
    "SKU": lambda order: Stock.objects.update(held=1),
    "order 000": lambda order: PaymentSplit.objects.update(captured_amount=4_999),
    "payment": lambda order: Payment.objects.update(amount=1),
    "refund": lambda order: Refund.objects.update(status="success"),
    "shop": lambda order: PaymentSplit.objects.update(refunded_amount=1),
}


@pytest.mark.parametrize("what", BREACHES)
def test_each_breach_is_found(what):
    order = make_order(OrderStatus.SHIPPED)
    refund_line(line_id=order.lines.get().pk, amount=100, reference="case:1", at=AT)
    assert violations() == []

    BREACHES[what](order)

    assert any(sentence.startswith(what) for sentence in violations())


def test_pieces_in_parcels_are_counted():
    make_order(OrderStatus.SHIPPED, quantity=2)
    OrderLine.objects.update(shipped_quantity=1)

    (sentence,) = violations()

    assert sentence.endswith("2 pieces are in parcels, it says 1")


def test_a_capture_that_the_book_does_not_know_is_found():
    order = make_order(OrderStatus.TO_SHIP)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE orders_payment SET gateway_txn = 'another'")

    assert violations() == [f"payment P{order.number} is paid and 0 captures of it are in the book"]
