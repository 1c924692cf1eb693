"""Imports from file to shelf: good rows land, bad rows are named, nothing is half-written."""

import pytest

from catalog.enums import DisplayState, ImportFormat, ImportStatus, MovementKind
from catalog.models import (
    ImportRowError,
    PriceVersion,
    Product,
    ProductDraft,
    ProductReview,
    Sku,
    Stock,
    StockMovement,
)
from catalog.policies import AttributeRule
from catalog.services import search, shelf, stock
from catalog.services.importing import jobs
from catalog.services.invariants import violations
from kernel.models import AuditEntry, OutboxMessage, StatusChange
from shops.enums import ShopStatus
from tests.catalog.importing import samples
from tests.catalog.importing.outcomes import counts, faults
from tests.catalog.importing.samples import row
from tests.factories.catalog import (
    BrandFactory,
    CategoryFactory,
    ProductFactory,
    SkuFactory,
    give_rules,
    product_on_sale,
)
from tests.factories.shops import ShopFactory

pytestmark = pytest.mark.django_db


def test_a_new_row_becomes_a_product_with_price_and_stock(run, shop, leaf) -> None:
    job = run(samples.template(row("A", list_price="29.90"), row("B", stock="")))

    assert counts(job) == (ImportStatus.DONE, 2, 2, 0)
    assert (job.percent, bytes(job.content), job.done_count) == (100, b"", 2)
    product = Product.objects.get(shop=shop, merchant_code="A")
    assert (product.title, product.category, product.display_state) == (
        "纯棉毛巾 A",
        leaf,
        DisplayState.DRAFT,
    )
    assert (product.min_price, "毛巾" in product.search_words.split()) == (1_990, True)
    version = PriceVersion.objects.get(sku__merchant_code="A-1")
    assert (version.price, version.list_price) == (1_990, 2_990)
    assert Stock.objects.get(sku__merchant_code="A-1").on_hand == 5
    assert Stock.objects.get(sku__merchant_code="B-1").on_hand == 0
    assert violations() == []
    assert AuditEntry.objects.filter(action="catalog.start_import").count() == 1


def test_rows_of_one_product_become_its_variants(run, shop) -> None:
    run(
        samples.template(
            row("A", sku_code="A-1", option1_name="颜色", option1_value="红"),
            row("A", sku_code="A-2", option1_name="颜色", option1_value="蓝", title=""),
        )
    )

    product = Product.objects.get(shop=shop)
    assert product.option_names == ["颜色"]
    assert [sku.options for sku in product.skus.order_by("pk")] == [["红"], ["蓝"]]


def test_the_same_file_twice_changes_nothing(run, shop) -> None:
    content = samples.template(row("A"), row("B"))
    run(content)
    before = (PriceVersion.objects.count(), StockMovement.objects.count(), Sku.objects.count())

    job = run(content)

    assert counts(job) == (ImportStatus.DONE, 2, 2, 0)
    after = (PriceVersion.objects.count(), StockMovement.objects.count(), Sku.objects.count())
    assert after == before
    assert violations() == []


def test_a_later_file_brings_prices_and_counts_up_to_date(run) -> None:
    run(samples.template(row("A"), row("B")))

    job = run(b"sku_code,price,stock\nA-1,18.80,9\nB-1,,2\n")

    assert counts(job) == (ImportStatus.DONE, 2, 2, 0)
    rows = Stock.objects.order_by("sku__merchant_code").values_list("on_hand", flat=True)
    assert list(rows) == [9, 2]
    assert Product.objects.get(merchant_code="A").min_price == 1_880
    assert Product.objects.get(merchant_code="B").min_price == 1_990
    assert PriceVersion.objects.count() == 3
    assert violations() == []


def test_what_sells_gets_its_new_words_after_review(run, shop, leaf) -> None:
    product = product_on_sale(shop=shop, title="Old title", merchant_code="A", category=leaf)
    product.skus.update(merchant_code="A-1")

    job = run(samples.template(row("A", title="New title", price="9.90")))

    assert counts(job) == (ImportStatus.DONE, 1, 1, 0)
    product.refresh_from_db()
    assert (product.title, product.min_price) == ("Old title", 990)
    assert ProductDraft.objects.get(product=product).changes == {"title": "New title"}


