"""The buyer's door: payment and orders."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel.clock import database_now
from orders.enums import OrderStatus
from orders.models import Order, Payment, PaymentSplit
from orders.services.freezing import freeze
from orders.services.refunds import refund_line
from shops.models import Shop
from tests.factories.orders import make_order, make_sku
from tests.factories.sales import placed_group, placed_order
from tests.factories.shops import BindingFactory
from tests.orders.api.checkouts import BASE

pytestmark = pytest.mark.django_db


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


def test_or_11_one_payment_pays_the_orders_of_two_shops_and_each_keeps_its_part(client, buyer):
    """The parts are rows of their own: a refund of one order leaves the other's as it was.

    API: POST /api/v1/orders/groups/{number}/payments
    """
    skus = (make_sku(), make_sku())
    group = placed_group(*((sku, 1) for sku in skus), buyer=buyer, at=database_now())
    started = client.post(
        f"{BASE}/groups/{group.number}/payments", {"gateway": "sandbox"}, format="json"
    )
    path = started.json()["pay_url"].partition("/api/")[2]

    for _press in range(2):
        client.post(f"/api/{path}", {}, format="json")
    mine, other = group.orders.order_by("pk")
    line = mine.lines.get()
    refund_line(line_id=line.pk, amount=100, reference="case:1", at=database_now())

    parts = {
        one.order_id: (one.captured_amount, one.refunded_amount)
        for one in PaymentSplit.objects.filter(payment__group=group)
    }
    assert Payment.objects.filter(group=group).count() == 1
    assert parts == {mine.pk: (mine.pay_amount, 100), other.pk: (other.pay_amount, 0)}
    assert [
        one["status"] for one in client.get(f"{BASE}/groups/{group.number}").json()["orders"]
    ] == [
        "to_ship",
        "to_ship",
    ]


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


def test_bi_10_an_order_keeps_the_name_it_was_bought_under_and_tells_the_new_one(client, buyer):
    """The block is a snapshot; beside it stands who that is now.

    API: GET /api/v1/orders/orders/{number}
    """
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
    order = make_order(OrderStatus.SHIPPED, buyer=buyer)
    refund_line(line_id=order.lines.get().pk, amount=700, reference="case:1", at=order.shipped_at)

    shown = client.get(f"{BASE}/orders/{order.number}").json()

    assert [(one["amount"]["amount"], one["status"]) for one in shown["refunds"]] == [
        (700, "waiting")
    ]
    assert shown["lines"][0]["refunded_amount"]["amount"] == 700
    assert shown["packages"][0]["lines"] == [{"position": 1, "quantity": 1}]
