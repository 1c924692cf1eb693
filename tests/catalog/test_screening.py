"""Interception rules and the review pipeline, from door to door (CA-06, CA-07)."""

import pytest

from catalog.models import Product, ProductReview, ScreeningRule
from catalog.services.screening.rules import RuleSpec
from kernel.models import AuditEntry
from tests.factories.accounts import OperatorFactory
from tests.factories.catalog import (
    BrandFactory,
    DraftProductFactory,
    SkuFactory,
    give_screening,
    product_on_sale,
)
from tests.factories.shops import owner_of

pytestmark = pytest.mark.django_db

RULES = "/api/v1/catalog/operator/screening-rules"
PASSES = "/api/v1/catalog/operator/review-passes"


@pytest.fixture
def platform(client_for):
    return client_for(OperatorFactory())


def sent(client, url, body, status=200):
    """Return the answer to a POST that must end with `status`."""
    answer = client.post(url, body)
    assert answer.status_code == status, answer.json()
    return answer.json()


def test_ca_07_a_rule_is_tried_published_and_obeyed_at_every_door(
    client_for, platform, shop, leaf
) -> None:
    """Drafted, tried on what sells, published in versions; a hit is told at its field.

    API: POST /api/v1/catalog/operator/screening-rules
    """
    product_on_sale(title="A miracle that sells already")
    draft = {"code": "medical", "kind": "banned_words", "effect": "block", "words": ["miracle"]}
    rule = sent(platform, RULES, draft, 201)
    assert (rule["version"], rule["tried_at"]) == (None, None)
    url = f"{RULES}/{rule['id']}"
    assert platform.post(f"{url}/publish", {}).json()["code"] == "rule_not_tried"

    tried = sent(platform, f"{url}/try", {})
    assert (tried["trial_count"], tried["trial_hits"]) == (1, 1)
    assert tried["trial_samples"][0]["title"] == "A miracle that sells already"
    assert sent(platform, f"{url}/publish", {})["version"] == 1
    assert platform.post(f"{url}/publish", {}).json()["code"] == "rule_published"

    client = client_for(owner_of(shop))
    base = f"/api/v1/catalog/shops/{shop.public_id}/products"
    asked = {
        "category_id": leaf.public_id,
        "title": "The miracle towel",
        "skus": [{"merchant_code": "A-1", "price": 100, "stock": 1}],
    }
    saved = client.post(base, asked, HTTP_IDEMPOTENCY_KEY="saved").json()
    (told,) = client.get(f"{base}/{saved['id']}/check").json()
    assert (told["field"], told["code"], told["effect"]) == ("title", "banned_words", "block")
    review = sent(client, f"{base}/{saved['id']}/submit", {}, 201)
    assert review["verdict"] == "rejected"
    assert [one["field"] for one in review["reasons"]] == ["title"]
    assert "miracle" in review["findings"][0]["message"]

    at_once = asked | {"submit": True, "skus": [{"merchant_code": "B", "price": 1, "stock": 1}]}
    made = client.post(base, at_once, HTTP_IDEMPOTENCY_KEY="sent").json()
    assert made["display_state"] == "rejected"
    # Logged, and kept: the hits survive, with the version that hit.
    kept = ProductReview.objects.order_by("pk")
    assert [(h.rule.code, h.rule.version) for r in kept for h in r.hits.all()] == [
        ("medical", 1),
        ("medical", 1),
    ]

    second = sent(platform, RULES, draft | {"effect": "warn"}, 201)
    sent(platform, f"{RULES}/{second['id']}/try", {})
    assert sent(platform, f"{RULES}/{second['id']}/publish", {})["version"] == 2
    again = sent(client, f"{base}/{saved['id']}/submit", {}, 201)
    assert (again["verdict"], again["findings"][0]["effect"]) == ("pending", "warn")
    listed = platform.get(RULES, {"code": "medical", "state": "published"}).json()["results"]
    assert [one["version"] for one in listed] == [2, 1]
    assert platform.get(RULES, {"state": "draft"}).json()["results"] == []


def test_ca_06_the_queue_is_by_risk_and_a_trusted_shop_passes_at_once(
    client_for, platform, shop, leaf
) -> None:
    """Refused by rule, approved by pass, or looked at by a person: the riskiest first.

    API: POST /api/v1/catalog/operator/review-passes
    Page: /operator/catalog/reviewpass/
    """
    give_screening(RuleSpec("contact", "contact", "human"))
    give_screening(RuleSpec("brands", "brand_grant", "warn"))
    client = client_for(owner_of(shop))
    base = f"/api/v1/catalog/shops/{shop.public_id}/products"

    def submit(**content) -> dict:
        product = DraftProductFactory(shop=shop, category=leaf, **content)
        SkuFactory(product=product)
        return sent(client, f"{base}/{product.public_id}/submit", {}, 201)

    brand = BrandFactory()
    plain, odd = submit(title="Plain"), submit(title="Rather odd", brief="www.own.example")
    branded = submit(title="Branded", brand=brand)

    url = "/api/v1/catalog/operator/reviews"
    queue = platform.get(url, {"verdict": "pending"}).json()["results"]
    assert [(one["id"], one["risk"]) for one in queue] == [
        (odd["id"], 60),
        (branded["id"], 30),
        (plain["id"], 20),
    ]

    asked = {"shop_id": shop.public_id, "category_id": leaf.public_id, "note": "Sold well"}
    given = sent(platform, PASSES, asked, 201)
    assert platform.post(PASSES, asked).json()["code"] == "already_granted"
    assert submit(title="Trusted")["verdict"] == "approved"
    assert Product.objects.get(title="Trusted").display_state == "on_sale"
    assert submit(title="Branded too", brand=brand)["verdict"] == "approved"
    assert submit(title="Still odd", brief="www.own.example")["verdict"] == "pending"

    end = f"{PASSES}/{given['id']}/revoke"
    assert sent(platform, end, {"reason": "Complaints"})["revoked_at"] is not None
    assert submit(title="No longer trusted")["verdict"] == "pending"
    assert AuditEntry.objects.filter(action="catalog.revoke_review_pass").count() == 1
    ids = [one["id"] for one in platform.get(PASSES, {"shop_id": shop.public_id}).json()["results"]]
    assert ids == [given["id"]]


def test_a_merchant_cannot_touch_rules(client_for, shop) -> None:
    client = client_for(owner_of(shop))
    for url in (RULES, PASSES):
        assert client.get(url).status_code == 404
    draft = {"code": "a", "kind": "contact", "effect": "warn"}
    assert client.post(RULES, draft).status_code == 404
    assert not ScreeningRule.objects.exists()
