"""Promising money back: once, never too much, and the order goes where it belongs."""

from datetime import timedelta

import pytest

from kernel.actors import Actor, Role
from kernel.models import OutboxMessage
from ledger.models import Leg, Transfer
from orders.enums import OrderStatus, RefundStatus
from orders.errors import NothingCaptured, RefundExceedsPayment, RefundReferenceReused
from orders.models import LineRefund, Order, PaymentSplit, Refund
from orders.services.refunds import refund_line
from tests.factories.orders import PLACED_AT, make_order, make_sku

pytestmark = pytest.mark.django_db
AT = PLACED_AT + timedelta(days=1)


def refund(line, amount, **kwargs):
    return refund_line(
        **{"line_id": line.pk, "amount": amount, "reference": "case:1", "at": AT, **kwargs}
    )


def test_a_refund_is_counted_on_line_split_and_book_and_waits_for_the_gateway():
    order = make_order(OrderStatus.SHIPPED, price=5_000, quantity=2, freight=800)
    line = order.lines.get()

    made = refund(line, 5_400, freight_amount=400, quantity=1)

    line.refresh_from_db()
    assert (line.refunded_amount, line.refunded_quantity) == (5_400, 1)
    assert PaymentSplit.objects.get(order=order).refunded_amount == 5_400
    assert (made.status, made.amount, made.order, made.attempts) == (
        RefundStatus.WAITING,
        5_400,
        order,
        0,
    )
    legs = Leg.objects.filter(transfer__reference=f"refund:{made.number}")
    assert sorted(legs.values_list("account__code", "account__owner", "amount")) == [
        ("escrow", order.shop.public_id, 5_400),
        ("refunds_payable", order.shop.public_id, -5_400),
    ]
    row = LineRefund.objects.get()
    assert (row.refund, row.line, row.amount, row.freight_amount, row.quantity) == (
        made,
        line,
        5_400,
        400,
        1,
    )
    (told,) = OutboxMessage.objects.filter(topic="orders.line.refunded.v1")
    assert told.payload == {
        "line_id": line.pk,
        "order_id": order.pk,
        "shop_id": order.shop_id,
        "refund_number": made.number,
        "amount": 5_400,
        "freight_amount": 400,
        "quantity": 1,
        "at": AT.isoformat(),
    }


def test_the_same_reference_returns_the_first_refund():
    line = make_order(OrderStatus.SHIPPED).lines.get()
    first = refund(line, 1_000)

    again = refund(line, 1_000)

    line.refresh_from_db()
    assert again == first
    assert line.refunded_amount == 1_000
    assert Refund.objects.count() == 1


def test_the_same_reference_with_another_amount_is_refused():
    line = make_order(OrderStatus.SHIPPED).lines.get()
    refund(line, 1_000)

    with pytest.raises(RefundReferenceReused):
        refund(line, 1_001)

    line.refresh_from_db()
    assert line.refunded_amount == 1_000


@pytest.mark.parametrize(
    ("amount", "freight_amount", "quantity"),
    [
        (10_801, 0, 0),
        (10_000, 801, 0),
        (10_000, 0, 3),
        (0, 0, 1),
        (-5, 0, 0),
        (100, 101, 0),
        (100, -1, 0),
        (100, 0, -1),
    ],
)
def test_more_than_was_paid_is_refused_and_nothing_changes(amount, freight_amount, quantity):
    order = make_order(OrderStatus.SHIPPED, price=5_000, quantity=2, freight=800)
    line = order.lines.get()
    transfers = Transfer.objects.count()

    with pytest.raises(RefundExceedsPayment):
        refund(line, amount, freight_amount=freight_amount, quantity=quantity)

    line.refresh_from_db()
    assert (line.refunded_amount, line.refunded_quantity) == (0, 0)
    assert PaymentSplit.objects.get(order=order).refunded_amount == 0
    assert (Refund.objects.count(), Transfer.objects.count()) == (0, transfers)


