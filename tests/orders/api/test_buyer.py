"""The buyer's door: cart, quote, checkout, payment, orders."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel.clock import database_now
from orders.enums import OrderStatus
from orders.models import CartLine, Order, OrderGroup, Payment
from orders.services.freezing import freeze
from shops.models import Shop
from tests.factories.accounts import AccountFactory, UserFactory
from tests.factories.orders import RECEIVER, make_order, make_sku
from tests.factories.sales import placed_group, placed_order
from tests.factories.shops import BindingFactory

pytestmark = pytest.mark.django_db
BASE = "/api/v1/orders"


@pytest.fixture
def buyer():
    return UserFactory()


@pytest.fixture
def client(client_for, buyer):
    return client_for(buyer)


def body(*lines, **changes):
    return {
        "lines": [{"sku_id": sku.public_id, "quantity": pieces} for sku, pieces in lines],
        "receiver": RECEIVER,
        **changes,
    }


def check_out(client, content, key="key-1"):
    return client.post(
        f"{BASE}/checkouts", content, format="json", headers={"Idempotency-Key": key}
    )


def nothing_placed():
    return OrderGroup.objects.count() == 0


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


def test_a_quote_equals_what_is_placed(client):
    first, second = make_sku(price=1_234), make_sku(price=777)
    content = body((first, 3), (second, 5))

    quote = client.post(f"{BASE}/quotes", {"lines": content["lines"]}, format="json").json()
    placed = check_out(client, content).json()

    assert quote["pay_amount"] == placed["pay_amount"]


# --- checkout -------------------------------------------------------------------------------------


def test_a_checkout_answers_the_group_with_the_identity_of_each_order(client):
    binding, creator = BindingFactory(), AccountFactory()
    sku, other = make_sku(binding.shop, price=9_900), make_sku(price=5_000)
    content = body((sku, 1), (other, 2))
    content["lines"][0]["touch"] = {"pick_code": "pck1", "account_id": creator.public_id}

    answer = check_out(client, content)

    group = answer.json()
    assert answer.status_code == 201
    assert "Idempotent-Replayed" not in answer
    assert group["pay_amount"] == {"amount": 19_900, "currency": "CNY"}
    assert group["unpaid_amount"] == group["pay_amount"]
    first, second = group["orders"]
    assert first["storefront"]["account"]["id"] == binding.account.public_id
    assert first["presenter"]["account"]["id"] == creator.public_id
    assert (second["presenter"], first["now_known_as"]) == (None, None)
    assert first["status"] == "unpaid"
    assert first["receiver"] == {
        "name": "王**",
        "phone": "138****1234",
        "province": "浙江省",
        "city": "杭州市",
        "district": "上城区",
    }
    assert RECEIVER["street"] not in answer.content.decode()
    assert second["lines"][0]["id"] == f"{second['number']}-1"
    assert first["placed_at"].endswith("Z")


def test_a_retry_answers_the_same_group_and_says_so(client):
    content = body((make_sku(), 1))
    first = check_out(client, content)

    again = check_out(client, content)

    assert (again.status_code, again["Idempotent-Replayed"]) == (201, "true")
    assert again.json()["number"] == first.json()["number"]
    assert OrderGroup.objects.count() == 1


def test_a_used_key_with_another_body_is_refused(client):
    sku = make_sku()
    check_out(client, body((sku, 1)))

    answer = check_out(client, body((sku, 2)))

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert OrderGroup.objects.count() == 1


def test_a_checkout_needs_a_key(client):
    answer = client.post(f"{BASE}/checkouts", body((make_sku(), 1)), format="json")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "idempotency_key_required"
    assert nothing_placed()


def test_a_checkout_needs_a_buyer(anonymous_client):
    assert check_out(anonymous_client, body((make_sku(), 1))).status_code == 401
    assert nothing_placed()


def _with(sku, **line):
    return {"lines": [{"sku_id": sku.public_id, "quantity": 1} | line], "receiver": RECEIVER}


BAD_BODIES = {
    "no lines": lambda sku: {"lines": [], "receiver": RECEIVER},
    "lines missing": lambda sku: {"receiver": RECEIVER},
    "lines of another kind": lambda sku: {"lines": "all", "receiver": RECEIVER},
    "a price": lambda sku: _with(sku, unit_price=1),
    "an amount": lambda sku: _with(sku) | {"pay_amount": 1},
    "a discount": lambda sku: _with(sku) | {"promotion_amount": 1},
    "zero pieces": lambda sku: _with(sku, quantity=0),
    "negative pieces": lambda sku: _with(sku, quantity=-1),
    "huge pieces": lambda sku: _with(sku, quantity=10**20),
    "text pieces": lambda sku: _with(sku, quantity="1"),
    "half pieces": lambda sku: _with(sku, quantity=1.5),
    "pieces that are true": lambda sku: _with(sku, quantity=True),
    "a long SKU": lambda sku: _with(sku, sku_id="s" * 33),
    "a number as SKU": lambda sku: _with(sku, sku_id=7),
    "a NUL": lambda sku: _with(sku, sku_id="a\x00b"),
    "the same SKU twice": lambda sku: {
        "lines": [{"sku_id": sku.public_id, "quantity": 1}] * 2,
        "receiver": RECEIVER,
    },
    "no receiver": lambda sku: {"lines": _with(sku)["lines"]},
    "two receivers": lambda sku: _with(sku) | {"address_id": "adr_1"},
    "half a receiver": lambda sku: _with(sku) | {"receiver": {"name": "A"}},
    "a phone of letters": lambda sku: _with(sku) | {"receiver": RECEIVER | {"phone": "call me"}},
    "a receiver of blanks": lambda sku: _with(sku) | {"receiver": RECEIVER | {"name": "  "}},
    "an unknown touch": lambda sku: _with(sku, touch={"referrer": "x"}),
    "an unknown media": lambda sku: _with(sku, touch={"media_type": "radio"}),
    "a live flag in words": lambda sku: _with(sku, touch={"is_live": "yes"}),
    "an expected total of nothing": lambda sku: _with(sku) | {"expected_pay_amount": 0},
    "an unknown field": lambda sku: _with(sku) | {"coupon": "x"},
    "too many lines": lambda sku: {
        "lines": [{"sku_id": f"sku_{n}", "quantity": 1} for n in range(51)],
        "receiver": RECEIVER,
    },
}


@pytest.mark.parametrize("what", BAD_BODIES)
def test_a_bad_checkout_is_400_and_writes_nothing(client, what):
    answer = check_out(client, BAD_BODIES[what](make_sku()))

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert nothing_placed()


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (lambda sku: body((sku, 101)), 409, "out_of_stock"),
        (lambda sku: _with(sku, sku_id="sku_unknown"), 409, "not_buyable"),
        (lambda sku: _with(sku) | {"expected_pay_amount": 1}, 409, "price_changed"),
        (lambda sku: {"lines": _with(sku)["lines"], "address_id": "adr_x"}, 404, "not_found"),
    ],
)
def test_a_refused_checkout_says_why_and_writes_nothing(client, content, status, code):
    answer = check_out(client, content(make_sku()))

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert nothing_placed()


def test_a_changed_price_comes_with_the_new_total(client):
    answer = check_out(client, body((make_sku(price=5_000), 1), expected_pay_amount=5_000))

    assert answer.json()["quote"]["pay_amount"] == {"amount": 5_800, "currency": "CNY"}


# --- payment --------------------------------------------------------------------------------------


def test_a_buyer_pays_at_the_cashier_and_the_order_waits_for_its_parcel(client, buyer):
    group = placed_group(buyer=buyer, at=database_now())

    started = client.post(
        f"{BASE}/groups/{group.number}/payments", {"gateway": "sandbox"}, format="json"
    )
    path = started.json()["pay_url"].partition("/api/")[2]
    paid = client.post(f"/api/{path}", {}, format="json")

    assert started.status_code == 201
    assert (started.json()["status"], paid.json()["status"]) == ("pending", "paid")
    order = client.get(f"{BASE}/groups/{group.number}").json()["orders"][0]
    assert order["status"] == "to_ship"
    assert client.get(f"{BASE}/payments/{paid.json()['number']}").json() == paid.json()


def test_a_cashier_whose_answer_is_lost_leaves_the_payment_pending(client, buyer):
    group = placed_group(buyer=buyer, at=database_now())
    started = client.post(
        f"{BASE}/groups/{group.number}/payments", {"gateway": "sandbox"}, format="json"
    ).json()

    paid = client.post(
        f"{BASE}/sandbox/cashier/{started['number']}/pay",
        {"profile": "lost_answer"},
        format="json",
    )

    assert (paid.status_code, paid.json()["status"]) == (200, "pending")


def test_there_is_no_cashier_outside_a_sandbox(client, buyer, settings):
    group = placed_group(buyer=buyer, at=database_now())
    started = client.post(
        f"{BASE}/groups/{group.number}/payments", {"gateway": "sandbox"}, format="json"
    ).json()
    settings.HAODIAN_SANDBOX = False

    answer = client.post(f"{BASE}/sandbox/cashier/{started['number']}/pay", {}, format="json")

    assert answer.status_code == 404
    assert Payment.objects.get().status == "pending"


def test_an_unknown_gateway_is_400(client, buyer):
    group = placed_group(buyer=buyer)

    answer = client.post(
        f"{BASE}/groups/{group.number}/payments", {"gateway": "barter"}, format="json"
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_gateway")
    assert Payment.objects.count() == 0


# --- orders ---------------------------------------------------------------------------------------


def test_the_list_shows_ones_own_orders_newest_first_by_state(client, buyer):
    old = make_order(OrderStatus.COMPLETED, buyer=buyer)
    new = make_order(buyer=buyer, placed_at=old.placed_at + timedelta(days=1))
    make_order()

    every = client.get(f"{BASE}/orders").json()["results"]
    unpaid = client.get(f"{BASE}/orders", {"status": "unpaid"}).json()["results"]

    assert [one["number"] for one in every] == [new.number, old.number]
    assert [one["number"] for one in unpaid] == [new.number]


def test_the_list_costs_the_same_number_of_queries_for_one_and_for_three_orders(client, buyer):
    def add():
        items = [(make_sku(BindingFactory().shop), 1)]
        presenter = {"account": _card(), "relation": "AWEME_COOPERATOR"}
        make_order(OrderStatus.SHIPPED, buyer=buyer, items=items, presenter=presenter)

    counts = []
    add()
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"{BASE}/orders").status_code == 200
        counts.append(len(queries))
        add()
        add()

    assert counts[0] == counts[1]


def _card():
    return {
        "id": "acc_1",
        "handle": "a",
        "name": "A",
        "avatar_url": "",
        "kind": "personal",
        "verified": True,
    }


def test_an_order_keeps_the_name_it_was_bought_under_and_tells_the_new_one(client, buyer):
    order = placed_order((make_sku(BindingFactory().shop), 1), buyer=buyer)
    was = order.shop.name
    Shop.objects.filter(pk=order.shop_id).update(name="Another name")

    shown = client.get(f"{BASE}/orders/{order.number}").json()

    assert shown["storefront"]["shop"]["name"] == was
    assert shown["now_known_as"]["shop"] == {
        "id": order.shop.public_id,
        "name": "Another name",
    }
    assert shown["now_known_as"]["account"]["id"] == shown["storefront"]["account"]["id"]


ACTS = [
    ("get", "groups/{group}"),
    ("post", "groups/{group}/payments"),
    ("get", "orders/{order}"),
    ("post", "orders/{order}/cancel"),
    ("post", "orders/{order}/confirm-receipt"),
    ("post", "orders/{order}/extend-receipt"),
]


@pytest.mark.parametrize(("method", "path"), ACTS)
@pytest.mark.parametrize("kind", ["foreign", "missing"])
def test_foreign_and_missing_look_the_same(client, method, path, kind):
    order = make_order(OrderStatus.SHIPPED)
    known = kind == "foreign"
    address = path.format(
        group=order.group.number if known else "G0", order=order.number if known else "0"
    )
    content = {"gateway": "sandbox"} if "payments" in path else {}

    answer = getattr(client, method)(
        f"{BASE}/{address}",
        *([content] if method == "post" else []),
        **({"format": "json"} if method == "post" else {}),
        headers={"Idempotency-Key": "k"},
    )

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert Order.objects.get(pk=order.pk).status == OrderStatus.SHIPPED


def test_an_unpaid_order_is_cancelled_by_its_buyer(client, buyer):
    order = placed_order(buyer=buyer)

    first = client.post(f"{BASE}/orders/{order.number}/cancel", {}, format="json")
    again = client.post(f"{BASE}/orders/{order.number}/cancel", {}, format="json")

    assert [first.status_code, again.status_code] == [200, 200]
    assert (again.json()["status"], again.json()["close_reason"]) == ("closed", "buyer")


def test_a_paid_order_is_not_cancelled(client, buyer):
    order = make_order(OrderStatus.TO_SHIP, buyer=buyer)

    answer = client.post(f"{BASE}/orders/{order.number}/cancel", {}, format="json")

    assert (answer.status_code, answer.json()["code"]) == (409, "not_payable")


def post(client, order, act, key="k"):
    return client.post(
        f"{BASE}/orders/{order.number}/{act}", {}, format="json", headers={"Idempotency-Key": key}
    )


def test_receipt_is_confirmed_once(client, buyer):
    order = make_order(OrderStatus.SHIPPED, buyer=buyer)

    first, again = (post(client, order, "confirm-receipt") for _ in range(2))
    other = post(client, order, "confirm-receipt", key="another")

    assert (first.status_code, first.json()["status"]) == (200, "completed")
    assert again["Idempotent-Replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (409, "illegal_transition")


def test_a_held_order_is_not_confirmed(client, buyer):
    order = make_order(OrderStatus.SHIPPED, buyer=buyer)
    freeze(order_id=order.pk, at=order.shipped_at)

    answer = post(client, order, "confirm-receipt")

    assert (answer.status_code, answer.json()["code"]) == (409, "order_frozen")


def test_receipt_is_extended_once(client, buyer):
    order = make_order(OrderStatus.SHIPPED, buyer=buyer)

    first = post(client, order, "extend-receipt")
    other = post(client, order, "extend-receipt", key="another")

    assert first.status_code == 200
    assert (other.status_code, other.json()["code"]) == (409, "already_extended")


def test_a_refund_is_shown_on_its_order(client, buyer):
    from orders.services.refunds import refund_line

    order = make_order(OrderStatus.SHIPPED, buyer=buyer)
    refund_line(line_id=order.lines.get().pk, amount=700, reference="case:1", at=order.shipped_at)

    shown = client.get(f"{BASE}/orders/{order.number}").json()

    assert [(one["amount"]["amount"], one["status"]) for one in shown["refunds"]] == [
        (700, "waiting")
    ]
    assert shown["lines"][0]["refunded_amount"]["amount"] == 700
    assert shown["packages"][0]["lines"] == [{"position": 1, "quantity": 1}]
