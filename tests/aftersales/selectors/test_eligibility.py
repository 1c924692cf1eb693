"""What may be asked for on a line, and why not."""

from datetime import timedelta

import pytest
from django.conf import settings

from aftersales.enums import CaseKind, ReasonCode, Refusal
from aftersales.selectors.eligibility import eligibility
from orders.enums import OrderStatus
from tests.factories.aftersales import OPENED_AT, open_case
from tests.factories.orders import make_order, make_sku

pytestmark = pytest.mark.django_db


def ask(order, at=OPENED_AT, position=1):
    """Return what may be asked for on a line."""
    return eligibility(order.lines.get(position=position), at)


@pytest.mark.parametrize(
    ("status", "refusal"),
    [(OrderStatus.UNPAID, Refusal.UNPAID), (OrderStatus.CLOSED, Refusal.CLOSED)],
)
def test_an_order_without_money_has_no_cases(status, refusal):
    verdict = ask(make_order(status))

    assert (verdict.refusal, verdict.kinds) == (refusal, ())


@pytest.mark.parametrize("status", [OrderStatus.PAID, OrderStatus.TO_SHIP])
def test_before_shipping_only_the_money_can_come_back(status):
    verdict = ask(make_order(status, quantity=2, price=1_000, freight=800))

    assert verdict.refusal is None
    assert [(one.kind, one.max_quantity, one.max_amount) for one in verdict.kinds] == [
        (CaseKind.REFUND_UNSHIPPED, 2, 2_800)
    ]


def test_shipped_goods_can_be_kept_or_sent_back():
    verdict = ask(make_order(OrderStatus.SHIPPED, quantity=2, price=1_000))

    assert [(one.kind, one.max_quantity) for one in verdict.kinds] == [
        (CaseKind.RETURN_AND_REFUND, 2),
        (CaseKind.REFUND_SHIPPED, 2),
    ]
    assert ReasonCode.NOT_RECEIVED not in verdict.kinds[0].reasons


def test_a_half_shipped_line_offers_each_half_what_fits_it():
    verdict = ask(make_order(OrderStatus.PARTLY_SHIPPED, quantity=5))

    assert {one.kind: one.max_quantity for one in verdict.kinds} == {
        CaseKind.RETURN_AND_REFUND: 2,
        CaseKind.REFUND_SHIPPED: 2,
        CaseKind.REFUND_UNSHIPPED: 3,
    }


def test_the_window_closes_to_the_second():
    order = make_order(OrderStatus.COMPLETED)
    until = order.completed_at + settings.AFTERSALES_WINDOW

    assert ask(order, until - timedelta(seconds=1)).refusal is None
    assert ask(order, until).refusal == Refusal.WINDOW_OVER


def test_one_case_at_a_time_on_a_line_and_the_next_line_is_free():
    shop_sku = make_sku()
    order = make_order(OrderStatus.SHIPPED, items=[(shop_sku, 1), (make_sku(shop_sku.shop), 1)])
    open_case(order, position=1)

    assert ask(order, position=1).refusal == Refusal.OPEN_CASE
    assert ask(order, position=2).refusal is None


def test_nothing_is_left_when_every_piece_was_taken_back():
    order = make_order(OrderStatus.SHIPPED, quantity=2)
    order.lines.update(refunded_quantity=2, refunded_amount=10_000)

    assert ask(order).refusal == Refusal.NOTHING_LEFT


def test_nothing_is_left_when_all_the_money_went_back_for_kept_goods():
    order = make_order(OrderStatus.SHIPPED, quantity=2)
    order.lines.update(refunded_amount=10_000)

    assert ask(order).refusal == Refusal.NOTHING_LEFT
