"""A shop's own doors: products, prices, stock."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.enums import DisplayState, MovementKind
from catalog.models import PriceVersion, Product, Sku, Stock, StockMovement
from catalog.services import shelf, stock
from catalog.services.invariants import violations
from kernel.models import IdempotencyRecord
from shops.enums import StaffRole
from tests.factories.catalog import (
    BrandFactory,
    DraftProductFactory,
    ProductFactory,
    SkuFactory,
    product_on_sale,
    skus_of,
)
from tests.factories.shops import ShopFactory, StaffFactory, owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(shop, client_for):
    return client_for(owner_of(shop))


@pytest.fixture
def base(shop) -> str:
    return f"/api/v1/catalog/shops/{shop.public_id}"


def body(leaf, **more) -> dict:
    return {
        "category_id": leaf.public_id,
        "title": "轻奢纯棉四件套",
        "option_names": ["规格"],
        "skus": [
            {"merchant_code": "A-1", "options": ["1.5m"], "price": 89_900, "stock": 5},
            {"merchant_code": "A-2", "options": ["1.8m"], "price": 99_900, "list_price": 109_900},
        ],
        **more,
    }


def post(client, url: str, data=None, key: str = "key-1"):
    return client.post(url, data or {}, HTTP_IDEMPOTENCY_KEY=key)


def test_a_product_is_made_once_per_key(client, base, leaf) -> None:
    brand = BrandFactory()
    asked = body(leaf, brand_id=brand.public_id, submit=True)

    first = post(client, f"{base}/products", asked)
    again = post(client, f"{base}/products", asked)

    assert (first.status_code, again.status_code) == (201, 201), first.json()
    assert again["Idempotent-Replayed"] == "true"
    assert first.json() == again.json()
    page = first.json()
    assert (page["display_state"], page["brand"]["id"]) == ("in_review", brand.public_id)
    assert [
        (sku["merchant_code"], sku["price"]["amount"], sku["on_hand"]) for sku in page["skus"]
    ] == [
        ("A-1", 89_900, 5),
        ("A-2", 99_900, 0),
    ]
    assert (Product.objects.count(), Sku.objects.count()) == (1, 2)
    assert violations() == []


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"title": "x"}, "/title"),
        ({"title": "a\x00b"}, None),
        ({"min_price": 1}, "/min_price"),
        ({"shop_id": "shp_other"}, "/shop_id"),
        ({"skus": []}, "/skus"),
        ({"skus": [{"merchant_code": "A", "options": ["x"], "price": 0}]}, "/skus/0/price"),
        ({"skus": [{"merchant_code": "A", "options": ["x"], "price": "9"}]}, "/skus/0/price"),
        (
            {"skus": [{"merchant_code": "A", "options": ["x"], "price": 9, "stock": -1}]},
            "/skus/0/stock",
        ),
        ({"option_names": ["a", "b", "c", "d"]}, "/option_names"),
    ],
)
def test_bad_bodies_make_nothing(client, base, leaf, more, pointer) -> None:
    response = post(client, f"{base}/products", body(leaf, **more))

    assert response.status_code == 400
    if pointer is not None:
        assert response.json()["errors"][0]["pointer"] == pointer
    assert Product.objects.count() == 0


def test_making_a_product_needs_a_key(client, base, leaf) -> None:
    response = client.post(f"{base}/products", body(leaf))

    assert response.status_code == 400
    assert response.json()["errors"][0]["code"] == "idempotency_key_required"
    assert Product.objects.count() == 0


def test_an_unknown_category_is_not_found(client, base, leaf) -> None:
    response = post(client, f"{base}/products", body(leaf, category_id="cat_nope"))

    assert response.status_code == 404
    assert Product.objects.count() == 0


def test_the_list_filters_by_the_display_state(client, base, shop) -> None:
    on_sale = product_on_sale(shop=shop, stock=7, skus=2)
    DraftProductFactory(shop=shop)
    product_on_sale()

    rows = client.get(f"{base}/products", {"display_state": "on_sale"}).json()["results"]

    assert [(row["id"], row["available"], row["display_state"]) for row in rows] == [
        (on_sale.public_id, 14, "on_sale")
    ]
    assert len(client.get(f"{base}/products").json()["results"]) == 2
    assert client.get(f"{base}/products", {"shelf_status": "on"}).status_code == 400


@pytest.mark.parametrize("path", ["products", "stock", "stock/movements"])
def test_lists_cost_the_same_for_one_and_for_three(client, base, shop, path) -> None:
    def cost() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as queries:
            rows = client.get(f"{base}/{path}").json()["results"]
        return len(queries), len(rows)

    product_on_sale(shop=shop)
    one = cost()
    for _ in range(2):
        product_on_sale(shop=shop)
    three = cost()

    assert (one[1], three[1]) == (1, 3)
    assert one[0] == three[0]


def test_a_change_of_what_sells_waits_for_review(client, base, shop) -> None:
    product = product_on_sale(shop=shop, title="Old title")
    url = f"{base}/products/{product.public_id}"

    page = client.patch(url, {"version": 1, "title": "New title"}).json()
    assert (page["title"], page["waiting_changes"], page["version"]) == (
        "Old title",
        {"title": "New title"},
        2,
    )

    review = client.post(f"{url}/submit", {}).json()
    assert (review["is_change"], review["content"]) == (True, {"title": "New title"})
    stale = client.patch(url, {"version": 2, "title": "Third"})
    assert (stale.status_code, stale.json()["code"]) == (409, "change_pending")
    assert client.post(f"{url}/withdraw").json()["verdict"] == "withdrawn"
    assert client.post(f"{url}/discard").json()["display_state"] == "on_sale"
    verdicts = [row["verdict"] for row in client.get(f"{url}/reviews").json()["results"]]
    assert verdicts == ["withdrawn"]


def test_a_stale_edit_is_refused(client, base, shop) -> None:
    product = product_on_sale(shop=shop)
    url = f"{base}/products/{product.public_id}"
    client.patch(url, {"version": 1, "title": "First"})

    response = client.patch(url, {"version": 1, "title": "Second"})

    assert (response.status_code, response.json()["code"]) == (409, "stale_version")
    assert client.get(url).json()["waiting_changes"] == {"title": "First"}


@pytest.mark.parametrize("changes", [{}, {"option_names": []}, {"sales_count": 9}])
def test_an_edit_names_a_change_that_exists(client, base, shop, changes) -> None:
    product = product_on_sale(shop=shop)

    response = client.patch(f"{base}/products/{product.public_id}", {"version": 1, **changes})

    assert response.status_code == 400
    product.refresh_from_db()
    assert product.version == 1


def test_the_shelf_and_the_bin(client, base, shop) -> None:
    product = product_on_sale(shop=shop)
    url = f"{base}/products/{product.public_id}"

    states = [
        client.post(f"{url}/delist").json()["display_state"],
        client.post(f"{url}/list").json()["display_state"],
        client.delete(url).status_code,
        client.get(url).json()["display_state"],
        client.post(f"{url}/restore").json()["display_state"],
    ]

    assert states == ["in_warehouse", "on_sale", 204, "deleted", "in_warehouse"]
    assert client.post(f"{url}/restore").json()["code"] == "illegal_transition"


def test_a_price_is_set_once_per_key(client, base, shop) -> None:
    (sku,) = skus_of(product_on_sale(shop=shop, price=9_900))
    url = f"{base}/skus/{sku.public_id}/prices"

    answers = [post(client, url, {"price": 8_800, "list_price": 9_900}) for _ in range(2)]

    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json()["price"] == {"amount": 8_800, "currency": "CNY"}
    prices = client.get(url).json()["results"]
    assert [one["price"]["amount"] for one in prices] == [8_800, 9_900]
    reused = post(client, url, {"price": 1})
    assert (reused.status_code, reused.json()["code"]) == (422, "idempotency_key_reused")
    assert PriceVersion.objects.filter(sku=sku).count() == 2


@pytest.mark.parametrize(
    "asked",
    [
        {"price": 0},
        {"price": -1},
        {"price": 10**11},
        {"price": 1.5},
        {"price": 100, "list_price": 99},
        {"price": 100, "effective_from": "2020-01-01T00:00:00Z"},
        {"price": 100, "amount": 1},
    ],
)
def test_bad_prices_are_refused(client, base, shop, asked) -> None:
    (sku,) = skus_of(product_on_sale(shop=shop))

    response = post(client, f"{base}/skus/{sku.public_id}/prices", asked)

    assert response.status_code == 400
    assert PriceVersion.objects.filter(sku=sku).count() == 1


def test_stock_is_edited_row_by_row(client, base, shop) -> None:
    first, second = skus_of(product_on_sale(shop=shop, skus=2, stock=10))
    edits = [
        {"sku_id": first.public_id, "delta": -3},
        {"sku_id": second.public_id, "set_to": 5, "expected": 9},
    ]

    answers = [post(client, f"{base}/stock", {"edits": edits}).json() for _ in range(2)]

    assert answers[0] == [
        {
            "sku_id": first.public_id,
            "merchant_code": first.merchant_code,
            "is_ok": True,
            "code": "applied",
            "on_hand": 7,
            "held": 0,
            "available": 7,
        },
        {
            "sku_id": second.public_id,
            "merchant_code": second.merchant_code,
            "is_ok": False,
            "code": "stock_changed",
            "on_hand": 10,
            "held": 0,
            "available": 10,
        },
    ]
    assert answers[1] == answers[0]
    moved = client.get(f"{base}/stock/movements", {"sku_id": first.public_id}).json()["results"]
    assert [(row["kind"], row["on_hand_delta"]) for row in moved] == [
        ("outbound", -3),
        ("initial", 10),
    ]
    assert Stock.objects.get(sku=first).on_hand == 7


def told(row: dict) -> tuple:
    return row["merchant_code"], row["code"], row["is_ok"], row["on_hand"]


def test_ca_13_stock_is_synchronised_by_increments_each_row_with_its_result(
    client, base, shop
) -> None:
    """A batch may be sent again: its key says so. One bad row does not stop the others.

    API: POST /api/v1/catalog/shops/{shop_id}/stock
    """
    first, second = skus_of(product_on_sale(shop=shop, skus=2, stock=10))
    foreign = SkuFactory()
    edits = [
        {"merchant_code": first.merchant_code, "delta": 5},
        {"merchant_code": "NOBODYS", "delta": 1},
        {"sku_id": foreign.public_id, "delta": -1},
        {"sku_id": second.public_id, "delta": -11},
        {"sku_id": second.public_id, "delta": -10},
    ]

    answer = post(client, f"{base}/stock", {"edits": edits}, "sync-1")
    post(client, f"{base}/stock", {"edits": edits}, "sync-1")
    unkeyed = client.post(f"{base}/stock", {"edits": edits})
    many = post(client, f"{base}/stock", {"edits": edits[:1] * 201}, "sync-2")

    assert [told(row) for row in answer.json()] == [
        (first.merchant_code, "applied", True, 15),
        (None, "unknown_sku", False, 0),
        (None, "unknown_sku", False, 0),
        (second.merchant_code, "out_of_stock", False, 10),
        (second.merchant_code, "applied", True, 0),
    ]
    assert (answer.status_code, unkeyed.status_code, many.status_code) == (200, 400, 400)
    counts = {one.sku_id: one.on_hand for one in Stock.objects.all()}
    assert counts == {first.pk: 15, second.pk: 0, foreign.pk: 100}
    assert violations() == []


def test_ca_13_a_key_that_is_forgotten_still_moves_stock_once(client, base, shop) -> None:
    """The movements themselves know the batch, longer than any record of requests.

    API: POST /api/v1/catalog/shops/{shop_id}/stock
    """
    (sku,) = skus_of(product_on_sale(shop=shop, stock=10))
    edits = {"edits": [{"sku_id": sku.public_id, "delta": 5}]}
    post(client, f"{base}/stock", edits, "sync-1")
    IdempotencyRecord.objects.all().delete()

    (again,) = post(client, f"{base}/stock", edits, "sync-1").json()

    assert (again["code"], again["is_ok"], again["on_hand"]) == ("repeated", True, 15)
    assert Stock.objects.get(sku=sku).on_hand == 15


def test_ca_13_stock_is_synchronised_by_whole_counts(client, base, shop) -> None:
    """Counts replace what is there, held pieces included; what is not named stays.

    API: PUT /api/v1/catalog/shops/{shop_id}/stock
    """
    first, second, third = skus_of(product_on_sale(shop=shop, skus=3, stock=10))
    hold = stock.Move(second.pk, shop.pk, MovementKind.HOLD, 4, "order:1:1")
    stock.apply([hold], first.created_at)
    counts = [
        {"merchant_code": first.merchant_code, "on_hand": 7},
        {"sku_id": second.public_id, "on_hand": 3},
        {"merchant_code": "NOBODYS", "on_hand": 1},
    ]

    answers = [client.put(f"{base}/stock", {"counts": counts}) for _ in range(2)]

    assert [[row["code"] for row in answer.json()] for answer in answers] == [
        ["applied", "out_of_stock", "unknown_sku"],
        ["unchanged", "out_of_stock", "unknown_sku"],
    ]
    rows = Stock.objects.order_by("sku_id").values_list("sku_id", "on_hand", "held")
    assert list(rows) == [(first.pk, 7, 0), (second.pk, 10, 4), (third.pk, 10, 0)]
    assert violations() == []


@pytest.mark.parametrize(
    "row",
    [{"on_hand": 1}, {"on_hand": 1, "sku_id": "s", "merchant_code": "c"}, {"sku_id": "s"}],
)
def test_a_count_names_one_sku_one_way(client, base, row) -> None:
    assert client.put(f"{base}/stock", {"counts": [row]}).status_code == 400


@pytest.mark.parametrize(
    "edit",
    [
        {},
        {"delta": 1, "set_to": 2, "expected": 1},
        {"set_to": 5},
        {"delta": "1"},
        {"delta": 10**9},
        {"set_to": -1, "expected": 1},
    ],
)
def test_bad_stock_edits_are_refused(client, base, shop, edit) -> None:
    (sku,) = skus_of(product_on_sale(shop=shop))

    response = post(client, f"{base}/stock", {"edits": [{"sku_id": sku.public_id, **edit}]})

    assert response.status_code == 400
    assert StockMovement.objects.count() == 1


def test_stock_lists_what_is_low(client, base, shop) -> None:
    product_on_sale(shop=shop, stock=100)
    (low,) = skus_of(product_on_sale(shop=shop, stock=2))

    rows = client.get(f"{base}/stock", {"max_available": "5"}).json()["results"]

    assert [(row["sku_id"], row["available"]) for row in rows] == [(low.public_id, 2)]


def test_a_variant_is_added(client, base, shop) -> None:
    product = product_on_sale(shop=shop, skus=2)
    sku = {"merchant_code": "NEW", "options": ["xl"], "price": 100, "stock": 3}

    response = post(client, f"{base}/products/{product.public_id}/skus", sku)

    assert response.status_code == 201
    assert (response.json()["available"], response.json()["price"]["amount"]) == (3, 100)
    assert product.skus.count() == 3


def test_a_taken_merchant_code_is_refused(client, base, shop, leaf) -> None:
    SkuFactory(product=ProductFactory(shop=shop), merchant_code="A-1")

    response = post(client, f"{base}/products", body(leaf))

    assert (response.status_code, response.json()["code"]) == (409, "duplicate_code")
    assert Product.objects.count() == 1


def test_ca_17_a_product_gets_its_purchase_limits(client, base, shop) -> None:
    """The limits of an order and of a buyer's whole life, and buyers are told them.

    API: PUT /api/v1/catalog/shops/{shop_id}/products/{product_id}/limits
    """
    product = product_on_sale(shop=shop)
    url = f"{base}/products/{product.public_id}/limits"
    limits = {"min_per_order": 1, "max_per_order": None, "max_per_buyer": 2}

    page = client.put(url, limits)
    refused = client.put(url, limits | {"min_per_order": 3})
    partial = client.put(url, {"min_per_order": 1})
    unbuyable = client.put(url, {**limits, "max_per_buyer": None, "min_per_order": 10_000})

    assert (page.status_code, page.json()["purchase_limits"]) == (200, limits)
    public = client.get(f"/api/v1/catalog/products/{product.public_id}").json()
    assert public["purchase_limits"] == limits
    assert (refused.status_code, refused.json()["code"]) == (400, "limits_cannot_be_met")
    assert (partial.status_code, unbuyable.status_code) == (400, 400)
    product.refresh_from_db()
    assert (product.min_per_order, product.max_per_buyer) == (1, 2)


def test_another_shop_is_not_there(client, base, shop, leaf, client_for) -> None:
    other = ShopFactory()
    foreign = product_on_sale(shop=other)
    (sku,) = skus_of(foreign)
    there = f"/api/v1/catalog/shops/{other.public_id}"

    calls = [
        client.get(f"{there}/products"),
        client.get(f"{base}/products/{foreign.public_id}"),
        client.patch(f"{base}/products/{foreign.public_id}", {"version": 1, "title": "Mine"}),
        client.put(
            f"{base}/products/{foreign.public_id}/limits",
            {"min_per_order": 1, "max_per_order": 1, "max_per_buyer": 1},
        ),
        client.delete(f"{base}/products/{foreign.public_id}"),
        client.post(f"{base}/products/{foreign.public_id}/delist"),
        client.get(f"{base}/skus/{sku.public_id}/prices"),
        post(client, f"{base}/skus/{sku.public_id}/prices", {"price": 1}),
        post(client, f"{there}/products", body(leaf), "k3"),
    ]

    assert [call.status_code for call in calls] == [404] * len(calls)
    foreign.refresh_from_db()
    assert (foreign.display_state, foreign.version) == (DisplayState.ON_SALE, 1)
    assert Stock.objects.get(sku=sku).on_hand == 100
    assert client.get(f"{base}/stock/movements").json()["results"] == []
    assert client.get(f"{base}/stock", {"sku_id": sku.public_id}).json()["results"] == []


@pytest.mark.parametrize(
    ("role", "codes"),
    [
        (StaffRole.READ_ONLY, [200, 403, 403, 403]),
        (StaffRole.ORDER_CLERK, [200, 403, 403, 200]),
        (StaffRole.FINANCE, [403, 403, 403, 403]),
        (StaffRole.MANAGER, [200, 200, 201, 200]),
    ],
)
def test_each_role_does_its_own(shop, base, client_for, role, codes) -> None:
    product = product_on_sale(shop=shop)
    (sku,) = skus_of(product)
    client = client_for(StaffFactory(shop=shop, role=role).user)

    answers = [
        client.get(f"{base}/products"),
        client.post(f"{base}/products/{product.public_id}/delist"),
        post(client, f"{base}/skus/{sku.public_id}/prices", {"price": 100}),
        post(client, f"{base}/stock", {"edits": [{"sku_id": sku.public_id, "delta": 1}]}, "k2"),
    ]

    assert [answer.status_code for answer in answers] == codes


def test_nobody_comes_in_without_a_token(anonymous_client, base) -> None:
    assert anonymous_client.get(f"{base}/products").status_code == 401


def test_a_rejected_product_shows_its_reasons(client, base, shop, merchant, operator, at) -> None:
    from catalog.services import reviews

    product = DraftProductFactory(shop=shop)
    SkuFactory(product=product)
    review = shelf.submit(product=product, actor=merchant, at=at)
    reviews.reject(
        review=review,
        reasons=[reviews.Reason("title", "banned_word", "Too loud.")],
        actor=operator,
        at=at,
    )

    rows = client.get(f"{base}/products/{product.public_id}/reviews").json()["results"]

    assert rows[0]["reasons"] == [{"field": "title", "code": "banned_word", "message": "Too loud."}]
