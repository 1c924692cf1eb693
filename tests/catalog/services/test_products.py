"""Products are made and changed; what sells keeps selling until a change is approved."""

import pytest

from catalog.enums import DisplayState, DraftStatus, ReviewStatus, ShelfStatus
from catalog.errors import (
    ChangePending,
    DuplicateCode,
    InvalidProduct,
    NothingToSubmit,
)
from catalog.models import PriceVersion, Product, ProductDraft, ProductReview, Sku, Stock
from catalog.policies import AttributeRule
from catalog.services import products, shelf
from catalog.services.content import Content
from catalog.services.invariants import violations
from catalog.services.variants import SkuSpec
from kernel.errors import IllegalTransition, StaleVersion
from kernel.models import AuditEntry
from tests.factories.catalog import (
    BrandFactory,
    CategoryFactory,
    DraftProductFactory,
    ProductFactory,
    SkuFactory,
    give_rules,
    product_on_sale,
)

pytestmark = pytest.mark.django_db


def axes_of(product: Product) -> tuple[str, str, str, str]:
    product.refresh_from_db()
    return (
        product.shelf_status,
        product.review_status,
        product.draft_status,
        product.display_state,
    )


def content(leaf, **more) -> Content:
    return Content(**{"category": leaf, "title": "轻奢纯棉四件套", **more})


def test_a_product_comes_with_skus_prices_and_counted_stock(shop, merchant, leaf, at) -> None:
    brand = BrandFactory()

    product = products.create(
        shop=shop,
        content=content(leaf, brand=brand, option_names=["规格", "颜色"]),
        skus=[
            SkuSpec("A-1", 89_900, 91_900, 5, ["1.5m", "红"]),
            SkuSpec("A-2", 99_900, None, 0, ["1.8m", "红"]),
        ],
        actor=merchant,
        at=at,
    )

    assert axes_of(product) == (
        ShelfStatus.OFF,
        ReviewStatus.NOT_SUBMITTED,
        DraftStatus.UNSUBMITTED,
        DisplayState.DRAFT,
    )
    assert (product.min_price, product.max_price, product.brand) == (89_900, 99_900, brand)
    rows = Stock.objects.order_by("sku_id").values_list("sku__merchant_code", "on_hand", "held")
    assert list(rows) == [("A-1", 5, 0), ("A-2", 0, 0)]
    prices = PriceVersion.objects.order_by("sku_id").values_list("price", "list_price")
    assert list(prices) == [(89_900, 91_900), (99_900, None)]
    assert "四件套" in product.search_words.split()
    assert AuditEntry.objects.get(action="catalog.create_product").target_id == product.public_id
    assert violations() == []


def test_made_and_submitted_in_one_go(shop, merchant, leaf, at) -> None:
    product = products.create(
        shop=shop,
        content=content(leaf),
        skus=[SkuSpec("A-1", 100)],
        actor=merchant,
        at=at,
        submit_now=True,
        list_when_approved=False,
    )

    review = ProductReview.objects.get(product=product)
    assert axes_of(product)[3] == DisplayState.IN_REVIEW
    assert (review.list_when_approved, review.is_draft) == (False, False)
    assert review.content["title"] == "轻奢纯棉四件套"
    assert review.content["category"] == leaf.public_id


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"title": "x"}, [("/title", "too_short")]),
        ({"title": "x" * 241}, [("/title", "too_long")]),
        ({"title": "🎉🎉🎉"}, [("/title", "emoji")]),
        ({"title": "two\nlines"}, [("/title", "bad_text")]),
        ({"title": "nul\x00byte"}, [("/title", "bad_text")]),
        ({"title": "right\u202eleft"}, [("/title", "bad_text")]),
        ({"brief": "x" * 201}, [("/brief", "too_long")]),
        ({"image_urls": ["javascript:alert(1)"]}, [("/image_urls", "bad_address")]),
        (
            {"image_urls": ["https://a.example/1.jpg"] * 51},
            [("/image_urls", "too_many_images"), ("/detail_image_urls", "too_many_images")],
        ),
        ({"option_names": ["a", "b", "c", "d"]}, [("/option_names", "too_many")]),
        ({"option_names": ["a", "a"]}, [("/option_names", "bad_options")]),
        ({"attributes": [{"name": "材质", "value": ""}]}, [("/attributes", "bad_attributes")]),
        (
            {"attributes": [{"name": "a", "value": "1"}, {"name": "a", "value": "2"}]},
            [("/attributes", "bad_attributes")],
        ),
    ],
)
def test_bad_content_is_refused_and_named(shop, merchant, leaf, at, change, faults) -> None:
    with pytest.raises(InvalidProduct) as refusal:
        products.create(
            shop=shop,
            content=content(leaf, **change),
            skus=[SkuSpec("A-1", 100, options=["x"] * len(change.get("option_names", [])))],
            actor=merchant,
            at=at,
        )

    assert [(one.pointer, one.code) for one in refusal.value.errors] == faults
    assert Product.objects.count() == 0