def test_ten_kinds_of_damage_are_all_named_and_the_good_rows_land(run, shop) -> None:
    brand = BrandFactory(name="Muji")
    branch = CategoryFactory(name="居家")
    CategoryFactory(name="厨房", parent=branch)
    SkuFactory(product=ProductFactory(shop=shop), merchant_code="TAKEN")
    header = (*samples.HEADER, "brand")
    content = samples.template(
        row("GOOD-1", brand="Muji"),
        row("TEXT", price="cheap"),
        row("NEGATIVE", price="-3"),
        row("DECIMALS", price="1.234"),
        row("HUGE", price="999999999999"),
        row("STOCK", stock="-4"),
        row("CATEGORY", category="不存在"),
        row("BRANCH", category="居家"),
        row("BRAND", brand="Nobody"),
        row("NUL", title="nul\x00byte"),
        row("FORMULA", title="=HYPERLINK(1)"),
        row("LONG", title="长" * 121),
        row("SHORT", title="短"),
        row("EMOJI", title="🎉🎉"),
        row("NOTITLE", title=""),
        row("NOPRICE", price=""),
        row("OTHER", sku_code="TAKEN"),
        row("LISTPRICE", list_price="1"),
        row("DUPLICATE", sku_code="GOOD-1-1"),
        {},
        row("GOOD-2"),
        header=header,
    )

    job = run(content + b'SPILL,SPILL-1,t,t,1,,1,,,,one,cell,more\nLAST,LAST-1,"never closed')

    assert faults(job) == [
        (3, "price", "bad_price"),
        (4, "price", "price_not_positive"),
        (5, "price", "price_decimals"),
        (6, "price", "price_too_high"),
        (7, "stock", "stock_negative"),
        (8, "category", "unknown_category"),
        (9, "category", "category_not_a_leaf"),
        (10, "brand", "unknown_brand"),
        (11, "title", "bad_characters"),
        (12, "title", "formula"),
        (13, "title", "too_long"),
        (14, "title", "too_short"),
        (15, "title", "emoji"),
        (16, "title", "missing"),
        (17, "price", "missing"),
        (18, "sku_code", "code_of_another_product"),
        (19, "list_price", "out_of_range"),
        (20, "sku_code", "duplicate_code"),
        (23, "", "too_many_cells"),
        (24, "", "unclosed_quote"),
    ]
    assert counts(job) == (ImportStatus.DONE, 22, 2, 20)
    landed = Product.objects.filter(shop=shop).exclude(merchant_code="")
    assert sorted(landed.values_list("merchant_code", flat=True)) == ["GOOD-1", "GOOD-2"]
    assert landed.get(merchant_code="GOOD-1").brand == brand
    assert all(ImportRowError.objects.values_list("fix", flat=True))
    assert violations() == []


def test_one_bad_variant_does_not_keep_the_others_out(run, shop) -> None:
    job = run(
        samples.template(
            row("A", sku_code="A-1", option1_name="颜色", option1_value="红"),
            row("A", sku_code="A-2", option1_name="颜色", option1_value="蓝", price="x"),
            row("A", sku_code="A-3", option1_name="颜色", option1_value="红"),
            row("A", sku_code="A-4", option1_name="尺寸", option1_value="大"),
        )
    )

    assert faults(job) == [
        (3, "price", "bad_price"),
        (4, "options", "bad_options"),
        (5, "options", "bad_options"),
    ]
    assert [sku.merchant_code for sku in Sku.objects.filter(shop=shop)] == ["A-1"]


def test_a_required_attribute_is_asked_for(run, leaf) -> None:
    give_rules(leaf, attributes=(AttributeRule("材质", is_required=True),))

    job = run(samples.template(row("A")))

    assert faults(job) == [(2, "attributes", "attribute_required")]
    assert not Product.objects.exists()


def test_a_file_without_columns_fails_and_says_which(run) -> None:
    job = run(b"title,price\nTowel,1\n")

    assert counts(job) == (ImportStatus.FAILED, 0, 0, 0)
    assert (job.error, faults(job)) == (
        "The first row lacks columns.",
        [(1, "sku_code", "missing_column")],
    )


def test_a_file_that_is_no_table_fails(run) -> None:
    job = run(b"PK\x03\x04 not a zip")

    assert (job.status, job.error) == (
        ImportStatus.FAILED,
        "The file is not a readable XLSX workbook.",
    )


