"""An edit of a live product waits beside it: buyers, reviewers and the merchant each see theirs."""

import pytest
from django.db import IntegrityError, transaction

from catalog.enums import DisplayState, DraftStatus, Verdict
from catalog.errors import ChangePending, InvalidProduct
from catalog.models import Product, ProductDraft, ProductReview
from catalog.selectors.diffs import changes_between, changes_of
from catalog.selectors.offers import buyable
from catalog.services import prices, products, reviews, shelf
from catalog.services.reviews import Reason
from catalog.services.variants import SkuSpec
from kernel.errors import StaleVersion
from kernel.models import AuditEntry
from orders.models import OrderLine
from tests.catalog.admin.conftest import signed_in
from tests.factories.accounts import OperatorFactory, UserFactory
from tests.factories.catalog import (
    LONG_AGO,
    BrandFactory,
    CategoryFactory,
    DraftProductFactory,
    SkuFactory,
    product_on_sale,
    skus_of,
)
from tests.factories.shops import owner_of
from tests.orders.api.checkouts import body, check_out

pytestmark = pytest.mark.django_db

REVIEWS = "/operator/catalog/productreview/"
WHY = [Reason("title", "loud", "Too loud.")]


@pytest.fixture
def product(shop) -> Product:
    return product_on_sale(
        shop=shop,
        title="Cotton towel",
        attributes=[{"name": "材质", "value": "棉"}, {"name": "产地", "value": "中国"}],
        image_urls=["https://a.example/1.jpg", "https://a.example/2.jpg"],
    )


@pytest.fixture
def desk(shop):
    return signed_in(owner_of(shop))


@pytest.fixture
def reviewer():
    return signed_in(OperatorFactory())


def bought(client_for, product: Product) -> str:
    """Buy a piece and return the title on the order."""
    buyer = UserFactory()
    answer = check_out(client_for(buyer), body((skus_of(product)[0], 1)), key=f"k-{buyer.pk}")
    assert answer.status_code == 201, answer.json()
    return OrderLine.objects.latest("pk").title


def form(product: Product, **changes) -> dict[str, str]:
    return {
        "title": product.title,
        "category": product.category.public_id,
        "attributes": "材质=棉\n产地=中国",
        "image_urls": "https://a.example/1.jpg\nhttps://a.example/2.jpg",
        "version": str(product.version),
        **changes,
    }


def edit_page(product: Product) -> str:
    return f"/merchant/catalog/product/{product.public_id}/do/edit/"


def state(product: Product) -> str:
    product.refresh_from_db()
    return product.display_state


def test_ca_04_an_edit_of_a_live_product_waits_beside_it(
    desk, reviewer, product, client_for, merchant, at
) -> None:
    """The live version sells until the change is approved; price edits go past the review.

    Page: /merchant/catalog/product/
    """
    assert desk.post(edit_page(product), form(product, title="Linen towel")).status_code == 302
    assert state(product) == DisplayState.ON_SALE_EDITING
    assert bought(client_for, product) == "Cotton towel"
    assert ProductDraft.objects.get(product=product).changes == {"title": "Linen towel"}

    prices.set_price(sku=skus_of(product)[0], price=8_800, actor=merchant, at=at)
    assert buyable([skus_of(product)[0].pk], at=at)[skus_of(product)[0].pk].price == 8_800

    review = shelf.submit(product=product, actor=merchant, at=at)
    assert bought(client_for, product) == "Cotton towel"
    with pytest.raises(ChangePending):
        products.edit(product=product, changes={"title": "Third towel"}, actor=merchant, at=at)

    url = f"{REVIEWS}{review.public_id}/do/approve/"
    assert reviewer.post(url, {"version": str(review.product_version)}).status_code == 302
    assert state(product) == DisplayState.ON_SALE
    assert bought(client_for, product) == "Linen towel"


def test_ca_04_a_rejected_change_leaves_the_live_product_as_it_is(
    reviewer, product, client_for, merchant, at
) -> None:
    """Reject keeps the live one selling, and the change with its reasons for the merchant.

    Page: /operator/catalog/productreview/
    """
    products.edit(product=product, changes={"title": "BEST towel"}, actor=merchant, at=at)
    review = shelf.submit(product=product, actor=merchant, at=at)

    url = f"{REVIEWS}{review.public_id}/do/reject/"
    form = {"version": str(review.product_version), "about_title": "Too loud."}
    assert reviewer.post(url, form).status_code == 302

    assert state(product) == DisplayState.ON_SALE_EDITING
    assert (product.title, product.draft_status) == ("Cotton towel", DraftStatus.UNSUBMITTED)
    assert product.draft.changes == {"title": "BEST towel"}
    assert bought(client_for, product) == "Cotton towel"