def test_a_branch_holds_no_products(shop, merchant, at) -> None:
    branch = CategoryFactory()
    CategoryFactory(parent=branch)

    with pytest.raises(InvalidProduct) as refusal:
        products.create(
            shop=shop, content=content(branch), skus=[SkuSpec("A", 100)], actor=merchant, at=at
        )

    assert refusal.value.errors[0].code == "not_a_leaf"


@pytest.mark.parametrize(
    ("attributes", "codes"),
    [
        ([], ["attribute_required"]),
        ([{"name": "材质", "value": "铁"}], ["attribute_not_a_choice"]),
        ([{"name": "材质", "value": "棉"}], []),
    ],
)
def test_the_leaf_says_which_attributes(shop, merchant, leaf, at, attributes, codes) -> None:
    rule = AttributeRule("材质", is_required=True, choices=("棉", "麻"))
    give_rules(leaf, attributes=(rule,))

    def create() -> Product:
        return products.create(
            shop=shop,
            content=content(leaf, attributes=attributes),
            skus=[SkuSpec("A", 100)],
            actor=merchant,
            at=at,
        )

    if not codes:
        assert create().attributes == attributes
        return
    with pytest.raises(InvalidProduct) as refusal:
        create()
    assert [one.code for one in refusal.value.errors] == codes


@pytest.mark.parametrize(
    ("specs", "pointer"),
    [
        ([], "/skus"),
        ([SkuSpec("A", 100)], "/skus/0/options"),
        ([SkuSpec("A", 100, options=["x"]), SkuSpec("B", 1, options=["x"])], "/skus/1/options"),
        ([SkuSpec("", 100, options=["x"])], "/skus/0/merchant_code"),
        ([SkuSpec("A", 100, options=["x"], image_url="ftp://x")], "/skus/0/image_url"),
    ],
)
def test_bad_skus_are_refused_and_named(shop, merchant, leaf, at, specs, pointer) -> None:
    with pytest.raises(InvalidProduct) as refusal:
        products.create(
            shop=shop,
            content=content(leaf, option_names=["size"]),
            skus=specs,
            actor=merchant,
            at=at,
        )

    assert [one.pointer for one in refusal.value.errors] == [pointer]
    assert (Product.objects.count(), Sku.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("price", "list_price"), [(0, None), (10**10 + 1, None), (100, 99), (100, 100)]
)
def test_bad_prices_are_refused(shop, merchant, leaf, at, price, list_price) -> None:
    with pytest.raises(InvalidProduct):
        products.create(
            shop=shop,
            content=content(leaf),
            skus=[SkuSpec("A", price, list_price)],
            actor=merchant,
            at=at,
        )

    assert Product.objects.count() == 0


def test_a_merchant_code_is_the_shops_once(shop, merchant, leaf, at) -> None:
    SkuFactory(product=ProductFactory(shop=shop), merchant_code="A-1")
    SkuFactory(merchant_code="B-1")

    with pytest.raises(DuplicateCode):
        products.create(
            shop=shop, content=content(leaf), skus=[SkuSpec("A-1", 100)], actor=merchant, at=at
        )
    other = products.create(
        shop=shop, content=content(leaf), skus=[SkuSpec("B-1", 100)], actor=merchant, at=at
    )

    assert list(Product.objects.filter(shop=shop, title="轻奢纯棉四件套")) == [other]


def test_what_was_never_approved_changes_at_once(merchant, shop, at) -> None:
    product = DraftProductFactory(shop=shop)

    edited = products.edit(
        product=product, changes={"title": "纯棉毛巾"}, actor=merchant, at=at, version=1
    )

    product.refresh_from_db()
    assert (product.title, product.version, edited.title) == ("纯棉毛巾", 2, "纯棉毛巾")
    assert "毛巾" in product.search_words.split()
    assert not ProductDraft.objects.exists()


