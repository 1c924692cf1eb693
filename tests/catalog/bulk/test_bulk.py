"""Many SKUs at once: looked at, applied, taken back where nobody came between."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from catalog.enums import BulkLineState, BulkStatus, MovementKind
from catalog.errors import MissingColumns, NothingToChange, UndoTooLate, UnreadableFile
from catalog.models import BulkEdit, BulkEditLine, PriceVersion, Sku, Stock, StockMovement
from catalog.services import counting, prices, stock
from catalog.services.bulk import applying, preparing, reading
from catalog.services.bulk.reading import Wish
from catalog.services.counting import StockEdit
from catalog.services.invariants import violations
from catalog.tasks import sweep_bulk_edits
from kernel.errors import IllegalTransition
from kernel.models import AuditEntry, OutboxMessage
from tests.factories.catalog import SkuFactory, give_rules, product_on_sale
from tests.factories.shops import ShopFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def sku(shop) -> Sku:
    return SkuFactory(product=product_on_sale(shop=shop, skus=0), merchant_code="A", price=1_000)


@pytest.fixture
def other(shop) -> Sku:
    return SkuFactory(product=product_on_sale(shop=shop, skus=0), merchant_code="B", price=2_000)


@pytest.fixture
def prepare(shop, merchant, at):
    def build(*wishes: Wish, **more) -> BulkEdit:
        return preparing.prepare(shop=shop, wishes=wishes, actor=merchant, at=at, **more)

    return build


def wish(code: str, row: int = 1, **more) -> Wish:
    return Wish(row, code, **more)


def price_of(sku: Sku) -> tuple[int, int | None]:
    version = sku.prices.in_force().get()
    return version.price, version.list_price


def on_hand(sku: Sku) -> int:
    return Stock.objects.get(sku=sku).on_hand


def states(job: BulkEdit) -> list[tuple[str, str]]:
    return list(job.lines.order_by("row_number").values_list("state", "code"))


# --- reading --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "A,19.90,5\nB,,7",
        "A\t19.90\t5\nB\t\t7",
        "sku_code,price,stock\nA,19.90,5\nB,,7",
        "商家编码,库存,价格\nA,5,19.90\nB,7,",
        "\ufeffA;19.90;5\r\nB;;7\r\n\r\n",
    ],
)
def test_rows_are_read_with_and_without_names(text) -> None:
    found = [
        (one.merchant_code, one.price, one.stock, one.code)
        for one in reading.wishes_in(text.encode())
    ]

    assert found == [("A", 1_990, 5, ""), ("B", None, 7, "")]


def test_a_single_code_alone_is_a_row() -> None:
    assert [one.merchant_code for one in reading.wishes_in(b"A")] == ["A"]


def test_bad_cells_are_told_by_row_and_column() -> None:
    found = reading.wishes_in(b"A,x\nB,1,-1\n=C,1\n,1\nD,1,2,3,4")

    assert [(one.row, one.column, one.code) for one in found] == [
        (1, "price", "bad_price"),
        (2, "stock", "stock_negative"),
        (3, "sku_code", "formula"),
        (4, "sku_code", "missing"),
        (5, "", "too_many_cells"),
    ]


def test_a_file_without_codes_or_with_too_many_rows_is_refused() -> None:
    with pytest.raises(MissingColumns):
        reading.wishes_in(b"price,stock\n1,2")
    with pytest.raises(UnreadableFile):
        reading.wishes_in(b"\n".join(b"A%d,1" % n for n in range(reading.MAX_ROWS + 1)))


# --- the look -------------------------------------------------------------------------------------


def test_a_look_says_before_and_after_and_changes_nothing(prepare, sku, other) -> None:
    job = prepare(
        wish("A", price=1_500, stock=90),
        wish("B", 2, price=2_000, stock=100),
        wish("NOPE", 3, price=1),
        wish("A", 4, price=1),
        Wish(5, "B2", code="bad_price", column="price"),
    )

    assert (job.status, job.has_prices) == (BulkStatus.PREPARED, True)
    assert (job.total_count, job.good_count, job.bad_count) == (5, 1, 3)
    assert states(job) == [
        ("waiting", ""),
        ("same", ""),
        ("bad", "unknown_sku"),
        ("bad", "duplicate_code"),
        ("bad", "bad_price"),
    ]
    line = job.lines.get(row_number=1)
    assert (line.old_price, line.new_price) == (1_000, 1_500)
    assert (line.old_on_hand, line.new_on_hand, line.delta) == (100, 90, -10)
    assert (price_of(sku), on_hand(sku)) == ((1_000, None), 100)
    assert PriceVersion.objects.count() == 2


def test_another_shops_code_is_unknown(prepare) -> None:
    SkuFactory(product=product_on_sale(shop=ShopFactory(), skus=0), merchant_code="THEIRS")

    assert states(prepare(wish("THEIRS", price=1))) == [("bad", "unknown_sku")]


def test_no_row_is_nothing(prepare) -> None:
    with pytest.raises(NothingToChange):
        prepare()

    assert not BulkEdit.objects.exists()


@pytest.mark.parametrize(
    ("change", "after"), [(-1_000, 900), (333, 1_033), (-9_900, 10), (0, None)]
)
def test_all_prices_change_by_percent(prepare, sku, change, after) -> None:
    job = prepare(wish("A", price=5), price_change_bp=change)

    assert job.lines.get().new_price == after


def test_rules_of_list_prices_hold_for_each_row(prepare, sku, other, leaf) -> None:
    PriceVersion.objects.create(
        shop=sku.shop, sku=sku, price=1_000, list_price=1_200, effective_from=sku.created_at
    )

    job = prepare(wish("A", price=1_300), wish("B", 2, price=2_000, list_price=1_999))

    assert states(job) == [("bad", "out_of_range"), ("bad", "out_of_range")]


def test_a_category_that_asks_for_evidence_gets_it(prepare, sku) -> None:
    give_rules(sku.product.category, needs_list_price_evidence=True)

    assert states(prepare(wish("A", list_price=1_500))) == [("bad", "evidence_required")]


def test_held_pieces_are_not_taken_away(prepare, sku, at) -> None:
    stock.apply([stock.Move(sku.pk, sku.shop_id, MovementKind.HOLD, 7, "order:1:1")], at)

    assert states(prepare(wish("A", stock=6))) == [("bad", "stock_below_held")]
    assert prepare(wish("A", stock=7)).good_count == 1


# --- apply ----------------------------------------------------------------------------------------


def test_what_was_looked_at_is_applied_with_prices_movements_and_an_audit(
    prepare, sku, other, merchant, at
) -> None:
    job = prepare(wish("A", price=1_500, list_price=3_000), wish("B", 2, stock=130), wish("X", 3))

    job = applying.apply(job=job, actor=merchant, at=at)

    assert (job.status, job.applied_count, job.refused_count) == (BulkStatus.APPLIED, 2, 0)
    assert (price_of(sku), price_of(other)) == ((1_500, 3_000), (2_000, None))
    assert (on_hand(sku), on_hand(other)) == (100, 130)
    movement = StockMovement.objects.get(sku=other, kind="inbound")
    assert (movement.on_hand_delta, movement.reference) == (30, f"bulk:{job.public_id}:2")
    line = job.lines.get(row_number=1)
    assert line.new_version == sku.prices.in_force().get().pk
    assert line.old_version == sku.prices.order_by("pk")[0].pk
    sku.product.refresh_from_db()
    assert sku.product.min_price == 1_500
    entry = AuditEntry.objects.get(action="catalog.apply_bulk_edit")
    assert (entry.target_id, entry.after) == (job.public_id, {"rows": 2})
    assert job.undo_until_at == at + settings.UNDO_BULK_EDIT_WITHIN
    assert violations() == []


def test_a_row_that_somebody_changed_since_the_look_is_passed_over_whole(
    prepare, sku, other, merchant, at
) -> None:
    job = prepare(wish("A", price=1_500, stock=50), wish("B", 2, price=2_500, stock=50))
    prices.set_price(sku=sku, price=999, actor=merchant, at=at)
    counting.edit(edits=[StockEdit(other, delta=1)], reference="x", actor=merchant, at=at)

    job = applying.apply(job=job, actor=merchant, at=at)

    assert states(job) == [("passed", "price_changed"), ("passed", "stock_changed")]
    assert (price_of(sku)[0], on_hand(sku)) == (999, 100)
    assert (price_of(other)[0], on_hand(other)) == (2_000, 101)
    assert (job.applied_count, job.refused_count) == (0, 2)


def test_what_orders_sell_between_look_and_change_stays_sold(prepare, sku, merchant, at) -> None:
    job = prepare(wish("A", stock=110))
    for kind in (MovementKind.HOLD, MovementKind.SOLD):
        stock.apply([stock.Move(sku.pk, sku.shop_id, kind, 3, "order:1:1")], at)

    applying.apply(job=job, actor=merchant, at=at)

    assert on_hand(sku) == 107  # ten more than there were, three of them gone
    assert violations() == []


def test_held_since_the_look_is_not_taken_away(prepare, sku, merchant, at) -> None:
    job = prepare(wish("A", stock=2))
    stock.apply([stock.Move(sku.pk, sku.shop_id, MovementKind.HOLD, 3, "order:1:1")], at)

    assert states(applying.apply(job=job, actor=merchant, at=at)) == [
        ("passed", "stock_below_held")
    ]
    assert on_hand(sku) == 100


def test_rules_that_came_since_the_look_hold(prepare, sku, merchant, at) -> None:
    job = prepare(wish("A", list_price=1_500, stock=50))
    give_rules(sku.product.category, needs_list_price_evidence=True)

    assert states(applying.apply(job=job, actor=merchant, at=at)) == [
        ("passed", "evidence_required")
    ]
    assert (price_of(sku), on_hand(sku)) == ((1_000, None), 100)


def test_a_bulk_edit_is_applied_once_and_not_without_a_good_row(prepare, sku, merchant, at) -> None:
    job = prepare(wish("A", stock=50))
    applying.apply(job=job, actor=merchant, at=at)

    with pytest.raises(IllegalTransition):
        applying.apply(job=job, actor=merchant, at=at)
    with pytest.raises(NothingToChange):
        applying.apply(job=prepare(wish("A", stock=50)), actor=merchant, at=at)

    assert StockMovement.objects.filter(sku=sku, kind="outbound").count() == 1


def test_a_discarded_one_is_never_applied(prepare, sku, merchant, at) -> None:
    job = applying.discard(job=prepare(wish("A", stock=50)), actor=merchant, at=at)

    with pytest.raises(IllegalTransition):
        applying.apply(job=job, actor=merchant, at=at)

    assert on_hand(sku) == 100


def test_a_large_one_is_a_workers_with_percent(prepare, shop, merchant, at, monkeypatch) -> None:
    skus = [SkuFactory(product=product_on_sale(shop=shop, skus=0)) for _ in range(5)]
    monkeypatch.setattr(applying, "AT_ONCE", 2)
    monkeypatch.setattr(applying, "CHUNK", 2)
    job = prepare(
        *(wish(sku.merchant_code, place, stock=5) for place, sku in enumerate(skus, start=1))
    )

    job = applying.apply(job=job, actor=merchant, at=at)
    assert (job.status, job.percent) == (BulkStatus.APPLYING, 0)
    assert OutboxMessage.objects.filter(topic="catalog.bulk_edit.queued.v1").count() == 1
    assert applying.run_chunk(job_id=job.pk, at=at)
    job.refresh_from_db()
    assert job.percent == 40
    sweep_bulk_edits()
    job.refresh_from_db()

    assert (job.status, job.applied_count, job.percent) == (BulkStatus.APPLIED, 5, 100)
    assert [on_hand(sku) for sku in skus] == [5] * 5
    assert applying.run_chunk(job_id=job.pk, at=at) is False
    job = applying.undo(job=job, actor=merchant, at=at)
    assert job.status == BulkStatus.UNDOING
    sweep_bulk_edits()
    assert [on_hand(sku) for sku in skus] == [100] * 5
    assert violations() == []


def test_a_job_that_cannot_go_on_ends_and_says_what_is_left(
    prepare, sku, other, merchant, at, monkeypatch
) -> None:
    monkeypatch.setattr(applying, "AT_ONCE", 0)
    monkeypatch.setattr(applying, "CHUNK", 1)
    job = prepare(wish("A", stock=5), wish("B", 2, stock=5))
    applying.apply(job=job, actor=merchant, at=at)
    applying.run_chunk(job_id=job.pk, at=at)

    def broken(*_args, **_options):
        raise RuntimeError("out of luck")

    monkeypatch.setattr(applying, "standing", broken)
    sweep_bulk_edits()

    job.refresh_from_db()
    assert (job.status, job.applied_count, job.refused_count) == (BulkStatus.APPLIED, 1, 1)
    assert states(job) == [("applied", ""), ("passed", "not_done")]
    assert (on_hand(sku), on_hand(other)) == (5, 100)
    assert applying.at_work(limit=3) == []


# --- undo -----------------------------------------------------------------------------------------


def test_an_undo_brings_back_what_was(prepare, sku, other, merchant, at) -> None:
    job = prepare(wish("A", price=1_500, list_price=3_000, stock=40), wish("B", 2, stock=130))
    job = applying.apply(job=job, actor=merchant, at=at)

    job = applying.undo(job=job, actor=merchant, at=at + timedelta(hours=23))

    assert (job.status, job.undone_count, job.kept_count) == (BulkStatus.UNDONE, 2, 0)
    assert (price_of(sku), on_hand(sku), on_hand(other)) == ((1_000, None), 100, 100)
    assert sku.prices.count() == 3  # nothing is ever taken out of the history
    assert AuditEntry.objects.filter(action="catalog.undo_bulk_edit").count() == 1
    assert violations() == []
    with pytest.raises(IllegalTransition):
        applying.undo(job=job, actor=merchant, at=at)


def test_an_undo_keeps_the_rows_that_somebody_changed_since(
    prepare, sku, other, shop, merchant, at
) -> None:
    third = SkuFactory(product=product_on_sale(shop=shop, skus=0), merchant_code="C")
    job = prepare(
        wish("A", price=1_500), wish("B", 2, stock=130, price=2_500), wish("C", 3, stock=1)
    )
    applying.apply(job=job, actor=merchant, at=at)
    prices.set_price(sku=sku, price=1_600, actor=merchant, at=at)
    counting.edit(edits=[StockEdit(other, delta=5)], reference="x", actor=merchant, at=at)

    job = applying.undo(job=job, actor=merchant, at=at)

    assert states(job) == [("kept", "price_changed"), ("kept", "stock_changed"), ("undone", "")]
    assert (job.undone_count, job.kept_count) == (1, 2)
    assert (price_of(sku)[0], price_of(other)[0], on_hand(other)) == (1_600, 2_500, 135)
    assert on_hand(third) == 100
    assert violations() == []


def test_a_price_that_waits_for_its_day_is_somebodys_change(prepare, sku, merchant, at) -> None:
    job = applying.apply(job=prepare(wish("A", price=1_500)), actor=merchant, at=at)
    later = at + timedelta(days=900)
    prices.set_price(sku=sku, price=1_700, effective_from=later, actor=merchant, at=at)

    assert states(applying.undo(job=job, actor=merchant, at=at)) == [("kept", "price_changed")]
    assert price_of(sku)[0] == 1_500


def test_an_undo_takes_no_piece_that_is_sold_or_held(prepare, sku, merchant, at) -> None:
    job = applying.apply(job=prepare(wish("A", stock=110)), actor=merchant, at=at)
    stock.apply([stock.Move(sku.pk, sku.shop_id, MovementKind.HOLD, 105, "order:1:1")], at)

    assert states(applying.undo(job=job, actor=merchant, at=at)) == [("kept", "stock_below_held")]
    assert on_hand(sku) == 110


def test_an_undo_comes_within_a_day(prepare, sku, merchant, at) -> None:
    job = applying.apply(job=prepare(wish("A", price=1_500)), actor=merchant, at=at)

    with pytest.raises(UndoTooLate):
        applying.undo(job=job, actor=merchant, at=at + timedelta(hours=24, seconds=1))

    assert (price_of(sku)[0], BulkEdit.objects.get().status) == (1_500, BulkStatus.APPLIED)


def test_two_bulk_edits_of_one_sku_are_undone_in_their_order(prepare, sku, merchant, at) -> None:
    first = applying.apply(job=prepare(wish("A", price=1_500, stock=90)), actor=merchant, at=at)
    second = applying.apply(job=prepare(wish("A", price=1_600, stock=80)), actor=merchant, at=at)

    assert states(applying.undo(job=first, actor=merchant, at=at)) == [("kept", "price_changed")]
    assert states(applying.undo(job=second, actor=merchant, at=at)) == [("undone", "")]
    assert (price_of(sku)[0], on_hand(sku)) == (1_500, 90)
    assert violations() == []


def test_a_line_belongs_to_the_shop_of_its_job_and_its_sku(prepare, sku) -> None:
    line = prepare(wish("A", price=1_500)).lines.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        BulkEditLine.objects.filter(pk=line.pk).update(shop=ShopFactory())
    with pytest.raises(IntegrityError), transaction.atomic():
        BulkEditLine.objects.filter(pk=line.pk).update(sku=None, state=BulkLineState.WAITING)