def test_one_pending_change_a_product_is_a_constraint(product, merchant, at) -> None:
    products.edit(product=product, changes={"title": "Linen towel"}, actor=merchant, at=at)
    review = shelf.submit(product=product, actor=merchant, at=at)

    with pytest.raises(IntegrityError), transaction.atomic():
        ProductDraft.objects.create(product=product, shop_id=product.shop_id)
    review.pk, review.public_id = None, "rev_2"
    with pytest.raises(IntegrityError), transaction.atomic():
        review.save(force_insert=True)


def test_a_change_back_to_what_is_live_leaves_nothing_to_wait(product, merchant, at) -> None:
    products.edit(product=product, changes={"title": "Linen towel"}, actor=merchant, at=at)

    again = products.edit(product=product, changes={"title": "Cotton towel"}, actor=merchant, at=at)

    assert (again.display_state, again.draft_status) == (DisplayState.ON_SALE, DraftStatus.NONE)
    assert not ProductDraft.objects.exists()
    assert AuditEntry.objects.filter(action="catalog.discard_change").count() == 1


def test_ca_04_reviewers_see_a_diff(desk, reviewer, shop, product, merchant, at) -> None:
    """Each field before and after; of attributes and pictures, what is new, changed and gone.

    Page: /operator/catalog/productreview/
    """
    brand, leaf = BrandFactory(name="Muji"), CategoryFactory(name="毛巾")
    changes = {
        "title": "Linen towel",
        "brand": brand,
        "category": leaf,
        "attributes": [{"name": "材质", "value": "麻"}, {"name": "克重", "value": "300"}],
        "image_urls": ["https://a.example/2.jpg", "https://a.example/3.jpg"],
        "shipping_time": "48h",
    }
    products.edit(product=product, changes=changes, actor=merchant, at=at)
    own = desk.get(f"/merchant/catalog/product/{product.public_id}/change/").text
    review = shelf.submit(product=product, actor=merchant, at=at)

    found = {one.field: one for one in changes_of(review)}

    assert {name: (one.before, one.after) for name, one in found.items() if not one.parts} == {
        "title": ("Cotton towel", "Linen towel"),
        "brand": (None, brand.public_id),
        "category": (product.category.public_id, leaf.public_id),
        "shipping_time": ("", "48h"),
    }
    assert [(one.name, one.state) for one in found["attributes"].parts] == [
        ("材质", "changed"),
        ("克重", "added"),
        ("产地", "removed"),
    ]
    assert [one.state for one in found["image_urls"].parts] == ["kept", "added", "removed"]
    page = reviewer.get(f"{REVIEWS}{review.public_id}/change/").text
    for words in ("Cotton towel", "Linen towel", "Muji", "毛巾", "克重: 300", "within 48 hours"):
        assert words in page
        assert words in own


def test_a_diff_stays_what_it_was_after_the_verdict(product, merchant, operator, at) -> None:
    products.edit(product=product, changes={"title": "Linen towel"}, actor=merchant, at=at)
    review = shelf.submit(product=product, actor=merchant, at=at)
    reviews.approve(review=review, actor=operator, at=at)
    products.edit(product=product, changes={"title": "Third towel"}, actor=merchant, at=at)

    (change,) = changes_of(ProductReview.objects.get(pk=review.pk))

    assert (change.before, change.after) == ("Cotton towel", "Linen towel")


def test_a_second_submission_is_compared_with_the_first(
    reviewer, shop, merchant, operator, at
) -> None:
    product = DraftProductFactory(shop=shop, title="Loud towel")
    SkuFactory(product=product)
    first = shelf.submit(product=product, actor=merchant, at=at)
    assert first.before == {}
    reviews.reject(review=first, reasons=WHY, actor=operator, at=at)
    products.edit(product=product, changes={"title": "Soft towel"}, actor=merchant, at=at)

    second = shelf.submit(product=product, actor=merchant, at=at)

    assert [(one.field, one.before, one.after) for one in changes_of(second)] == [
        ("title", "Loud towel", "Soft towel")
    ]
    page = reviewer.get(f"{REVIEWS}{second.public_id}/change/").text
    assert "What changed since the last submission" in page


