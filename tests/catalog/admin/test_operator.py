"""Reviews, products and words in the operator console."""

import pytest

from catalog.enums import DisplayState, Verdict
from catalog.models import Brand, Category, Product, ProductReview
from catalog.policies import DEFAULT_RULES
from catalog.selectors import category_rules
from catalog.services import products, shelf
from catalog.services.rules import BOUNDS
from tests.factories.catalog import (
    CategoryFactory,
    DraftProductFactory,
    SkuFactory,
    product_on_sale,
)

pytestmark = pytest.mark.django_db

REVIEWS = "/operator/catalog/productreview/"
PRODUCTS = "/operator/catalog/product/"
CATEGORIES = "/operator/catalog/category/"
BRANDS = "/operator/catalog/brand/"


@pytest.fixture
def review(shop, merchant, at) -> ProductReview:
    product = DraftProductFactory(shop=shop, title="Submitted towel")
    SkuFactory(product=product)
    return shelf.submit(product=product, actor=merchant, at=at)


def do(review: ProductReview, act: str) -> str:
    return f"{REVIEWS}{review.public_id}/do/{act}/"


def state(review: ProductReview) -> str:
    return Product.objects.get(pk=review.product_id).display_state


def test_the_queue_and_the_page_show_what_was_submitted(operator_desk, review) -> None:
    assert "Submitted towel" in operator_desk.get(f"{REVIEWS}?verdict__exact=pending").text
    page = operator_desk.get(f"{REVIEWS}{review.public_id}/change/")
    assert page.status_code == 200
    assert review.product.category.name in page.text


def test_a_change_is_shown_beside_what_sells(operator_desk, shop, merchant, at) -> None:
    product = product_on_sale(shop=shop, title="Old title")
    products.edit(product=product, changes={"title": "New title"}, actor=merchant, at=at)
    review = shelf.submit(product=product, actor=merchant, at=at)

    text = operator_desk.get(f"{REVIEWS}{review.public_id}/change/").text

    assert [words in text for words in ("Old title", "New title")] == [True, True]


def test_an_operator_approves(operator_desk, review) -> None:
    assert operator_desk.post(do(review, "approve"), {"version": "2"}).status_code == 422
    assert state(review) == DisplayState.IN_REVIEW

    assert operator_desk.post(do(review, "approve"), {"version": "1"}).status_code == 302
    assert state(review) == DisplayState.ON_SALE
    assert operator_desk.post(do(review, "approve"), {"version": "1"}).status_code == 422


def test_an_operator_rejects_field_by_field(operator_desk, review) -> None:
    assert operator_desk.post(do(review, "reject"), {"version": "1"}).status_code == 422
    assert state(review) == DisplayState.IN_REVIEW

    form = {"version": "1", "about_title": "Too loud.", "about_brief": "Too long."}
    assert operator_desk.post(do(review, "reject"), form).status_code == 302

    review.refresh_from_db()
    assert review.verdict == Verdict.REJECTED
    assert review.reasons == [
        {"field": "title", "code": "content", "message": "Too loud."},
        {"field": "brief", "code": "content", "message": "Too long."},
    ]


def test_an_operator_bans_and_reopens(operator_desk, shop) -> None:
    product = product_on_sale(shop=shop)
    url = f"{PRODUCTS}{product.public_id}"

    assert operator_desk.post(f"{url}/do/ban/", {"reason": ""}).status_code == 422
    assert operator_desk.post(f"{url}/do/ban/", {"reason": "Counterfeit"}).status_code == 302
    product.refresh_from_db()
    assert product.display_state == DisplayState.BANNED
    assert operator_desk.get(f"{url}/change/").status_code == 200
    assert operator_desk.post(f"{url}/do/reopen/").status_code == 302
    product.refresh_from_db()
    assert product.display_state == DisplayState.IN_REVIEW


def test_an_operator_keeps_the_words(operator_desk) -> None:
    assert operator_desk.post(f"{CATEGORIES}do/add/", {"name": "居家"}).status_code == 302
    root = Category.objects.get()
    below = f"{CATEGORIES}{root.public_id}/do/add-below/"
    assert operator_desk.post(below, {"name": "床品"}).status_code == 302
    leaf = Category.objects.get(level=2)
    form = {"name": "材质", "is_required": "on", "choices": "棉\n麻"}
    attribute = f"{CATEGORIES}{leaf.public_id}/do/set-attribute/"
    assert operator_desk.post(attribute, form).status_code == 302
    assert operator_desk.post(f"{BRANDS}do/add/", {"name": "MUJI"}).status_code == 302
    assert operator_desk.post(f"{BRANDS}do/add/", {"name": "MUJI"}).status_code == 422

    (rule,) = category_rules(leaf).attributes
    assert (rule.is_required, rule.choices) == (True, ("棉", "麻"))
    assert Brand.objects.count() == 1
    assert "材质" in operator_desk.get(f"{CATEGORIES}{leaf.public_id}/change/").text
    assert "床品" in operator_desk.get(CATEGORIES).text


def test_an_operator_gives_a_leaf_its_rules(operator_desk, leaf) -> None:
    act = f"{CATEGORIES}{leaf.public_id}/do/set-rules/"
    page = operator_desk.get(act).text
    form = {
        **{name: str(getattr(DEFAULT_RULES, name)) for name in BOUNDS},
        "version": "0",
        "min_title_width": "16",
        "shipping_times": ["48h", "5d"],
        "reason": "As the market asks.",
    }
    assert 'name="max_skus"' in page

    assert operator_desk.post(act, form).status_code == 302
    stale = operator_desk.post(act, form)
    bad = operator_desk.post(act, form | {"version": "1", "min_title_width": "300"})

    assert (stale.status_code, bad.status_code) == (422, 422)
    given = category_rules(leaf)
    assert (given.version, given.min_title_width, given.shipping_times) == (1, 16, ("48h", "5d"))
    text = operator_desk.get(f"{CATEGORIES}{leaf.public_id}/change/").text
    for words in ("16 – 240", "within 48 hours", "As the market asks."):
        assert words in text


def test_a_merchant_has_no_business_here(shop_desk, shop, review) -> None:
    desk = shop_desk(shop)

    answer = desk.post(do(review, "approve"), {"version": "1"})

    assert answer.status_code == 302
    assert "/operator/login/" in answer["Location"]
    assert state(review) == DisplayState.IN_REVIEW


def test_the_home_page_counts_what_waits(operator_desk, review) -> None:
    CategoryFactory()

    assert "Products in review" in operator_desk.get("/operator/").text
