"""Through whom a product is sold, over the API (CA-19)."""

import pytest

from catalog.models import Product
from catalog.services.search import reindex
from tests.factories.accounts import AccountFactory, CreatorFactory
from tests.factories.affiliates import PlanFactory
from tests.factories.catalog import product_on_sale
from tests.factories.shops import ShopFactory, owner_of

pytestmark = pytest.mark.django_db

SEARCH = "/api/v1/catalog/products"
CREATOR = "/api/v1/affiliates/creator/"


def goods(shop, **fields):
    product = product_on_sale(shop=shop, **fields)
    reindex([product])
    product.save()
    return product


@pytest.fixture
def shop(db):
    return ShopFactory()


@pytest.fixture
def desk(client_for, shop):
    return client_for(owner_of(shop))


def address(product):
    return f"/api/v1/catalog/shops/{product.shop.public_id}/products/{product.public_id}"


def found(client, **query):
    return [one["id"] for one in client.get(SEARCH, query).json()["results"]]


def test_ca_19_a_product_is_sold_by_named_accounts_alone(
    desk, shop, anonymous_client, client_for
) -> None:
    """Found in their showcases, picked by them, bought through them; then everywhere again.

    API: PUT /api/v1/catalog/shops/{shop_id}/products/{product_id}/channel
    """
    product = goods(shop)
    PlanFactory(product=product)
    creator, other = CreatorFactory(), CreatorFactory()
    named = {"kind": "named", "account_ids": [creator.account.public_id]}

    told = desk.put(f"{address(product)}/channel", named)

    assert told.status_code == 200, told.json()
    assert told.json() == desk.get(f"{address(product)}/channel").json()
    assert told.json() == {
        "kind": "named",
        "main_product_id": None,
        "accounts": [
            {
                "id": creator.account.public_id,
                "handle": creator.account.handle,
                "name": creator.account.name,
            }
        ],
    }
    assert found(anonymous_client) == []
    assert found(anonymous_client, account_id=other.account.public_id) == []
    assert found(anonymous_client, account_id=creator.account.public_id) == [product.public_id]

    def pick(who, key):
        body, headers = {"product_id": product.public_id}, {"Idempotency-Key": key}
        return client_for(who.user).post(f"{CREATOR}picks", body, headers=headers)

    def offered(who):
        return len(client_for(who.user).get(f"{CREATOR}pool").json()["results"])

    assert (offered(creator), offered(other)) == (1, 0)
    refused = pick(other, "a")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_named")
    assert pick(creator, "b").json()["state"] == "active"

    desk.put(f"{address(product)}/channel", named | {"account_ids": [other.account.public_id]})
    rows = client_for(creator.user).get(f"{CREATOR}picks").json()["results"]
    assert [one["state"] for one in rows] == ["off_shelf"]

    desk.put(f"{address(product)}/channel", {"kind": "all"})
    assert found(anonymous_client) == [product.public_id]
    assert pick(other, "c").status_code == 201


def test_ca_19_creators_get_a_price_and_stock_of_their_own(desk, shop) -> None:
    """A channel product beside the main one: exclusive, named or for all creators, once.

    API: POST /api/v1/catalog/shops/{shop_id}/products/{product_id}/channel-products
    """
    product, creator = goods(shop, price=900), CreatorFactory()
    body = {
        "kind": "exclusive",
        "account_ids": [creator.account.handle],
        "skus": [{"merchant_code": "EX-1", "price": 700, "stock": 4}],
        "submit": True,
    }

    def make(key, **changes):
        url = f"{address(product)}/channel-products"
        return desk.post(url, body | changes, headers={"Idempotency-Key": key})

    made = make("one")

    assert made.status_code == 201, made.json()
    assert (made.json()["title"], made.json()["display_state"]) == (product.title, "in_review")
    assert [(sku["price"]["amount"], sku["available"]) for sku in made.json()["skus"]] == [(700, 4)]
    assert make("one").json()["id"] == made.json()["id"]
    everybody = {"kind": "all_creators", "account_ids": []}
    code = {"skus": [{"merchant_code": "EX-2", "price": 800}]}
    assert make("two", **everybody, **code).status_code == 201
    again = make("three", **everybody, skus=[{"merchant_code": "EX-3", "price": 800}])
    assert (again.status_code, again.json()["code"]) == (409, "already_for_all_creators")
    rows = desk.get(f"{address(product)}/channel-products").json()["results"]
    assert [(one["kind"], one["account_count"]) for one in rows] == [
        ("all_creators", 0),
        ("exclusive", 1),
    ]
    assert Product.objects.count() == 3


def test_a_foreign_shop_says_nothing_of_a_product(desk) -> None:
    foreign = goods(ShopFactory())

    answers = [
        desk.get(f"{address(foreign)}/channel"),
        desk.put(f"{address(foreign)}/channel", {"kind": "all"}),
        desk.get(f"{address(foreign)}/channel-products"),
    ]

    assert [one.status_code for one in answers] == [404, 404, 404]


def test_nobody_unknown_is_named(desk, shop, anonymous_client) -> None:
    product = goods(shop)
    account = AccountFactory()

    refused = desk.put(
        f"{address(product)}/channel",
        {"kind": "named", "account_ids": [account.public_id, "acc_nobody"]},
    )

    assert refused.status_code == 400
    assert refused.json()["errors"][0]["code"] == "unknown_account"
    assert found(anonymous_client) == [product.public_id]
