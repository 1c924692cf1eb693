"""SKUs that exist, and bundles, over the API (CA-09)."""

import pytest

from catalog.models import Sku, Stock
from catalog.services.invariants import violations
from tests.factories.catalog import product_on_sale
from tests.factories.orders import make_sku
from tests.factories.shops import ShopFactory, owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(db):
    return ShopFactory()


@pytest.fixture
def desk(client_for, shop):
    return client_for(owner_of(shop))


def door(sku, what=""):
    return f"/api/v1/catalog/shops/{sku.shop.public_id}/skus/{sku.public_id}{what}"


def available(*skus) -> list[int]:
    return [Stock.objects.get(pk=sku.pk).available for sku in skus]


def post(desk, address, count, key):
    return desk.post(address, {"count": count}, format="json", headers={"Idempotency-Key": key})


def test_ca_09_codes_and_picture_change_and_a_variant_is_no_longer_sold(
    desk, shop, anonymous_client
):
    """At once, without a review; the only one that is sold stays.

    API: PATCH /api/v1/catalog/shops/{shop_id}/skus/{sku_id}
    """
    small = make_sku(shop=shop, price=3_000)
    product = small.product
    large = Sku.objects.create(
        shop=shop, product=product, merchant_code="LARGE", options=["L"], image_url=""
    )
    Stock.objects.create(sku=large, shop=shop, on_hand=0)

    changes = {"merchant_code": "SMALL-2", "supplier_code": "F-77", "image_url": ""}
    told = desk.patch(door(small), changes)
    assert told.status_code == 200, told.content
    assert (told.json()["merchant_code"], told.json()["supplier_code"]) == ("SMALL-2", "F-77")

    other = {"image_url": "https://elsewhere.example/a.jpg"}
    assert desk.patch(door(small), other).json()["code"] == "bad_sku"
    taken = desk.patch(door(small), {"merchant_code": "LARGE"})
    assert (taken.status_code, taken.json()["code"]) == (409, "duplicate_code")
    assert desk.patch(door(large), {"is_active": False}).json()["is_active"] is False
    only = desk.patch(door(small), {"is_active": False})
    assert (only.status_code, only.json()["code"]) == (409, "last_sku")
    page = anonymous_client.get(f"/api/v1/catalog/products/{product.public_id}").json()
    assert [one["id"] for one in page["skus"]] == [small.public_id]


def test_a_variant_that_is_not_sold_any_more_is_not_bought(desk, shop, client_for):
    from tests.factories.accounts import UserFactory
    from tests.orders.api.checkouts import body, check_out

    sku = make_sku(shop=shop)
    other = Sku.objects.create(
        shop=shop, product=sku.product, merchant_code="OTHER", options=["other"]
    )
    Stock.objects.create(sku=other, shop=shop, on_hand=0)
    buyer = client_for(UserFactory())
    assert check_out(buyer, body((sku, 1)), key="before").status_code == 201
    assert desk.patch(door(sku), {"is_active": False}).status_code == 200
    refused = check_out(buyer, body((sku, 1)), key="after")
    assert refused.json()["code"] == "not_buyable"


def test_ca_09_a_bundle_is_put_together_sold_and_taken_apart(desk, shop, anonymous_client):
    """Pieces of the parts leave the shelf as bundles come on it; each key acts once.

    API: PUT /api/v1/catalog/shops/{shop_id}/skus/{sku_id}/bundle
    API: POST /api/v1/catalog/shops/{shop_id}/skus/{sku_id}/bundle/put-together
    API: POST /api/v1/catalog/shops/{shop_id}/skus/{sku_id}/bundle/take-apart
    """
    tea, cup = make_sku(shop=shop, stock=10), make_sku(shop=shop, stock=3)
    gift = make_sku(shop=shop, stock=0)
    parts = [
        {"sku_id": tea.public_id, "quantity": 2},
        {"sku_id": cup.public_id, "quantity": 1},
    ]
    made = desk.put(door(gift, "/bundle"), {"parts": parts})
    assert made.status_code == 200, made.content
    assert [(one["sku_id"], one["quantity"]) for one in made.json()["parts"]] == [
        (tea.public_id, 2),
        (cup.public_id, 1),
    ]

    for _once in range(2):
        told = post(desk, door(gift, "/bundle/put-together"), 3, "k1")
        assert (told.status_code, told.json()["on_hand"]) == (200, 3), told.content
    assert available(tea, cup, gift) == [4, 0, 3]
    short = post(desk, door(gift, "/bundle/put-together"), 1, "k2").json()
    assert (short["code"], short["skus"]) == ("out_of_stock", [cup.public_id])
    page = anonymous_client.get(f"/api/v1/catalog/products/{gift.product.public_id}").json()
    assert [one["quantity"] for one in page["skus"][0]["parts"]] == [2, 1]

    locked = desk.put(door(gift, "/bundle"), {"parts": parts[:1]})
    assert (locked.status_code, locked.json()["code"]) == (409, "bundle_has_pieces")
    assert post(desk, door(gift, "/bundle/take-apart"), 4, "k3").status_code == 409
    assert post(desk, door(gift, "/bundle/take-apart"), 3, "k4").status_code == 200
    assert available(tea, cup, gift) == [10, 3, 0]
    assert desk.put(door(gift, "/bundle"), {"parts": []}).json()["parts"] == []
    assert post(desk, door(gift, "/bundle/put-together"), 1, "k5").json()["code"] == "no_bundle"
    assert violations() == []


def test_what_is_no_bundle_is_refused(desk, shop):
    tea, cup, gift = (make_sku(shop=shop, stock=5) for _one in range(3))
    gift_parts = [{"sku_id": tea.public_id, "quantity": 2}]
    Stock.objects.filter(pk=gift.pk).update(on_hand=0)
    foreign = product_on_sale().skus.get()

    def code(sku, *parts):
        rows = [{"sku_id": one.public_id, "quantity": pieces} for one, pieces in parts]
        answer = desk.put(door(sku, "/bundle"), {"parts": rows})
        return answer.json()["errors"][0]["code"] if answer.status_code >= 400 else "ok"

    assert code(gift, (gift, 2)) == "itself"
    assert code(gift, (tea, 1), (tea, 2)) == "named_twice"
    assert code(gift, (foreign, 2)) == "of_another_shop"
    assert code(gift, (tea, 1)) == "one_piece"
    assert desk.put(door(gift, "/bundle"), {"parts": gift_parts}).status_code == 200
    assert code(cup, (gift, 2)) == "part_is_a_bundle"
    assert code(tea, (cup, 2)) == "is_a_part"
