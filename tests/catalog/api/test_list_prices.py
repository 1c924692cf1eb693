"""List prices 划线价: above the price, bounded by the cheapest SKU, proven where asked for."""

import pytest

from catalog.models import PriceVersion, Product
from tests.factories.catalog import give_rules, product_on_sale, skus_of
from tests.factories.shops import owner_of

pytestmark = pytest.mark.django_db

EVIDENCE = {"price_evidence": "tag_price", "price_evidence_url": "https://a.example/tag.jpg"}


@pytest.fixture
def client(shop, client_for):
    return client_for(owner_of(shop))


@pytest.fixture
def base(shop) -> str:
    return f"/api/v1/catalog/shops/{shop.public_id}"


def body(leaf, **more) -> dict:
    skus = [
        {"merchant_code": "A", "options": ["S"], "price": 1_000, "list_price": 1_500},
        {"merchant_code": "B", "options": ["L"], "price": 9_000},
    ]
    title = {"category_id": leaf.public_id, "title": "纯棉毛巾", "option_names": ["size"]}
    return {**title, "skus": skus, **more}


def codes(answer) -> list[tuple[str, str]]:
    return [(one["pointer"], one["code"]) for one in answer.json().get("errors", [])]


def test_ca_18_a_list_price_is_bounded_and_proven(client, base, shop, leaf) -> None:
    """Above the price, at most ten times the lowest SKU, with evidence where the leaf asks for it.

    API: POST /api/v1/catalog/shops/{shop_id}/products
    """
    give_rules(leaf, needs_list_price_evidence=True)

    def post(key: str, **more):
        return client.post(f"{base}/products", body(leaf, **more), HTTP_IDEMPOTENCY_KEY=key)

    bare = post("1")
    half = post("2", price_evidence="tag_price")
    assert codes(bare) == [("/price_evidence", "evidence_required")]
    assert codes(half)[0] == ("/price_evidence_url", "evidence_incomplete")
    assert not Product.objects.exists()

    made = post("3", **EVIDENCE)
    assert made.status_code == 201, made.json()
    assert made.json()["price_evidence"] == "tag_price"
    dear = Product.objects.get().skus.get(merchant_code="B")

    def set_price(key: str, **prices):
        url = f"{base}/skus/{dear.public_id}/prices"
        return client.post(url, prices, HTTP_IDEMPOTENCY_KEY=key)

    refused = [
        set_price("4", price=9_000, list_price=9_000),
        set_price("5", price=9_000, list_price=10_001),  # the cheapest SKU is 1,000
    ]
    taken = set_price("6", price=9_000, list_price=10_000)

    assert [codes(one) for one in refused] == [[("/list_price", "out_of_range")]] * 2
    assert taken.status_code == 201
    assert PriceVersion.objects.filter(sku=dear).count() == 2


def test_a_price_by_itself_needs_no_evidence(client, base, shop, leaf) -> None:
    (sku,) = skus_of(product_on_sale(shop=shop, category=leaf))
    give_rules(leaf, needs_list_price_evidence=True)
    url = f"{base}/skus/{sku.public_id}/prices"

    plain = client.post(url, {"price": 100}, HTTP_IDEMPOTENCY_KEY="1")
    struck = client.post(url, {"price": 100, "list_price": 200}, HTTP_IDEMPOTENCY_KEY="2")

    assert (plain.status_code, struck.status_code) == (201, 400)
    assert codes(struck) == [("/list_price", "evidence_required")]
