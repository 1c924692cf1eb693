"""Saving, submitting, withdrawing, and what comes after a verdict, from door to door."""

import pytest

from catalog.enums import DisplayState
from catalog.models import Product, ProductReview
from tests.factories.accounts import OperatorFactory
from tests.factories.shops import owner_of

pytestmark = pytest.mark.django_db


def test_ca_05_saved_submitted_withdrawn_refused_field_by_field_and_put_into_the_warehouse(
    client_for, shop, leaf
) -> None:
    """Saving is not submitting; every verdict stays in the list with its reasons by field.

    API: POST /api/v1/catalog/shops/{shop_id}/products/{product_id}/submit
    """
    client, operator = client_for(owner_of(shop)), client_for(OperatorFactory())
    base = f"/api/v1/catalog/shops/{shop.public_id}/products"
    asked = {
        "category_id": leaf.public_id,
        "title": "轻奢纯棉四件套",
        "skus": [{"merchant_code": "A-1", "price": 100, "stock": 1}],
    }
    saved = client.post(base, asked, HTTP_IDEMPOTENCY_KEY="saved").json()
    assert (saved["display_state"], ProductReview.objects.count()) == ("draft", 0)
    url = f"{base}/{saved['id']}"

    def decide(review: dict, verdict: str, **more) -> None:
        decision = f"/api/v1/catalog/operator/reviews/{review['id']}/{verdict}"
        answer = operator.post(decision, {"version": review["version"], **more})
        assert answer.status_code == 200, answer.json()

    client.post(f"{url}/submit", {})
    assert client.post(f"{url}/withdraw").json()["verdict"] == "withdrawn"
    reasons = [
        {"field": "title", "code": "banned_word", "message": "Too loud."},
        {"field": "description", "code": "empty", "message": "Say more."},
    ]
    decide(client.post(f"{url}/submit", {}).json(), "reject", reasons=reasons)
    review = client.post(f"{url}/submit", {"list_when_approved": False}).json()
    decide(review, "approve")

    kept = client.get(f"{url}/reviews").json()["results"]
    assert [one["verdict"] for one in kept] == ["approved", "rejected", "withdrawn"]
    assert kept[1]["reasons"] == reasons
    assert Product.objects.get().display_state == DisplayState.IN_WAREHOUSE

    at_once = asked | {"skus": [{"merchant_code": "B-1", "price": 100, "stock": 1}]}
    sent = client.post(base, at_once | {"submit": True}, HTTP_IDEMPOTENCY_KEY="sent").json()
    assert sent["display_state"] == "in_review"
    decide(client.get(f"{base}/{sent['id']}/reviews").json()["results"][0], "approve")
    assert client.get(f"{base}/{sent['id']}").json()["display_state"] == "on_sale"
