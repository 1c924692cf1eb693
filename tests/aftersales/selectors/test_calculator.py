"""The refund calculator: every cent, once."""

from hypothesis import given
from hypothesis import strategies as st

from aftersales.enums import CaseKind, ReasonCode
from aftersales.selectors.calculator import LineFacts, calculate

UNSHIPPED = CaseKind.REFUND_UNSHIPPED
SHIPPED = CaseKind.REFUND_SHIPPED
RETURN = CaseKind.RETURN_AND_REFUND
UNWANTED = ReasonCode.NO_LONGER_WANTED


def facts(**changes):
    """Three pieces for 100 fen with 8 fen of freight, nothing sent."""
    values = {"currency": "CNY", "quantity": 3, "goods_amount": 100, "freight_amount": 8}
    return LineFacts(**(values | changes))


def test_a_part_is_rounded_down_and_carries_no_freight():
    worth = calculate(facts(), kind=UNSHIPPED, quantity=1, reason=UNWANTED)

    assert (worth.goods_amount, worth.freight_amount, worth.amount) == (33, 0, 33)


def test_the_last_piece_takes_the_remainder_and_the_freight():
    left = facts(refunded_quantity=2, cancelled_quantity=2, refunded_goods_amount=66)

    worth = calculate(left, kind=UNSHIPPED, quantity=1, reason=UNWANTED)

    assert (worth.goods_amount, worth.freight_amount) == (34, 8)


def test_freight_stays_with_the_carrier_when_a_buyer_changes_their_mind_after_shipping():
    sent = facts(shipped_quantity=3)

    worth = calculate(sent, kind=RETURN, quantity=3, reason=UNWANTED)

    assert (worth.goods_amount, worth.freight_amount) == (100, 0)


def test_freight_goes_back_when_the_shop_answers_for_the_reason():
    sent = facts(shipped_quantity=3)

    worth = calculate(sent, kind=RETURN, quantity=3, reason=ReasonCode.DAMAGED)

    assert (worth.goods_amount, worth.freight_amount) == (100, 8)


def test_freight_is_kept_when_a_part_of_the_line_was_sent():
    sent = facts(shipped_quantity=2)

    worth = calculate(sent, kind=UNSHIPPED, quantity=1, reason=UNWANTED)

    assert (worth.goods_amount, worth.freight_amount) == (33, 0)


def test_an_earlier_compensation_makes_each_remaining_piece_worth_less():
    compensated = facts(shipped_quantity=3, refunded_goods_amount=40)

    worth = calculate(compensated, kind=RETURN, quantity=1, reason=UNWANTED)

    assert worth.goods_amount == 20


def test_more_pieces_than_are_left_are_worth_nothing():
    worth = calculate(facts(), kind=UNSHIPPED, quantity=4, reason=UNWANTED)

    assert worth.amount == 0


def test_goods_are_given_back_before_freight():
    worth = calculate(facts(), kind=UNSHIPPED, quantity=3, reason=UNWANTED)

    assert [worth.freight_in(amount) for amount in (1, 100, 103, 108)] == [0, 0, 3, 8]
    assert [worth.covers_goods(amount) for amount in (99, 100)] == [False, True]


def test_pieces_are_counted_where_they_are():
    some = facts(
        quantity=5, shipped_quantity=2, cancelled_quantity=1, refunded_quantity=2
    )  # one cancelled, one returned

    assert (some.pieces_left, some.unshipped_left, some.shipped_left) == (3, 2, 1)
    assert [some.most_pieces(kind) for kind in (UNSHIPPED, SHIPPED, RETURN)] == [2, 1, 1]


@given(
    goods=st.integers(0, 10_000_000),
    freight=st.integers(0, 10_000),
    cuts=st.lists(st.integers(1, 5), min_size=1, max_size=12),
    reasons=st.lists(st.sampled_from(ReasonCode), min_size=12, max_size=12),
)
def test_parts_in_any_cut_add_up_to_what_was_paid(goods, freight, cuts, reasons):
    quantity = sum(cuts)
    back_goods = back_freight = pieces = 0

    for cut, reason in zip(cuts, reasons, strict=False):
        left = LineFacts(
            currency="CNY",
            quantity=quantity,
            goods_amount=goods,
            freight_amount=freight,
            refunded_quantity=pieces,
            cancelled_quantity=pieces,
            refunded_goods_amount=back_goods,
            refunded_freight_amount=back_freight,
        )
        worth = calculate(left, kind=UNSHIPPED, quantity=cut, reason=reason)
        assert 0 <= worth.goods_amount <= left.goods_left_amount
        assert 0 <= worth.freight_amount <= left.freight_left_amount
        back_goods += worth.goods_amount
        back_freight += worth.freight_amount
        pieces += cut

    assert (back_goods, back_freight) == (goods, freight)
