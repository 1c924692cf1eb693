"""The price pipeline."""

from hypothesis import given
from hypothesis import strategies as st

from orders.enums import AdjustmentStep, Bearer
from orders.services.pricing import Adjustment, Terms, price_order


def test_freight_falls_on_the_lines_by_the_price_of_their_goods():
    order = price_order([(1_000, 1), (500, 4)], Terms(freight=800))

    assert [line.freight_amount for line in order.lines] == [267, 533]
    assert (order.goods_amount, order.freight_amount, order.pay_amount) == (3_000, 800, 3_800)
    assert order.lines[0].adjustments == (Adjustment(AdjustmentStep.FREIGHT, 267, Bearer.BUYER),)


def test_free_sending_leaves_no_adjustment():
    order = price_order([(1_000, 1)], Terms())

    assert order.lines[0].adjustments == ()
    assert order.pay_amount == 1_000


@given(
    st.lists(st.tuples(st.integers(1, 10**10), st.integers(1, 9_999)), min_size=1, max_size=50),
    st.integers(0, 10**7),
)
def test_the_parts_add_up_and_the_identities_of_the_table_hold(prices, freight):
    order = price_order(prices, Terms(freight=freight))

    assert sum(line.freight_amount for line in order.lines) == freight
    for line in order.lines:
        assert line.pay_amount == line.goods_amount - line.promotion_amount + line.freight_amount
        assert line.freight_original_amount == line.freight_amount + line.freight_promotion_amount
        assert sum(step.amount for step in line.adjustments) == line.pay_amount - line.goods_amount
    assert order.pay_amount == order.goods_amount - order.promotion_amount + order.freight_amount