def test_freight_has_a_limit_of_its_own_over_several_refunds():
    line = make_order(OrderStatus.SHIPPED, price=5_000, freight=800).lines.get()
    refund(line, 500, freight_amount=500, reference="case:1")

    with pytest.raises(RefundExceedsPayment):
        refund(line, 400, freight_amount=400, reference="case:2")

    line.refresh_from_db()
    assert line.refunded_amount == 500


def test_an_unpaid_order_has_nothing_to_give_back():
    line = make_order(OrderStatus.UNPAID).lines.get()

    with pytest.raises(NothingCaptured):
        refund(line, 100)

    line.refresh_from_db()
    assert line.refunded_amount == 0


def test_an_order_refunded_whole_before_shipping_is_closed_and_its_pieces_stand_in_stock_again():
    sku = make_sku(stock=10, price=5_000)
    order = make_order(OrderStatus.TO_SHIP, items=[(sku, 3)], freight=500)
    actor = Actor(role=Role.MERCHANT, label="Lin (owner)")

    refund(order.lines.get(), 15_500, freight_amount=500, quantity=3, actor=actor)

    order.refresh_from_db()
    sku.stock.refresh_from_db()
    assert (order.status, order.close_reason, order.closed_at) == ("closed", "refunded", AT)
    assert (sku.stock.on_hand, sku.stock.held) == (10, 0)
    assert OutboxMessage.objects.filter(topic="orders.order.closed.v1").count() == 1


def test_a_part_refunded_before_shipping_leaves_the_rest_to_ship():
    sku = make_sku(stock=10)
    order = make_order(OrderStatus.TO_SHIP, items=[(sku, 3)])
    line = order.lines.get()

    refund(line, 5_000, quantity=1)

    order.refresh_from_db()
    line.refresh_from_db()
    sku.stock.refresh_from_db()
    assert order.status == OrderStatus.TO_SHIP
    assert (line.cancelled_quantity, line.unshipped_quantity) == (1, 2)
    assert sku.stock.on_hand == 8


def test_money_alone_takes_no_piece_out_of_the_parcel():
    order = make_order(OrderStatus.TO_SHIP, quantity=2)
    line = order.lines.get()

    refund(line, 300)

    line.refresh_from_db()
    assert line.unshipped_quantity == 2


def test_all_the_money_of_a_line_takes_all_its_pieces():
    order = make_order(OrderStatus.TO_SHIP, price=5_000, quantity=2)
    line = order.lines.get()
    refund(line, 4_000, reference="case:1")

    refund(line, 6_000, reference="case:2")

    order.refresh_from_db()
    assert order.status == OrderStatus.CLOSED


def test_a_partly_shipped_order_is_shipped_when_the_rest_is_refunded(settings):
    sku = make_sku()
    order = make_order(OrderStatus.PARTLY_SHIPPED, items=[(sku, 1), (make_sku(sku.shop), 2)])
    second = order.lines.get(position=2)

    refund_line(
        line_id=second.pk,
        amount=second.pay_amount,
        quantity=2,
        reference="case:9",
        at=AT,
    )

    order = Order.objects.get(pk=order.pk)
    assert (order.status, order.shipped_at) == (OrderStatus.SHIPPED, AT)
    assert order.confirm_by_at == AT + settings.AUTO_CONFIRM_AFTER


def test_shipped_pieces_that_come_back_leave_the_unshipped_ones_to_ship():
    order = make_order(OrderStatus.PARTLY_SHIPPED, quantity=4)  # two of them shipped
    line = order.lines.get()

    refund(line, 5_000, quantity=1, takes_unshipped=False)

    line.refresh_from_db()
    order.refresh_from_db()
    assert (line.unshipped_quantity, order.status) == (2, OrderStatus.PARTLY_SHIPPED)


def test_a_refund_after_shipping_leaves_the_state_and_the_stock_alone():
    sku = make_sku(stock=10)
    order = make_order(OrderStatus.COMPLETED, items=[(sku, 2)])

    refund(order.lines.get(), 10_000, quantity=2)

    order.refresh_from_db()
    sku.stock.refresh_from_db()
    assert (order.status, sku.stock.on_hand) == (OrderStatus.COMPLETED, 8)
