"""The buyer's door: cart and quote."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Product
from orders.models import CartLine
from tests.factories.accounts import UserFactory
from tests.factories.orders import make_sku
from tests.factories.shops import BindingFactory
from tests.orders.api.checkouts import BASE, body, check_out, nothing_placed

pytestmark = pytest.mark.django_db


# --- cart -----------------------------------------------------------------------------------------


def test_the_cart_groups_by_shop_and_sets_apart_what_cannot_be_bought(client, buyer):
    binding = BindingFactory()
    good, other = make_sku(binding.shop, price=1_000), make_sku(price=2_000)
    gone, hidden = make_sku(stock=0), make_sku()
    for sku in (good, other, gone, hidden):
        path = f"{BASE}/cart/lines/{sku.public_id}"
        assert client.put(path, {"quantity": 2}, format="json").status_code == 200
    hidden.product.shelf_status = "off"
    hidden.product.save()

    cart = client.get(f"{BASE}/cart").json()

    assert [shop["storefront"]["shop"]["id"] for shop in cart["shops"]] == [
        good.shop.public_id,
        other.shop.public_id,
    ]
    assert cart["shops"][0]["storefront"]["account"]["id"] == binding.account.public_id
    (line,) = cart["shops"][0]["lines"]
    assert (line["sku_id"], line["state"], line["price"], line["goods_amount"]) == (
        good.public_id,
        "ok",
        {"amount": 1_000, "currency": "CNY"},
        {"amount": 2_000, "currency": "CNY"},
    )
    assert [(one["sku_id"], one["state"]) for one in cart["invalid"]] == [
        (gone.public_id, "sold_out"),
        (hidden.public_id, "not_for_sale"),
    ]


def test_a_line_with_more_pieces_than_there_are_is_short(client):
    sku = make_sku(stock=1)

    cart = client.put(f"{BASE}/cart/lines/{sku.public_id}", {"quantity": 2}, format="json").json()

    assert cart["shops"][0]["lines"][0]["state"] == "short"


def test_a_touch_stays_with_its_line_until_another_comes(client, buyer):
    sku = make_sku()
    path = f"{BASE}/cart/lines/{sku.public_id}"
    touch = {"pick_code": "pck1", "media_type": "video", "media_id": "v1"}
    client.put(path, {"quantity": 1, "touch": touch}, format="json")

    client.put(path, {"quantity": 3}, format="json")

    line = CartLine.objects.get(buyer=buyer)
    assert (line.quantity, line.touch["pick_code"], line.touch["media_id"]) == (3, "pck1", "v1")


def test_a_line_leaves_the_cart(client, buyer):
    sku = make_sku()
    path = f"{BASE}/cart/lines/{sku.public_id}"
    client.put(path, {"quantity": 1}, format="json")

    assert client.delete(path).status_code == 204

    assert CartLine.objects.count() == 0


def test_a_cart_has_a_limit(client, settings):
    settings.MAX_CART_LINES = 1
    first, second = make_sku(), make_sku()
    client.put(f"{BASE}/cart/lines/{first.public_id}", {"quantity": 1}, format="json")

    answer = client.put(f"{BASE}/cart/lines/{second.public_id}", {"quantity": 1}, format="json")

    assert (answer.status_code, answer.json()["code"]) == (409, "cart_full")
    assert CartLine.objects.count() == 1


def test_carts_are_apart(client_for):
    sku = make_sku()
    mine, other = client_for(UserFactory()), client_for(UserFactory())
    mine.put(f"{BASE}/cart/lines/{sku.public_id}", {"quantity": 1}, format="json")

    other.delete(f"{BASE}/cart/lines/{sku.public_id}")

    assert other.get(f"{BASE}/cart").json() == {"shops": [], "invalid": []}
    assert len(mine.get(f"{BASE}/cart").json()["shops"]) == 1


def test_the_cart_costs_the_same_number_of_queries_for_one_and_for_three_lines(client, buyer):
    counts = []
    for _ in range(2):
        CartLine.objects.create(buyer=buyer, sku=make_sku(), quantity=1)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{BASE}/cart")
        counts.append(len(queries))
        CartLine.objects.create(buyer=buyer, sku=make_sku(), quantity=1)

    assert counts[0] == counts[1]


# --- quote ----------------------------------------------------------------------------------------


def test_a_quote_shows_prices_freight_and_identity_and_writes_nothing(client):
    binding = BindingFactory()
    sku, other = make_sku(binding.shop, price=1_000, stock=1), make_sku(price=9_900)
    content = {"lines": body((sku, 2), (other, 1))["lines"]}

    with CaptureQueriesContext(connection) as queries:
        answer = client.post(f"{BASE}/quotes", content, format="json")

    quote = answer.json()
    assert answer.status_code == 200
    assert (quote["goods_amount"]["amount"], quote["freight_amount"]["amount"]) == (11_900, 800)
    assert quote["pay_amount"] == {"amount": 12_700, "currency": "CNY"}
    assert quote["orders"][0]["storefront"]["account"]["id"] == binding.account.public_id
    (line,) = quote["orders"][0]["lines"]
    assert (line["unit_price"]["amount"], line["pay_amount"]["amount"], line["is_available"]) == (
        1_000,
        2_800,
        False,
    )
    assert not [q for q in queries if q["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE")]
    assert nothing_placed()


def test_cart_quote_and_checkout_tell_a_buyers_limit(client):
    sku = make_sku()
    Product.objects.filter(pk=sku.product_id).update(max_per_order=2)
    limits = {"min_per_order": 1, "max_per_order": 2, "max_per_buyer": None}

    cart = client.put(f"{BASE}/cart/lines/{sku.public_id}", {"quantity": 3}, format="json").json()
    quoted = client.post(f"{BASE}/quotes", {"lines": body((sku, 3))["lines"]}, format="json")
    placed = check_out(client, body((sku, 3)))

    assert cart["shops"][0]["lines"][0]["purchase_limits"] == limits
    for refused in (quoted, placed):
        problem = refused.json()
        assert (refused.status_code, problem["code"]) == (409, "over_limit")
        assert [(one["pointer"], one["code"]) for one in problem["errors"]] == [
            ("/lines/0/quantity", "above_max_per_order")
        ]
        (said,) = problem["limits"]
        assert said == limits | {"product_id": sku.product.public_id, "quantity": 3, "bought": 0}
    assert nothing_placed()


def test_a_quote_equals_what_is_placed(client):
    first, second = make_sku(price=1_234), make_sku(price=777)
    content = body((first, 3), (second, 5))

    quote = client.post(f"{BASE}/quotes", {"lines": content["lines"]}, format="json").json()
    placed = check_out(client, content).json()

    assert quote["pay_amount"] == placed["pay_amount"]
