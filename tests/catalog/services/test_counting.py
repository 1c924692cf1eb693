"""Stock as merchants edit it."""

import pytest

from catalog.enums import MovementKind
from catalog.models import Sku, Stock, StockMovement
from catalog.services import counting, stock
from catalog.services.counting import StockEdit
from catalog.services.invariants import violations
from kernel.models import AuditEntry
from tests.factories.catalog import ProductFactory, SkuFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def sku(shop) -> Sku:
    return SkuFactory(product=ProductFactory(shop=shop), stock=10)


def on_hand(sku: Sku) -> int:
    return Stock.objects.get(sku=sku).on_hand


@pytest.mark.parametrize(
    ("edit", "code", "after"),
    [
        ({"delta": 5}, "applied", 15),
        ({"delta": -10}, "applied", 0),
        ({"delta": -11}, "out_of_stock", 10),
        ({"delta": 0}, "unchanged", 10),
        ({"set_to": 3}, "applied", 3),
        ({"set_to": 3, "expected": 10}, "applied", 3),
        ({"set_to": 3, "expected": 9}, "stock_changed", 10),
        ({"set_to": 10, "expected": 10}, "unchanged", 10),
        ({"set_to": 100_000_001}, "too_many", 10),
    ],
)
def test_an_edit_has_its_own_result(sku, merchant, at, edit, code, after) -> None:
    results = counting.edit(edits=[StockEdit(sku, **edit)], reference="r1", actor=merchant, at=at)

    assert [(one.code, one.on_hand) for one in results] == [(code, after)]
    assert on_hand(sku) == after
    assert AuditEntry.objects.count() == (code == "applied")
    assert violations() == []


def test_a_refused_row_does_not_stop_the_others(sku, shop, merchant, at) -> None:
    other = SkuFactory(product=sku.product, options=["other"], stock=1)

    results = counting.edit(
        edits=[StockEdit(sku, delta=-99), StockEdit(other, delta=4)],
        reference="r1",
        actor=merchant,
        at=at,
    )

    assert [(one.code, one.is_ok) for one in results] == [
        ("out_of_stock", False),
        ("applied", True),
    ]
    assert (on_hand(sku), on_hand(other)) == (10, 5)


def test_a_retry_of_a_batch_changes_nothing(sku, merchant, at) -> None:
    edits = [StockEdit(sku, delta=5), StockEdit(sku, set_to=1, expected=15)]
    counting.edit(edits=edits, reference="r1", actor=merchant, at=at)

    again = counting.edit(edits=edits, reference="r1", actor=merchant, at=at)

    assert [one.code for one in again] == ["repeated", "repeated"]
    assert on_hand(sku) == 1
    assert StockMovement.objects.filter(sku=sku).count() == 3


def test_edits_of_one_sku_act_one_after_the_other(sku, merchant, at) -> None:
    results = counting.edit(
        edits=[StockEdit(sku, delta=-10), StockEdit(sku, delta=-1), StockEdit(sku, delta=2)],
        reference="r1",
        actor=merchant,
        at=at,
    )

    assert [one.code for one in results] == ["applied", "out_of_stock", "applied"]
    assert on_hand(sku) == 2


def test_held_pieces_are_not_counted_away(sku, merchant, at) -> None:
    stock.apply([stock.Move(sku.pk, sku.shop_id, MovementKind.HOLD, 4, "order:1:1")], at)

    results = counting.edit(
        edits=[StockEdit(sku, set_to=3), StockEdit(sku, set_to=4)],
        reference="r1",
        actor=merchant,
        at=at,
    )

    assert [one.code for one in results] == ["out_of_stock", "applied"]
    assert results[1].available == 0
