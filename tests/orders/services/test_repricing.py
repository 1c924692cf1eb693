"""OR-18: a shop's own price before payment."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import InvalidInput
from kernel.models import AuditEntry
from kernel.money import MAX_AMOUNT
from orders.enums import OrderStatus
from orders.errors import AmountTooLarge, PriceIsFinal
from orders.models import OrderGroup, PriceAdjustment
from orders.services.invariants import violations
from orders.services.repricing import _borne, change_price, discount_of
from tests.factories.orders import PLACED_AT, make_order, make_sku
from tests.factories.sales import started_payment
from tests.factories.shops import ShopFactory, actor_of

pytestmark = pytest.mark.django_db
AT = PLACED_AT + timedelta(minutes=3)


def change(order, discount=0, freight=0, reason="An old customer"):
    return change_price(
        order_id=order.pk,
        discount_amount=discount,
        freight_amount=freight,
        reason=reason,
        at=AT,
        actor=actor_of(order.shop),
    )


def order_of_three(freight=1_000):
    shop = ShopFactory()
    items = [(make_sku(shop, price=price), 1) for price in (100, 100, 101)]
    return make_order(OrderStatus.UNPAID, items=items, freight=freight)


def amounts(order, name):
    return list(order.lines.order_by("position").values_list(f"{name}_amount", flat=True))


def steps(order):
    rows = PriceAdjustment.objects.filter(line__order=order).order_by("pk")
    return list(rows.values_list("line__position", "step", "amount", "bearer"))


def test_or_18_the_discount_is_spread_over_the_lines_and_everything_adds_up():
    """Discount and freight are totals; lines take them by largest remainder.

    Page: /merchant/orders/order/{number}/do/price/
    """
    order = order_of_three()
    placed = steps(order)

    changed = change(order, discount=100, freight=500)

    assert (changed.pay_amount, changed.promotion_amount, changed.freight_amount) == (701, 100, 500)
    assert amounts(order, "promotion_shop") == [33, 33, 34]
    assert amounts(order, "freight") == [166, 166, 168]
    assert amounts(order, "freight_promotion") == [166, 166, 168]
    assert amounts(order, "pay") == [233, 233, 235]
    assert steps(order)[len(placed) :] == [
        (1, "modify_amount", -33, "shop"),
        (1, "modify_post_amount", -166, "shop"),
        (2, "modify_amount", -33, "shop"),
        (2, "modify_post_amount", -166, "shop"),
        (3, "modify_amount", -34, "shop"),
        (3, "modify_post_amount", -168, "shop"),
    ]
    assert OrderGroup.objects.get(pk=order.group_id).pay_amount == 701
    assert violations() == []
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.reason, entry.before["pay"], entry.after["pay"]) == (
        "orders.change_price",
        "An old customer",
        1_301,
        701,
    )


def test_the_last_call_holds_and_the_first_price_can_come_back():
    order = order_of_three()
    before = (order.pay_amount, amounts(order, "pay"), amounts(order, "freight"))

    change(order, discount=100, freight=0)
    change(order, discount=40, freight=1_500)
    assert discount_of(order) == 40
    assert (amounts(order, "freight_promotion"), violations()) == ([0, 0, 0], [])
    again = change(order, discount=0, freight=1_000)

    assert (again.pay_amount, amounts(order, "pay"), amounts(order, "freight")) == before
    assert (discount_of(order), violations()) == (0, [])
    count = PriceAdjustment.objects.count()
    change(order, discount=0, freight=1_000)
    assert PriceAdjustment.objects.count() == count


@given(placed=st.integers(0, 50), before=st.integers(0, 50), after=st.integers(0, 50))
def test_a_change_of_freight_is_borne_by_the_shop_below_the_first_and_by_the_buyer_above(
    placed, before, after
):
    borne = _borne(placed, before, after)

    assert sum(borne.values()) == after - before
    assert borne["shop"] == -(max(placed - after, 0) - max(placed - before, 0))


@pytest.mark.parametrize(
    ("discount", "freight", "reason", "pointer"),
    [
        (0, 0, " ", "/reason"),
        (302, 0, "x", "/discount_amount"),
        (-1, 0, "x", "/discount_amount"),
        (301, 0, "x", "/discount_amount"),
        (0, -1, "x", "/freight_amount"),
        (0, MAX_AMOUNT + 1, "x", "/freight_amount"),
    ],
)
def test_a_price_that_cannot_be_is_refused_and_nothing_changed(discount, freight, reason, pointer):
    order = order_of_three()
    placed = steps(order)

    with pytest.raises(InvalidInput) as refusal:
        change(order, discount, freight, reason)

    assert [one.pointer for one in refusal.value.errors] == [pointer]
    order.refresh_from_db()
    assert (order.pay_amount, steps(order)) == (1_301, placed)


def test_everything_but_a_fen_may_be_taken_off():
    assert change(order_of_three(), discount=301, freight=1).pay_amount == 1


def test_a_group_beyond_what_one_payment_can_be_is_refused_and_nothing_changed():
    order = order_of_three()

    with pytest.raises(AmountTooLarge):
        change(order, freight=MAX_AMOUNT)

    order.refresh_from_db()
    assert (order.freight_amount, violations()) == (1_000, [])


@pytest.mark.parametrize("status", sorted(set(OrderStatus.values) - {OrderStatus.UNPAID}))
def test_the_price_of_what_is_paid_or_closed_is_final(status):
    order = make_order(status)

    with pytest.raises(PriceIsFinal):
        change(order, discount=1)

    assert not PriceAdjustment.objects.exists()


def test_the_price_is_final_while_a_payment_is_under_way():
    order = order_of_three()
    payment = started_payment(order.group)

    with pytest.raises(PriceIsFinal):
        change(order, discount=1)

    order.refresh_from_db()
    assert (order.pay_amount, payment.amount) == (1_301, 1_301)


def test_a_payment_that_starts_afterwards_asks_for_the_new_total():
    order = order_of_three()

    change(order, discount=100, freight=0)

    assert started_payment(order.group).amount == 201