def test_variants_that_came_since_are_shown_to_the_reviewer(
    reviewer, shop, merchant, operator, at
) -> None:
    product = product_on_sale(shop=shop, skus=2)
    product.skus.update(created_at=LONG_AGO)
    products.edit(product=product, changes={"title": "Linen towel"}, actor=merchant, at=at)
    review = shelf.submit(product=product, actor=merchant, at=at)
    reviews.approve(review=review, actor=operator, at=at)
    added = products.add_sku(
        product=product, spec=SkuSpec("NEW-1", 100, options=["size 9"]), actor=merchant, at=at
    )
    products.edit(
        product=product, changes={"title": "Silk towel"}, actor=merchant, at=added.created_at
    )
    later = shelf.submit(product=product, actor=merchant, at=added.created_at)

    page = reviewer.get(f"{REVIEWS}{later.public_id}/change/").text

    assert ["NEW-1" in page, "size 1" in page] == [True, False]


def test_ca_06_a_request_for_changes_is_no_rejection(reviewer, desk, shop, merchant, at) -> None:
    """The product is a draft again with what to change at each field.

    Page: /operator/catalog/productreview/
    """
    product = DraftProductFactory(shop=shop)
    SkuFactory(product=product)
    review = shelf.submit(product=product, actor=merchant, at=at)
    url = f"{REVIEWS}{review.public_id}/do/request-changes/"

    nothing_said = reviewer.post(url, {"version": "1"})
    said = reviewer.post(url, {"version": "1", "about_title": "Say the material."})

    assert (nothing_said.status_code, said.status_code) == (422, 302)
    review.refresh_from_db()
    assert (review.verdict, state(product)) == (Verdict.CHANGES_REQUESTED, DisplayState.DRAFT)
    page = desk.get(f"/merchant/catalog/product/{product.public_id}/change/").text
    assert "Say the material." in page
    shelf.submit(product=product, actor=merchant, at=at)
    assert state(product) == DisplayState.IN_REVIEW


def test_a_request_for_changes_is_bound_to_the_version_and_needs_words(
    product, merchant, operator, at
) -> None:
    products.edit(product=product, changes={"title": "Linen towel"}, actor=merchant, at=at)
    review = shelf.submit(product=product, actor=merchant, at=at)

    with pytest.raises(StaleVersion):
        reviews.request_changes(review=review, reasons=WHY, actor=operator, at=at, version=1)
    with pytest.raises(InvalidProduct):
        reviews.request_changes(review=review, reasons=[], actor=operator, at=at)

    review.refresh_from_db()
    assert review.verdict == Verdict.PENDING
    reviews.request_changes(review=review, reasons=WHY, actor=operator, at=at)
    assert state(product) == DisplayState.ON_SALE_EDITING


def test_the_api_asks_for_changes_and_tells_them(client_for, product, merchant, at) -> None:
    products.edit(product=product, changes={"title": "Linen towel"}, actor=merchant, at=at)
    review = shelf.submit(product=product, actor=merchant, at=at)
    url = f"/api/v1/catalog/operator/reviews/{review.public_id}/request-changes"
    reason = {"field": "title", "code": "vague", "message": "Say the material."}

    answer = client_for(OperatorFactory()).post(
        url, {"version": review.product_version, "reasons": [reason]}
    )

    assert answer.status_code == 200, answer.json()
    assert (answer.json()["verdict"], answer.json()["reasons"]) == ("changes", [reason])
    assert answer.json()["changes"] == [
        {"field": "title", "before": "Cotton towel", "after": "Linen towel"}
    ]


def test_ca_03_one_state_is_computed_from_the_three_axes(client_for, shop, product) -> None:
    """`display_state` is the only state that a client filters by.

    API: GET /api/v1/catalog/shops/{shop_id}/products
    """
    DraftProductFactory(shop=shop)
    client = client_for(owner_of(shop))
    url = f"/api/v1/catalog/shops/{shop.public_id}/products"

    shown = client.get(url, {"display_state": "on_sale"}).json()["results"]
    refused = client.get(url, {"shelf_status": "on"})

    assert [one["id"] for one in shown] == [product.public_id]
    assert refused.status_code == 400


def test_fields_that_are_empty_on_both_sides_are_no_change() -> None:
    assert changes_between({}, {"brief": "", "brand": None, "attributes": []}) == []
    assert [one.field for one in changes_between({"brief": "a"}, {"brief": ""})] == ["brief"]
