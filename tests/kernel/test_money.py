"""Splitting, rates and the text of amounts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import money

AMOUNTS = st.integers(min_value=-money.MAX_AMOUNT, max_value=money.MAX_AMOUNT)
WEIGHTS = st.lists(st.integers(min_value=0, max_value=10**12), min_size=1, max_size=30)


@given(AMOUNTS, WEIGHTS)
def test_parts_add_up_to_the_whole(amount: int, weights: list[int]) -> None:
    assert sum(money.allocate(amount, weights)) == amount


@given(AMOUNTS, WEIGHTS)
def test_no_part_is_a_unit_away_from_its_exact_share(amount: int, weights: list[int]) -> None:
    total = sum(weights) or len(weights)
    fair = weights if sum(weights) else [1] * len(weights)

    parts = money.allocate(amount, weights)

    assert all(
        abs(part * total - amount * weight) < total
        for part, weight in zip(parts, fair, strict=True)
    )


@given(AMOUNTS, WEIGHTS)
def test_a_negative_amount_splits_as_the_mirror_of_the_positive(
    amount: int, weights: list[int]
) -> None:
    mirrored = [-part for part in money.allocate(-amount, weights)]

    assert money.allocate(amount, weights) == mirrored


def test_a_weight_of_zero_gets_nothing_while_others_weigh() -> None:
    assert money.allocate(100, [0, 3, 0, 1]) == [0, 75, 0, 25]


def test_equal_remainders_go_to_the_larger_weight_then_the_earlier_place() -> None:
    assert money.allocate(2, [1, 1, 1]) == [1, 1, 0]
    assert money.allocate(1, [1, 3, 0]) == [0, 1, 0]


def test_zero_weights_split_as_evenly_as_integers_allow() -> None:
    assert money.allocate(5, [0, 0, 0]) == [2, 2, 1]


@pytest.mark.parametrize("weights", [[], [3, -1]])
def test_impossible_weights_are_refused(weights: list[int]) -> None:
    with pytest.raises(ValueError, match=r"allocate to|negative"):
        money.allocate(10, weights)


@given(AMOUNTS, st.integers(min_value=0, max_value=money.FULL_BP))
def test_a_portion_is_rounded_towards_zero_and_never_above_the_whole(
    amount: int, rate_bp: int
) -> None:
    share = money.portion(amount, rate_bp)

    assert abs(share) <= abs(amount)
    assert 0 <= abs(amount) * rate_bp - abs(share) * money.FULL_BP < money.FULL_BP
    assert share == -money.portion(-amount, rate_bp)


@given(AMOUNTS)
def test_minor_reads_what_major_writes(amount: int) -> None:
    assert money.minor(str(money.major(amount))) == amount


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("19.99", "CNY", 1999),
        (" 19.9 ", "CNY", 1990),
        ("19.9900", "CNY", 1999),
        ("-0.01", "CNY", -1),
        ("0", "CNY", 0),
        ("1200", "JPY", 1200),
        ("100000000", "CNY", money.MAX_AMOUNT),
    ],
)
def test_plain_numbers_are_read(text: str, currency: str, amount: int) -> None:
    assert money.minor(text, currency) == amount


@pytest.mark.parametrize(
    "text",
    [
        "", " ", ".", "1.", ".5", "19.999", "1e3", "1_000", "1,000", "NaN", "Infinity", "-",
        "+5", "１２", "0x10", "1 2", "¥5", "100000000.01", "9" * 400, "0." + "0" * 400 + "1",
        "1\x00",
    ],
)  # fmt: skip
def test_anything_else_is_no_amount(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        money.minor(text)


def test_a_currency_without_minor_units_takes_no_fraction() -> None:
    with pytest.raises(ValueError, match="not an amount"):
        money.minor("1.5", "JPY")


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (123456, "CNY", "¥1,234.56"),
        (-5, "CNY", "-¥0.05"),
        (0, "CNY", "¥0.00"),
        (1200, "JPY", "¥1,200"),
        (100, "CHF", "CHF 1.00"),
    ],
)
def test_amounts_are_shown_as_people_read_them(amount: int, currency: str, text: str) -> None:
    assert money.display(amount, currency) == text
