"""Public numbers and ids."""

from datetime import UTC, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kernel import numbers

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SEQUENCES = st.integers(min_value=0, max_value=10**10 - 1)


@given(SEQUENCES)
def test_a_number_has_sixteen_digits_and_starts_with_the_day(sequence: int) -> None:
    number = numbers.public_number(sequence, NOON)

    assert len(number) == 16
    assert number.isdigit()
    assert number.startswith("260301")


@given(st.sets(SEQUENCES, min_size=2, max_size=50))
def test_different_sequences_make_different_numbers(sequences: set[int]) -> None:
    made = {numbers.public_number(sequence, NOON) for sequence in sequences}

    assert len(made) == len(sequences)


def test_a_thousand_orders_in_a_row_make_a_thousand_numbers_far_apart() -> None:
    made = [int(numbers.public_number(n, NOON)[6:]) for n in range(1_000)]

    assert len(set(made)) == 1_000
    assert min(abs(a - b) for a, b in pairwise(made)) > 1_000_000


def test_the_day_is_the_day_in_china() -> None:
    late = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)  # half past midnight in Shanghai

    assert numbers.public_number(1, late).startswith("260302")


def test_public_ids_carry_their_prefix_and_do_not_repeat() -> None:
    made = {numbers.public_id("shp") for _ in range(1_000)}

    assert len(made) == 1_000
    assert {(one[:4], len(one)) for one in made} == {("shp_", 24)}