def test_held_pieces_are_not_counted_away(run, at) -> None:
    run(samples.template(row("A"), row("B")))
    sku = Sku.objects.get(merchant_code="A-1")
    stock.apply([stock.Move(sku.pk, sku.shop_id, MovementKind.HOLD, 4, "order:1:1")], at)

    job = run(b"sku_code,price,stock\nA-1,1.00,3\nB-1,,4\n")

    assert faults(job) == [(2, "stock", "stock_below_held")]
    assert Stock.objects.get(sku=sku).on_hand == 5
    assert Product.objects.get(merchant_code="A").min_price == 1_990
    assert violations() == []


def test_a_product_in_review_is_named_and_the_others_land(run, shop, merchant, leaf, at) -> None:
    run(samples.template(row("A"), row("B")))
    shelf.submit(product=Product.objects.get(merchant_code="A"), actor=merchant, at=at)

    job = run(samples.template(row("A", title="Other"), row("B", title="Other"), row("C")))

    assert faults(job) == [(2, "sku_code", "change_pending")]
    assert counts(job) == (ImportStatus.DONE, 3, 2, 1)
    titles = Product.objects.order_by("merchant_code").values_list("title", flat=True)
    assert list(titles) == ["纯棉毛巾 A", "Other", "纯棉毛巾 C"]


def test_codes_of_another_shop_are_not_touched(run, leaf) -> None:
    other = SkuFactory(
        product=ProductFactory(merchant_code="A", title="Theirs"), merchant_code="A-1", stock=7
    )

    job = run(samples.template(row("A", title="Ours")))

    assert counts(job) == (ImportStatus.DONE, 1, 1, 0)
    other.product.refresh_from_db()
    assert (other.product.title, Stock.objects.get(sku=other).on_hand) == ("Theirs", 7)
    assert Product.objects.count() == 2


def test_a_dry_run_reports_the_same_and_writes_nothing(run) -> None:
    content = samples.template(row("A"), row("B", price="x"), row("C", category="不存在"))

    dry = run(content, is_dry_run=True)
    left = [
        model.objects.count() for model in (Product, Sku, Stock, StockMovement, PriceVersion)
    ] + [OutboxMessage.objects.exclude(topic="catalog.import.queued.v1").count()]
    real = run(content)

    assert left == [0] * 6
    assert counts(dry) == counts(real) == (ImportStatus.DONE, 3, 1, 2)
    assert faults(dry) == faults(real)


def test_a_published_import_is_on_sale_and_found(run, shop) -> None:
    job = run(samples.template(row("A"), row("B", stock="0")), is_published=True)

    assert counts(job) == (ImportStatus.DONE, 2, 2, 0)
    states = Product.objects.order_by("merchant_code").values_list("display_state", flat=True)
    assert list(states) == [DisplayState.ON_SALE, DisplayState.IN_WAREHOUSE]
    found = search.matching(Product.objects.on_sale(), "毛巾")
    assert [one.merchant_code for one in found] == ["A"]
    assert ProductReview.objects.filter(verdict="approved").count() == 2
    listed = Product.objects.get(merchant_code="A")
    moves = StatusChange.objects.filter(model="catalog.product", object_id=listed.pk).order_by("id")
    assert list(moves.values_list("field", "to_status")) == [
        ("review_status", "pending"),
        ("draft_status", "pending"),
        ("review_status", "approved"),
        ("draft_status", "none"),
        ("shelf_status", "on"),
    ]


def test_a_published_import_makes_changes_of_what_sells_live(run, shop, leaf) -> None:
    run(samples.template(row("A")), is_published=True)

    run(samples.template(row("A", title="New title")), is_published=True)

    product = Product.objects.get(merchant_code="A")
    assert (product.title, product.display_state) == ("New title", DisplayState.ON_SALE)


def test_nothing_is_listed_in_a_shop_that_is_not_open(merchant, leaf, at) -> None:
    closed = ShopFactory(status=ShopStatus.PREPARING)
    job = jobs.start(
        shop=closed,
        format=ImportFormat.TEMPLATE,
        filename="a.csv",
        content=samples.template(row("A")),
        is_published=True,
        actor=merchant,
        at=at,
    )

    jobs.run(job=job, at=at)

    assert Product.objects.get().display_state == DisplayState.IN_WAREHOUSE
