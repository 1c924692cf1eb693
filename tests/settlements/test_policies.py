"""The waterfall: nobody gains, nobody loses, whatever the numbers (M5)."""

import random

from affiliates.policies import split
from settlements.policies import Waterfall, subsidy_left, waterfall

LINES = 40_000


def test_every_split_conserves_the_money_and_ends_at_zero() -> None:
    """Random lines, each refunded in random pieces until nothing is left: over 100,000 splits."""
    dice = random.Random(20261122)
    splits = 0
    for _ in range(LINES):
        goods, freight = dice.randint(1, 10**7), dice.choice([0, dice.randint(1, 5_000)])
        subsidy = dice.choice([0, 0, dice.randint(0, goods)])
        rate, share, fee = dice.randint(0, 5_000), dice.randint(0, 10_000), dice.randint(0, 3_000)
        paid = left = goods + freight
        booked = Waterfall()
        while True:
            earned = split(base_amount=max(0, left - freight), rate_bp=rate, agency_share_bp=share)
            target = waterfall(
                paid_amount=left,
                subsidy_amount=subsidy_left(
                    subsidy_amount=subsidy, paid_amount=paid, left_amount=left
                ),
                creator_amount=earned.creator_amount,
                agency_amount=earned.agency_amount,
                fee_rate_bp=fee,
            )
            change = target - booked
            for one in (target, change):
                assert one.paid_amount + one.subsidy_amount == (
                    one.shop_amount
                    + one.creator_amount
                    + one.agency_amount
                    + one.platform_fee_amount
                )
            assert min(vars(target).values()) >= 0
            booked = target
            splits += 1
            if not left:
                break
            left -= dice.choice([left, dice.randint(1, left)])
        assert booked == Waterfall()
    assert splits > 100_000


def test_what_subsidies_paid_for_goes_back_with_its_pieces() -> None:
    """Of a line that cost its buyer nothing there is no money by which the subsidy could shrink."""
    left = [
        subsidy_left(subsidy_amount=900, paid_amount=0, left_amount=0, kept=(kept, 3))
        for kept in (3, 2, 0)
    ]

    assert left == [900, 600, 0]


def test_a_waterfall_of_nothing_is_false() -> None:
    assert not Waterfall()
    assert Waterfall(paid_amount=-1, shop_amount=-1)
