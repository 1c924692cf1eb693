"""What the technical service fee is of: whichever discounts a line has."""

import random

from kernel.money import portion
from orders.models import OrderLine
from settlements.services.settling import worth_of

LINES = 5_000


def a_line(*, goods: int, freight: int, shop: int, platform: int, talent: int) -> OrderLine:
    """Return a line that is in no table, with each kind of discount."""
    return OrderLine(
        quantity=1,
        goods_amount=goods,
        freight_amount=freight,
        promotion_amount=shop + platform + talent,
        promotion_shop_amount=shop,
        promotion_platform_amount=platform,
        promotion_talent_amount=talent,
        pay_amount=goods - shop - platform - talent + freight,
    )


def test_the_fee_counts_freight_and_what_host_and_platform_bear_and_not_what_the_shop_bears() -> (
    None
):
    dice = random.Random(20261123)
    for _ in range(LINES):
        goods, freight = dice.randint(1, 10**7), dice.choice([0, dice.randint(1, 5_000)])
        first, second, third = sorted(dice.randint(0, goods) for _ in range(3))
        shop, platform, talent = first, second - first, third - second
        rate_bp = dice.randint(0, 3_000)
        line = a_line(goods=goods, freight=freight, shop=shop, platform=platform, talent=talent)

        worth = worth_of(line, (0, 0), rate_bp)

        # The price and the freight less the merchant's own coupon, and nothing else.
        base = goods - shop + freight
        assert worth.paid_amount + worth.subsidy_amount == base
        assert worth.platform_fee_amount == portion(base, rate_bp)
        assert worth.shop_amount == base - worth.platform_fee_amount
        # Who of host and platform bears a discount is nothing to the shop.
        other = a_line(goods=goods, freight=freight, shop=shop, platform=talent, talent=platform)
        assert worth_of(other, (0, 0), rate_bp) == worth


def test_a_line_that_the_buyer_has_all_of_back_costs_no_fee() -> None:
    line = a_line(goods=10_000, freight=500, shop=1_000, platform=2_000, talent=700)

    worth = worth_of(line, (0, 0), 500, refunded_amount=line.pay_amount)

    assert not worth
