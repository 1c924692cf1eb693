"""Products, stock and imports in the merchant console."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.enums import DisplayState
from catalog.models import ImportJob, PriceVersion, Product, ProductDraft, Stock
from catalog.policies import PurchaseLimits
from catalog.services import products, reviews, shelf
from catalog.services.importing import jobs
from catalog.services.invariants import violations
from shops.enums import StaffRole
from tests.catalog.importing import samples
from tests.factories.catalog import (
    BrandFactory,
    DraftProductFactory,
    SkuFactory,
    product_on_sale,
    skus_of,
)
from tests.factories.shops import ShopFactory

pytestmark = pytest.mark.django_db

PRODUCTS = "/merchant/catalog/product/"
SKUS = "/merchant/catalog/sku/"
IMPORTS = "/merchant/catalog/importjob/"
MOVEMENTS = "/merchant/catalog/stockmovement/"


@pytest.fixture
def desk(shop, shop_desk):
    return shop_desk(shop)


def page(product: Product) -> str:
    return f"{PRODUCTS}{product.public_id}/change/"


def do(row, act: str, base: str = PRODUCTS) -> str:
    return f"{base}{row.public_id}/do/{act}/"


@pytest.fixture
def draft(shop) -> Product:
    product = DraftProductFactory(shop=shop)
    SkuFactory(product=product)
    return product


def state(product: Product) -> str:
    product.refresh_from_db()
    return product.display_state


@pytest.mark.parametrize("url", [PRODUCTS, SKUS, MOVEMENTS])
def test_lists_show_the_shops_own_rows_alone(desk, shop, url) -> None:
    mine = product_on_sale(shop=shop, title="Our towel")
    foreign = product_on_sale(title="Their towel")
    names = {
        PRODUCTS: (mine.title, foreign.title),
        SKUS: (skus_of(mine)[0].merchant_code, skus_of(foreign)[0].merchant_code),
        MOVEMENTS: (skus_of(mine)[0].merchant_code, skus_of(foreign)[0].merchant_code),
    }[url]

    answer = desk.get(url)

    assert answer.status_code == 200
    assert [name in answer.text for name in names] == [True, False]


@pytest.mark.parametrize("url", [PRODUCTS, SKUS, MOVEMENTS])
def test_lists_cost_the_same_for_one_and_three(desk, shop, url) -> None:
    counts = []
    for wanted in (1, 2):
        for _ in range(wanted):
            product_on_sale(shop=shop)
        desk.get(url)
        with CaptureQueriesContext(connection) as queries:
            desk.get(url)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_a_product_page_shows_state_skus_changes_and_reasons(
    desk, shop, merchant, operator, at
) -> None:
    product = product_on_sale(
        shop=shop, title="Old title", skus=2, price=[9_900, 12_900], brand=BrandFactory(name="Muji")
    )
    products.edit(product=product, changes={"title": "Waiting title"}, actor=merchant, at=at)
    review = shelf.submit(product=product, actor=merchant, at=at)
    reviews.reject(
        review=review,
        reasons=[reviews.Reason("title", "loud", "Too loud.")],
        actor=operator,
        at=at,
    )

    answer = desk.get(page(product))

    assert answer.status_code == 200
    for words in (
        "on sale, with a change",
        "Old title",
        "Waiting title",
        "¥99.00 – ¥129.00",
        "Muji",
        "Too loud.",
        "size 2",
    ):
        assert words in answer.text


def test_another_shops_product_is_not_there(desk) -> None:
    foreign = product_on_sale()
    (sku,) = skus_of(foreign)

    answers = [
        desk.get(page(foreign)),
        desk.post(do(foreign, "delist")),
        desk.get(f"{SKUS}{sku.public_id}/change/"),
        desk.post(do(sku, "adjust-stock", SKUS), {"delta": "-1"}),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert state(foreign) == DisplayState.ON_SALE
    assert Stock.objects.get(sku=sku).on_hand == 100


def test_a_product_is_made(desk, shop, leaf) -> None:
    form = {
        "title": "纯棉毛巾",
        "category": leaf.public_id,
        "merchant_code": "T-1",
        "price": "19.90",
        "list_price": "29.90",
        "stock": "5",
        "options": "颜色=红\n尺寸=大",
        "attributes": "材质=棉",
        "image_urls": "https://a.example/1.jpg",
        "submit_now": "on",
    }

    answer = desk.post(f"{PRODUCTS}do/create/", form)

    assert answer.status_code == 302
    product = Product.objects.get(shop=shop)
    assert (product.title, product.min_price, product.option_names) == (
        "纯棉毛巾",
        1_990,
        ["颜色", "尺寸"],
    )
    assert (product.display_state, product.attributes) == (
        DisplayState.IN_REVIEW,
        [{"name": "材质", "value": "棉"}],
    )
    assert violations() == []


@pytest.mark.parametrize(
    "change",
    [
        {"title": "x"},
        {"category": "cat_nope"},
        {"price": "cheap"},
        {"price": "0"},
        {"stock": "-1"},
        {"options": "red"},
        {"options": "a=1\nb=1\nc=1\nd=1"},
        {"attributes": "material"},
        {"image_urls": "javascript:alert(1)"},
        {"list_price": "1.00"},
    ],
)
def test_a_bad_form_makes_nothing(desk, leaf, change) -> None:
    form = {
        "title": "纯棉毛巾",
        "category": leaf.public_id,
        "merchant_code": "T-1",
        "price": "19.90",
        "stock": "5",
    }

    answer = desk.post(f"{PRODUCTS}do/create/", form | change)

    assert answer.status_code == 422
    assert not Product.objects.exists()


def test_an_edit_starts_from_what_waits_and_is_bound_to_its_version(desk, shop, leaf) -> None:
    product = product_on_sale(shop=shop, title="Old title", category=leaf)
    form = {"title": "New title", "category": leaf.public_id, "version": "1"}

    assert desk.post(do(product, "edit"), form).status_code == 302
    assert ProductDraft.objects.get(product=product).changes["title"] == "New title"
    assert "New title" in desk.get(do(product, "edit")).text

    stale = desk.post(do(product, "edit"), form | {"title": "Third"})
    assert stale.status_code == 422
    assert ProductDraft.objects.get(product=product).changes["title"] == "New title"


def test_a_product_walks_through_its_states(desk, draft, operator, at) -> None:
    assert desk.post(do(draft, "submit"), {"list_when_approved": "on"}).status_code == 302
    assert state(draft) == DisplayState.IN_REVIEW
    assert desk.post(do(draft, "withdraw")).status_code == 302
    assert state(draft) == DisplayState.DRAFT
    desk.post(do(draft, "submit"), {})
    reviews.approve(review=draft.reviews.get(verdict="pending"), actor=operator, at=at)
    assert state(draft) == DisplayState.IN_WAREHOUSE
    for act, after in (
        ("list", DisplayState.ON_SALE),
        ("delist", DisplayState.IN_WAREHOUSE),
        ("delete", DisplayState.DELETED),
        ("restore", DisplayState.IN_WAREHOUSE),
    ):
        assert desk.post(do(draft, act)).status_code == 302
        assert state(draft) == after


def test_what_the_state_does_not_allow_is_not_offered_and_refused(desk, draft) -> None:
    text = desk.get(page(draft)).text

    assert "/do/submit/" in text
    assert "/do/list/" not in text
    assert desk.post(do(draft, "list")).status_code == 422
    assert state(draft) == DisplayState.DRAFT


def test_a_change_is_discarded(desk, shop, merchant, at) -> None:
    product = product_on_sale(shop=shop)
    products.edit(product=product, changes={"title": "New title"}, actor=merchant, at=at)

    assert desk.post(do(product, "discard")).status_code == 302

    assert state(product) == DisplayState.ON_SALE


def test_a_variant_is_added(desk, shop) -> None:
    product = product_on_sale(shop=shop, skus=2)
    form = {"merchant_code": "NEW", "price": "1.00", "stock": "2", "option_0": "xl"}

    assert desk.post(do(product, "add-variant"), form).status_code == 302

    assert product.skus.get(merchant_code="NEW").options == ["xl"]


def test_ca_17_purchases_are_limited(desk, shop) -> None:
    """The least and the most an order are set on the product's page; what nobody can meet is not.

    Page: /merchant/catalog/product/
    """
    product = product_on_sale(shop=shop)
    form = {"min_per_order": "2", "max_per_order": "4", "max_per_buyer": ""}

    assert desk.post(do(product, "set-limits"), form).status_code == 302
    assert 'value="4"' in desk.get(do(product, "set-limits")).text
    assert "Most an order" in desk.get(page(product)).text
    refused = desk.post(do(product, "set-limits"), form | {"min_per_order": "5"})
    more_than_a_line = form | {"min_per_order": "10000", "max_per_order": ""}

    assert refused.status_code == 422
    assert desk.post(do(product, "set-limits"), more_than_a_line).status_code == 422
    product.refresh_from_db()
    assert PurchaseLimits.of(product) == PurchaseLimits(2, 4)


def test_a_price_is_set(desk, shop) -> None:
    (sku,) = skus_of(product_on_sale(shop=shop, price=9_900))
    assert "¥99.00" in desk.get(do(sku, "set-price", SKUS)).text

    assert desk.post(do(sku, "set-price", SKUS), {"price": "88.80"}).status_code == 302
    refused = desk.post(do(sku, "set-price", SKUS), {"price": "100", "list_price": "99"})

    assert refused.status_code == 422
    prices = PriceVersion.objects.filter(sku=sku).order_by("id").values_list("price", flat=True)
    assert list(prices) == [9_900, 8_880]
    assert "¥88.80" in desk.get(f"{SKUS}{sku.public_id}/change/").text


def test_stock_is_adjusted_and_counted(desk, shop) -> None:
    (sku,) = skus_of(product_on_sale(shop=shop, stock=10))

    assert desk.post(do(sku, "adjust-stock", SKUS), {"delta": "-3"}).status_code == 302
    assert desk.post(do(sku, "adjust-stock", SKUS), {"delta": "-8"}).status_code == 422
    stale = desk.post(do(sku, "count-stock", SKUS), {"set_to": "5", "expected": "10"})
    assert stale.status_code == 422
    assert Stock.objects.get(sku=sku).on_hand == 7
    assert (
        desk.post(do(sku, "count-stock", SKUS), {"set_to": "5", "expected": "7"}).status_code == 302
    )
    assert Stock.objects.get(sku=sku).on_hand == 5
    assert violations() == []


def test_the_same_page_sent_twice_moves_stock_once(desk, shop) -> None:
    (sku,) = skus_of(product_on_sale(shop=shop, stock=10))
    form = {"delta": "-3", "_once": "token-1"}

    for _ in range(2):
        assert desk.post(do(sku, "adjust-stock", SKUS), form).status_code == 302

    assert Stock.objects.get(sku=sku).on_hand == 7


def test_stock_can_be_filtered_by_what_is_left(desk, shop) -> None:
    codes = {}
    for pieces in (0, 5, 50):
        (sku,) = skus_of(product_on_sale(shop=shop, stock=pieces))
        codes[pieces] = sku.merchant_code

    shown = {
        name: [pieces for pieces, code in codes.items() if code in desk.get(url).text]
        for name, url in (("low", f"{SKUS}?stock=low"), ("none", f"{SKUS}?stock=none"))
    }

    assert shown == {"low": [5], "none": [0]}


def test_a_file_is_uploaded_and_its_report_shown(desk, shop, leaf, at) -> None:
    content = samples.template(samples.row("A"), samples.row("B", price="x"))
    file = SimpleUploadedFile("products.csv", content)

    assert desk.post(f"{IMPORTS}do/upload/", {"file": file}).status_code == 302
    job = ImportJob.objects.get(shop=shop)
    jobs.run(job=job, at=at)

    text = desk.get(f"{IMPORTS}{job.public_id}/change/").text
    assert "bad_price" in text
    assert "Write the price as a plain number" in text
    assert "products.csv" in desk.get(IMPORTS).text


def test_a_file_that_is_no_table_is_refused(desk) -> None:
    file = SimpleUploadedFile("a.xlsx", b"PK\x03\x04 nonsense")

    assert desk.post(f"{IMPORTS}do/upload/", {"file": file}).status_code == 422
    assert not ImportJob.objects.exists()


@pytest.mark.parametrize(
    ("role", "codes"),
    [
        (StaffRole.READ_ONLY, [200, 403, 403, 403, 403]),
        (StaffRole.ORDER_CLERK, [200, 403, 403, 200, 403]),
        (StaffRole.FINANCE, [403, 403, 403, 403, 403]),
    ],
)
def test_each_role_does_its_own(shop, shop_desk, role, codes) -> None:
    product = product_on_sale(shop=shop)
    (sku,) = skus_of(product)
    desk = shop_desk(shop, role)

    answers = [
        desk.get(PRODUCTS),
        desk.get(do(product, "delist")),
        desk.get(do(sku, "set-price", SKUS)),
        desk.get(do(sku, "adjust-stock", SKUS)),
        desk.get(f"{IMPORTS}do/upload/"),
    ]

    is_hidden = role == StaffRole.FINANCE
    expected = [
        404 if is_hidden and code == 403 and place else code for place, code in enumerate(codes)
    ]
    assert [answer.status_code for answer in answers] == expected


def test_products_can_be_filtered_by_their_state(desk, shop) -> None:
    product_on_sale(shop=shop, title="Sells")
    DraftProductFactory(shop=shop, title="Waits")

    text = desk.get(f"{PRODUCTS}?state=draft").text

    assert ["Sells" in text, "Waits" in text] == [False, True]


def test_the_home_page_counts_what_waits(desk, shop) -> None:
    from catalog.selectors import ShopTodo, shop_todo
    from tests.factories.shops import actor_of

    product_on_sale(shop=shop, stock=0)
    product_on_sale(shop=shop, stock=3)
    product_on_sale(shop=shop, stock=30)
    product_on_sale(shop=ShopFactory(), stock=0)

    assert shop_todo(actor_of(shop)) == ShopTodo(rejected=0, low=1, sold_out=1)
    assert desk.get("/merchant/").status_code == 200
