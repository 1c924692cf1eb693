"""Stock: summed per SKU, once per reference, all or nothing."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from catalog.enums import MovementKind
from catalog.errors import HoldMissing, OutOfStock
from catalog.models import Sku, Stock, StockMovement
from catalog.services import stock
from catalog.services.invariants import violations
from kernel.asking import ask_one
from tests.factories.catalog import LONG_AGO, SkuFactory

pytestmark = pytest.mark.django_db

AT = LONG_AGO


def move(sku: Sku, kind: MovementKind, quantity: int, reference: str = "order:1:1") -> stock.Move:
    return stock.Move(sku.pk, sku.shop_id, kind, quantity, reference)


def counters(sku: Sku) -> tuple[int, int, int]:
    row = Stock.objects.get(sku_id=sku.pk)
    return row.on_hand, row.held, row.available


@pytest.mark.parametrize(
    ("kind", "after"),
    [
        (MovementKind.INITIAL, (13, 2, 11)),
        (MovementKind.INBOUND, (13, 2, 11)),
        (MovementKind.RETURNED, (13, 2, 11)),
        (MovementKind.OUTBOUND, (7, 2, 5)),
        (MovementKind.HOLD, (10, 5, 5)),
    ],
)
def test_each_kind_moves_its_counters(kind: MovementKind, after: tuple[int, int, int]) -> None:
    sku = SkuFactory(stock=10)
    stock.apply([move(sku, MovementKind.HOLD, 2, "order:0:1")], AT)

    stock.apply([move(sku, kind, 3)], AT)

    assert counters(sku) == after
    assert violations() == []


@pytest.mark.parametrize(
    ("kind", "after"), [(MovementKind.RELEASE, (10, 2, 8)), (MovementKind.SOLD, (7, 2, 5))]
)
def test_what_was_held_is_released_or_sold(kind: MovementKind, after: tuple[int, int, int]) -> None:
    sku = SkuFactory(stock=10)
    stock.apply([move(sku, MovementKind.HOLD, 5)], AT)

    stock.apply([move(sku, kind, 3)], AT)

    assert counters(sku) == after
    assert violations() == []


def test_a_reference_has_its_effect_once() -> None:
    sku = SkuFactory(stock=10)
    hold = move(sku, MovementKind.HOLD, 3)

    first = stock.apply([hold, hold], AT)
    second = stock.apply([hold], AT)

    assert (first, second) == ([hold], [])
    assert counters(sku) == (10, 3, 7)


def test_a_known_move_does_not_stop_the_new_ones_beside_it() -> None:
    sku = SkuFactory(stock=10)
    stock.apply([move(sku, MovementKind.HOLD, 8, "order:1:1")], AT)

    new = stock.apply(
        [
            move(sku, MovementKind.HOLD, 8, "order:1:1"),
            move(sku, MovementKind.HOLD, 2, "order:2:1"),
        ],
        AT,
    )

    assert [one.reference for one in new] == ["order:2:1"]
    assert counters(sku) == (10, 10, 0)


def test_two_lines_of_one_sku_are_summed_before_they_are_compared() -> None:
    sku = SkuFactory(stock=5)

    with pytest.raises(OutOfStock) as refusal:
        stock.apply(
            [
                move(sku, MovementKind.HOLD, 3, "order:1:1"),
                move(sku, MovementKind.HOLD, 3, "order:1:2"),
            ],
            AT,
        )

    assert refusal.value.extra == {"skus": [sku.public_id]}
    assert counters(sku) == (5, 0, 5)
    assert StockMovement.objects.filter(sku=sku).count() == 1


def test_a_short_sku_stops_the_whole_set_and_only_it_is_named() -> None:
    plenty, short = SkuFactory(stock=9), SkuFactory(stock=1)

    with pytest.raises(OutOfStock) as refusal:
        stock.apply([move(plenty, MovementKind.HOLD, 2), move(short, MovementKind.HOLD, 2)], AT)

    assert refusal.value.extra == {"skus": [short.public_id]}
    assert (counters(plenty), counters(short)) == ((9, 0, 9), (1, 0, 1))


def test_a_sku_without_counters_is_out_of_stock() -> None:
    sku = SkuFactory(stock=0)
    Stock.objects.filter(sku_id=sku.pk).delete()

    with pytest.raises(OutOfStock):
        stock.apply([move(sku, MovementKind.INBOUND, 1)], AT)

    assert StockMovement.objects.count() == 0


def test_more_than_was_held_is_not_released() -> None:
    sku = SkuFactory(stock=5)
    stock.apply([move(sku, MovementKind.HOLD, 1)], AT)

    with pytest.raises(HoldMissing) as refusal:
        stock.apply([move(sku, MovementKind.RELEASE, 2)], AT)

    assert refusal.value.extra == {"skus": [sku.public_id]}
    assert counters(sku) == (5, 1, 4)


def test_held_pieces_cannot_be_taken_out() -> None:
    sku = SkuFactory(stock=5)
    stock.apply([move(sku, MovementKind.HOLD, 4)], AT)

    with pytest.raises(OutOfStock):
        stock.apply([move(sku, MovementKind.OUTBOUND, 2)], AT)

    assert counters(sku) == (5, 4, 1)


@pytest.mark.parametrize("quantity", [0, -1])
def test_a_move_moves_something(quantity: int) -> None:
    with pytest.raises(ValueError, match="pieces"):
        stock.Move(1, 1, MovementKind.HOLD, quantity, "order:1:1")


def test_a_set_costs_two_statements_for_one_and_for_many(django_assert_num_queries) -> None:
    skus = [SkuFactory() for _ in range(4)]

    for some, reference in ((skus[:1], "order:1:1"), (skus, "order:2:1")):
        with django_assert_num_queries(2):
            stock.apply([move(sku, MovementKind.HOLD, 1, reference) for sku in some], AT)


def test_a_known_move_makes_no_room_for_a_new_one() -> None:
    sku = SkuFactory(stock=5)
    inbound = move(sku, MovementKind.INBOUND, 5, "edit:1")
    stock.apply([inbound], AT)

    with pytest.raises(OutOfStock):
        stock.apply([inbound, move(sku, MovementKind.HOLD, 12)], AT)

    assert counters(sku) == (10, 0, 10)


def test_a_hold_whose_reference_is_known_is_refused() -> None:
    sku = SkuFactory(stock=5)
    ask_one(stock.to_hold([move(sku, MovementKind.HOLD, 1)], AT))

    with pytest.raises(RuntimeError):
        ask_one(stock.to_hold([move(sku, MovementKind.HOLD, 1)], AT))

    assert counters(sku) == (5, 1, 4)


def test_lock_tells_what_is_available_and_leaves_out_the_unknown() -> None:
    sku = SkuFactory(stock=5)
    stock.apply([move(sku, MovementKind.HOLD, 2)], AT)

    with CaptureQueriesContext(connection) as queries:
        available = stock.lock([sku.pk, 0])

    assert available == {sku.pk: 3}
    assert "FOR NO KEY UPDATE" in queries[0]["sql"]


@pytest.mark.django_db(transaction=True)
def test_a_lock_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError):
        stock.lock([1])


def test_the_database_keeps_the_counters_when_a_service_forgets() -> None:
    sku = SkuFactory(stock=5)

    with pytest.raises(IntegrityError), transaction.atomic():
        Stock.objects.filter(sku_id=sku.pk).update(held=6)

    assert counters(sku) == (5, 0, 5)


def test_counters_that_no_movement_explains_are_a_violation() -> None:
    sku = SkuFactory(stock=5)

    Stock.objects.filter(sku_id=sku.pk).update(on_hand=6, held=1)

    assert violations() == [
        f"stock of {sku.public_id}: on hand 6, held 1, but its movements add up to 5 and 0"
    ]
