"""The merchant's door: orders and parcels of one shop."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel.models import AuditEntry
from orders.enums import OrderStatus
from orders.models import Order, Package
from shops.enums import StaffRole
from tests.factories.orders import RECEIVER, make_order, make_sku
from tests.factories.shops import ShopFactory, StaffFactory, owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return ShopFactory()


@pytest.fixture
def client(client_for, shop):
    return client_for(owner_of(shop))


def base(shop):
    return f"/api/v1/orders/shops/{shop.public_id}/orders"


def ship(client, order, key="ship-1", **changes):
    content = {"carrier": "shunfeng", "tracking_number": "SF1234567890", **changes}
    return client.post(
        f"{base(order.shop)}/{order.number}/packages",
        content,
        format="json",
        headers={"Idempotency-Key": key},
    )


def test_the_list_shows_the_shops_orders_by_state_and_time(client, shop):
    order = make_order(OrderStatus.TO_SHIP, shop=shop)
    make_order(OrderStatus.UNPAID, shop=shop)
    make_order(OrderStatus.TO_SHIP)

    def numbers(**query):
        return [one["number"] for one in client.get(base(shop), query).json()["results"]]

    assert len(numbers()) == 2
    assert numbers(status="to_ship") == [order.number]
    assert numbers(placed_from="2030-01-01T00:00:00Z") == []
    assert numbers(status="to_ship", placed_until="2030-01-01T00:00:00Z") == [order.number]


@pytest.mark.parametrize(
    "query", [{"status": "odd"}, {"placed_from": "soon"}, {"shop": "1"}, {"limit": "1000"}]
)
def test_a_bad_filter_is_400(client, shop, query):
    assert client.get(base(shop), query).status_code == 400


def test_the_list_costs_the_same_number_of_queries_for_one_and_for_three_orders(client, shop):
    counts = []
    make_order(OrderStatus.SHIPPED, shop=shop)
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(base(shop)).status_code == 200
        counts.append(len(queries))
        make_order(OrderStatus.SHIPPED, shop=shop)
        make_order(OrderStatus.SHIPPED, shop=shop)

    assert counts[0] == counts[1]


def test_the_page_masks_the_receiver_and_shows_attribution(client, shop):
    order = make_order(OrderStatus.TO_SHIP, shop=shop, pick_code="pck1")

    answer = client.get(f"{base(shop)}/{order.number}")

    assert answer.json()["receiver"]["name"] == "王**"
    for secret in ("王小明", RECEIVER["phone"], RECEIVER["street"]):
        assert secret not in answer.content.decode()
    line = answer.json()["lines"][0]
    assert (line["pick_code"], line["traffic_channel"]) == ("pck1", "alliance")


def test_a_reveal_answers_the_receiver_and_leaves_a_trace(client, shop):
    order = make_order(OrderStatus.TO_SHIP, shop=shop)

    answer = client.post(f"{base(shop)}/{order.number}/receiver", {}, format="json")

    assert answer.json() == RECEIVER
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_user_id, entry.target_id) == (
        "orders.reveal_receiver",
        owner_of(shop).pk,
        order.number,
    )


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (StaffRole.MANAGER, {"receiver", "packages", "remark"}),
        (StaffRole.ORDER_CLERK, {"receiver", "packages", "remark"}),
        (StaffRole.AFTERSALES_AGENT, {"receiver", "remark"}),
        (StaffRole.FINANCE, set()),
        (StaffRole.READ_ONLY, set()),
    ],
)
def test_each_place_may_what_its_permissions_say(client_for, shop, role, may):
    client = client_for(StaffFactory(shop=shop, role=role).user)
    order = make_order(OrderStatus.TO_SHIP, shop=shop)
    path = f"{base(shop)}/{order.number}"

    answers = {
        "receiver": client.post(f"{path}/receiver", {}, format="json").status_code,
        "remark": client.put(f"{path}/remark", {"remark": "x"}, format="json").status_code,
        "packages": ship(client, order).status_code,
    }

    assert client.get(path).status_code == 200
    assert {act for act, status in answers.items() if status in (200, 201)} == may
    assert {status for act, status in answers.items() if act not in may} <= {403}


def test_a_parcel_ships_the_order_and_its_retry_is_the_same(client, shop):
    order = make_order(OrderStatus.TO_SHIP, shop=shop, quantity=2)

    first, again = ship(client, order), ship(client, order)

    assert (first.status_code, first.json()["status"]) == (201, "shipped")
    assert again["Idempotent-Replayed"] == "true"
    assert first.json()["packages"][0]["lines"] == [{"position": 1, "quantity": 2}]
    assert Package.objects.count() == 1


def test_a_part_may_go_first(client, shop):
    order = make_order(OrderStatus.TO_SHIP, items=[(make_sku(shop), 2), (make_sku(shop), 1)])

    answer = ship(client, order, lines=[{"position": 1, "quantity": 1}])

    assert answer.json()["status"] == "partly_shipped"
    assert [line["shipped_quantity"] for line in answer.json()["lines"]] == [1, 0]


BAD_PARCELS = [
    {"carrier": "pigeon"},
    {"tracking_number": ""},
    {"tracking_number": "a\x00bcde"},
    {"tracking_number": 123456},
    {"lines": []},
    {"lines": [{"position": 0, "quantity": 1}]},
    {"lines": [{"position": 1, "quantity": 0}]},
    {"lines": [{"position": 1, "quantity": 10**9}]},
    {"lines": [{"position": 1, "quantity": 1}] * 2},
    {"lines": [{"position": "1", "quantity": 1}]},
    {"status": "shipped"},
]


@pytest.mark.parametrize("changes", BAD_PARCELS)
def test_a_bad_parcel_is_400_and_ships_nothing(client, shop, changes):
    order = make_order(OrderStatus.TO_SHIP, shop=shop, quantity=2)

    assert ship(client, order, **changes).status_code == 400

    order.refresh_from_db()
    assert (order.status, Package.objects.count()) == (OrderStatus.TO_SHIP, 0)


def test_pieces_that_are_not_there_are_409(client, shop):
    order = make_order(OrderStatus.TO_SHIP, shop=shop, quantity=2)

    answer = ship(client, order, lines=[{"position": 1, "quantity": 3}])

    assert (answer.status_code, answer.json()["code"]) == (409, "not_shippable")
    assert Package.objects.count() == 0


def test_a_remark_has_sixty_characters(client, shop):
    order = make_order(OrderStatus.TO_SHIP, shop=shop)
    path = f"{base(shop)}/{order.number}/remark"

    good = client.put(path, {"remark": "x" * 60}, format="json")
    long = client.put(path, {"remark": "x" * 61}, format="json")

    assert (good.status_code, long.status_code) == (200, 400)
    assert Order.objects.get(pk=order.pk).remark == "x" * 60


@pytest.mark.parametrize(
    ("method", "path", "content"),
    [
        ("get", "", None),
        ("post", "/receiver", {}),
        ("post", "/packages", {"carrier": "ems", "tracking_number": "EMS123456"}),
        ("put", "/remark", {"remark": "mine now"}),
    ],
)
def test_orders_of_another_shop_are_not_there(client, shop, method, path, content):
    order = make_order(OrderStatus.TO_SHIP)
    extra = {} if content is None else {"data": content, "format": "json"}

    own = getattr(client, method)(
        f"{base(shop)}/{order.number}{path}", **extra, headers={"Idempotency-Key": "k"}
    )
    theirs = getattr(client, method)(
        f"{base(order.shop)}/{order.number}{path}", **extra, headers={"Idempotency-Key": "k"}
    )

    assert (own.status_code, theirs.status_code) == (404, 404)
    order.refresh_from_db()
    assert (order.status, order.remark, AuditEntry.objects.count()) == ("to_ship", "", 0)