def test_what_sells_keeps_selling_while_its_change_waits(merchant, shop, at) -> None:
    product = product_on_sale(shop=shop, title="Old title")

    products.edit(product=product, changes={"title": "New title"}, actor=merchant, at=at)
    products.edit(product=product, changes={"brief": "Softer"}, actor=merchant, at=at)

    assert axes_of(product) == (
        ShelfStatus.ON,
        ReviewStatus.APPROVED,
        DraftStatus.UNSUBMITTED,
        DisplayState.ON_SALE_EDITING,
    )
    assert (product.title, product.version) == ("Old title", 3)
    draft = ProductDraft.objects.get(product=product)
    assert draft.changes == {"title": "New title", "brief": "Softer"}


def test_a_change_that_waits_obeys_the_rules_too(merchant, shop, at) -> None:
    product = product_on_sale(shop=shop)

    with pytest.raises(InvalidProduct):
        products.edit(product=product, changes={"title": "x"}, actor=merchant, at=at)

    assert axes_of(product)[2:] == (DraftStatus.NONE, DisplayState.ON_SALE)
    assert not ProductDraft.objects.exists()


def test_a_change_can_be_thrown_away(merchant, shop, at) -> None:
    product = product_on_sale(shop=shop)
    products.edit(product=product, changes={"title": "New title"}, actor=merchant, at=at)

    products.discard_change(product=product, actor=merchant, at=at)

    assert axes_of(product)[3] == DisplayState.ON_SALE
    assert not ProductDraft.objects.exists()
    with pytest.raises(NothingToSubmit):
        products.discard_change(product=product, actor=merchant, at=at)


def test_nobody_edits_on_an_old_version(merchant, shop, at) -> None:
    product = product_on_sale(shop=shop)
    products.edit(product=product, changes={"title": "First"}, actor=merchant, at=at, version=1)

    with pytest.raises(StaleVersion) as refusal:
        products.edit(
            product=product, changes={"title": "Second"}, actor=merchant, at=at, version=1
        )

    assert refusal.value.extra == {"version": 2}
    assert ProductDraft.objects.get(product=product).changes == {"title": "First"}


def test_nothing_is_edited_while_it_is_in_review(merchant, shop, at) -> None:
    product = product_on_sale(shop=shop)
    products.edit(product=product, changes={"title": "First"}, actor=merchant, at=at)
    shelf.submit(product=product, actor=merchant, at=at)

    with pytest.raises(ChangePending):
        products.edit(product=product, changes={"title": "Second"}, actor=merchant, at=at)

    assert ProductDraft.objects.get(product=product).changes == {"title": "First"}


def test_nothing_is_edited_in_the_bin(merchant, shop, at) -> None:
    product = ProductFactory(shop=shop, shelf_status=ShelfStatus.DELETED, title="Gone")

    with pytest.raises(IllegalTransition):
        products.edit(product=product, changes={"title": "Back"}, actor=merchant, at=at)

    product.refresh_from_db()
    assert product.title == "Gone"


def test_options_are_not_edited(merchant, shop, at) -> None:
    product = product_on_sale(shop=shop, skus=2)

    with pytest.raises(InvalidProduct) as refusal:
        products.edit(product=product, changes={"option_names": []}, actor=merchant, at=at)

    assert [one.pointer for one in refusal.value.errors] == ["/option_names"]


def test_a_variant_comes_without_review_and_widens_the_band(merchant, shop, at) -> None:
    product = product_on_sale(shop=shop, skus=2, price=9_900)

    sku = products.add_sku(
        product=product, spec=SkuSpec("NEW", 5_000, stock=3, options=["xl"]), actor=merchant, at=at
    )

    product.refresh_from_db()
    assert (product.min_price, product.max_price) == (5_000, 9_900)
    assert product.display_state == DisplayState.ON_SALE
    assert Stock.objects.get(sku=sku).available == 3
    assert violations() == []


def test_a_variant_has_its_own_values(merchant, shop, at) -> None:
    product = product_on_sale(shop=shop, skus=2)

    with pytest.raises(InvalidProduct):
        products.add_sku(
            product=product, spec=SkuSpec("NEW", 1, options=["size 1"]), actor=merchant, at=at
        )

    assert product.skus.count() == 2
