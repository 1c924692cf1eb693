"""The platform's doors of the catalog."""

import pytest

from catalog.enums import DisplayState, Verdict
from catalog.models import Brand, Category, Product, ProductReview
from catalog.services import shelf
from tests.factories.accounts import OperatorFactory, UserFactory
from tests.factories.catalog import (
    CategoryFactory,
    DraftProductFactory,
    SkuFactory,
    product_on_sale,
)

pytestmark = pytest.mark.django_db

BASE = "/api/v1/catalog/operator"


@pytest.fixture
def client(client_for):
    return client_for(OperatorFactory())


@pytest.fixture
def review(shop, merchant, at) -> ProductReview:
    product = DraftProductFactory(shop=shop)
    SkuFactory(product=product)
    return shelf.submit(product=product, actor=merchant, at=at)


def state(review: ProductReview) -> str:
    return Product.objects.get(pk=review.product_id).display_state


def test_the_queue_shows_what_waits(client, review) -> None:
    rows = client.get(f"{BASE}/reviews", {"verdict": "pending"}).json()["results"]

    assert [(row["id"], row["version"]) for row in rows] == [(review.public_id, 1)]
    assert client.get(f"{BASE}/reviews/{review.public_id}").json() == rows[0]


def test_an_operator_approves_the_version_that_was_read(client, review) -> None:
    url = f"{BASE}/reviews/{review.public_id}"

    stale = client.post(f"{url}/approve", {"version": 2})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_version")
    assert state(review) == DisplayState.IN_REVIEW

    assert client.post(f"{url}/approve", {"version": 1}).json()["verdict"] == "approved"
    assert state(review) == DisplayState.ON_SALE
    again = client.post(f"{url}/approve", {"version": 1})
    assert (again.status_code, again.json()["code"]) == (409, "illegal_transition")


def test_an_operator_rejects_with_reasons(client, review) -> None:
    url = f"{BASE}/reviews/{review.public_id}/reject"
    reasons = [{"field": "title", "code": "banned_word", "message": "Too loud."}]

    assert client.post(url, {"version": 1, "reasons": []}).status_code == 400
    assert state(review) == DisplayState.IN_REVIEW

    answer = client.post(url, {"version": 1, "reasons": reasons}).json()
    assert (answer["verdict"], answer["reasons"]) == ("rejected", reasons)
    assert state(review) == DisplayState.REJECTED


def test_an_operator_bans_and_reopens(client, shop) -> None:
    product = product_on_sale(shop=shop)
    url = f"{BASE}/products/{product.public_id}"

    banned = client.post(f"{url}/ban", {"reason": "Counterfeit"}).json()
    assert banned["display_state"] == "banned"
    reopened = client.post(f"{url}/reopen")
    assert (reopened.status_code, reopened.json()["verdict"]) == (201, "pending")


def test_an_operator_keeps_the_words(client) -> None:
    root = client.post(f"{BASE}/categories", {"name": "居家", "name_en": "Home"}).json()
    leaf = client.post(f"{BASE}/categories", {"name": "床品", "parent_id": root["id"]}).json()
    put = client.put(
        f"{BASE}/categories/{leaf['id']}/attributes",
        {"name": "材质", "is_required": True, "choices": ["棉"]},
    )
    brand = client.post(f"{BASE}/brands", {"name": "MUJI"})

    assert (leaf["parent_id"], leaf["level"], put.status_code) == (root["id"], 2, 200)
    assert (brand.status_code, Brand.objects.get().name) == (201, "MUJI")
    assert client.post(f"{BASE}/brands", {"name": "MUJI"}).status_code == 400


def test_a_taken_name_makes_nothing(client) -> None:
    CategoryFactory(name="居家")

    response = client.post(f"{BASE}/categories", {"name": "居家"})

    assert (response.status_code, response.json()["code"]) == (400, "invalid_category")
    assert Category.objects.count() == 1


def test_nobody_else_comes_in(client_for, review) -> None:
    stranger = client_for(UserFactory())

    answers = [
        stranger.get(f"{BASE}/reviews"),
        stranger.post(f"{BASE}/reviews/{review.public_id}/approve", {"version": 1}),
        stranger.post(f"{BASE}/brands", {"name": "MUJI"}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    review.refresh_from_db()
    assert (review.verdict, Brand.objects.count()) == (Verdict.PENDING, 0)
