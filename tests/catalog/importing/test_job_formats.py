"""Imports of other platforms' files, and of what is no file of ours."""

import pytest

from catalog.enums import DisplayState, ImportFormat, ImportStatus
from catalog.errors import UnreadableFile
from catalog.models import (
    Brand,
    Category,
    ImportJob,
    ImportRowError,
    PriceVersion,
    Product,
)
from catalog.services import search
from catalog.services.invariants import violations
from tests.catalog.importing import samples
from tests.catalog.importing.outcomes import counts, faults

pytestmark = pytest.mark.django_db


def test_shopify_goes_to_the_default_category_without_unknown_brands(run, leaf, shop) -> None:
    content = samples.shopify(
        {
            "Handle": "towel",
            "Title": "Cotton towel",
            "Vendor": "Nobody",
            "Type": "Bath",
            "Variant Price": "19.99",
            "Variant Compare At Price": "9.99",
            "Variant Inventory Qty": "2",
        }
    )

    refused = run(content, ImportFormat.SHOPIFY)
    job = run(content, ImportFormat.SHOPIFY, category=leaf)

    assert faults(refused) == [
        (2, "Type", "unknown_category"),
        (2, "Vendor", "brand_unknown"),
    ]
    assert counts(job) == (ImportStatus.DONE, 1, 1, 0)
    notes = ImportRowError.objects.filter(job=job, is_note=True).order_by("id")
    assert list(notes.values_list("column", "code")) == [
        ("Vendor", "brand_unknown"),
        ("Variant Compare At Price", "list_price_left_out"),
    ]
    product = Product.objects.get(shop=shop)
    assert (product.category, product.brand, product.min_price) == (leaf, None, 1_999)


def test_yanxuan_comes_in_whole_with_its_words(run, shop, leaf) -> None:
    job = run(samples.yanxuan(), ImportFormat.YANXUAN, is_trusted=True, is_published=True)

    assert counts(job) == (ImportStatus.DONE, 3, 3, 0)
    assert faults(job) == [
        (3, "goods.csv: list_price", "list_price_left_out"),
        (4, "goods.csv: list_price", "list_price_left_out"),
    ]
    first, second = Product.objects.filter(shop=shop).order_by("merchant_code")
    assert (first.display_state, second.display_state) == (
        DisplayState.ON_SALE,
        DisplayState.IN_WAREHOUSE,
    )
    assert [node.name for node in Category.objects.filter(level=1)] == [leaf.name, "居家"]
    assert first.category.parent.name == "居家"
    assert (first.brand.name, Brand.objects.count()) == ("内野制造商", 1)
    assert [(one.price, one.list_price) for one in PriceVersion.objects.order_by("id")] == [
        (89_900, 91_900),
        (99_900, None),
        (139_900, None),
    ]
    found = search.matching(Product.objects.on_sale(), "四件套")
    assert [(one.title, one.min_price) for one in found] == [("轻奢纯棉刺绣水洗四件套", 89_900)]
    assert violations() == []


def test_a_dry_run_of_yanxuan_makes_no_words(run, leaf) -> None:
    job = run(samples.yanxuan(), ImportFormat.YANXUAN, is_trusted=True, is_dry_run=True)

    assert counts(job) == (ImportStatus.DONE, 3, 3, 0)
    assert (Category.objects.count(), Brand.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    ("file_format", "content"),
    [
        (ImportFormat.YANXUAN, b"PK"),
        ("unknown", b"a"),
        (ImportFormat.TEMPLATE, b""),
        (ImportFormat.TEMPLATE, b"x" * (10 * 1024 * 1024 + 1)),
    ],
)
def test_what_a_shop_may_not_send_is_refused(run, file_format, content) -> None:
    with pytest.raises(UnreadableFile):
        run(content, file_format)

    assert not ImportJob.objects.exists()
