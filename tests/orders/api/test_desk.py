"""The merchant's door: paper, flags, and several orders in one parcel."""

import pytest

from orders.enums import OrderStatus
from orders.models import Order, Package, Printing
from shops.enums import StaffRole
from tests.factories.accounts import UserFactory
from tests.factories.orders import make_order
from tests.factories.shops import ShopFactory, StaffFactory, owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return ShopFactory()


@pytest.fixture
def client(client_for, shop):
    return client_for(owner_of(shop))


def base(shop):
    return f"/api/v1/orders/shops/{shop.public_id}"


def test_or_15_orders_of_one_receiver_are_found_and_shipped_together(client, shop):
    """The address is never told, its keyed hash is.

    API: POST /api/v1/orders/shops/{shop_id}/parcels
    """
    buyer = UserFactory()
    first, second = (make_order(OrderStatus.TO_SHIP, shop=shop, buyer=buyer) for _ in range(2))
    other = make_order(OrderStatus.TO_SHIP, shop=shop)
    (found,) = client.get(f"{base(shop)}/orders/{first.number}/companions").json()["results"]
    assert (found["number"], found["address_hash"]) == (second.number, first.address_hash)
    parcel = {"carrier": "shunfeng", "tracking_number": "SF1234567890123"}

    def ship(*orders, key="k"):
        body = parcel | {"orders": [order.number for order in orders]}
        return client.post(f"{base(shop)}/parcels", body, headers={"Idempotency-Key": key})

    refused = ship(first, other, key="other")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_together")
    done, again = ship(first, second), ship(first, second)

    assert (done.status_code, again.json()) == (201, done.json())
    assert [one["status"] for one in done.json()] == ["shipped", "shipped"]
    assert Package.objects.count() == 2


def test_or_17_a_flag_is_set_and_filtered_by(client, shop):
    """The remark's body takes a flag; the list filters by it.

    API: PUT /api/v1/orders/shops/{shop_id}/orders/{number}/remark
    """
    order, _other = (make_order(OrderStatus.TO_SHIP, shop=shop) for _ in range(2))
    url = f"{base(shop)}/orders/{order.number}/remark"

    assert client.put(url, {"remark": "", "flag": 6}).status_code == 400
    assert client.put(url, {"remark": "", "flag": 3}).json()["flag"] == 3
    assert client.put(url, {"remark": "kept"}).json()["flag"] == 3

    (found,) = client.get(f"{base(shop)}/orders", {"flag": 3}).json()["results"]
    assert (found["number"], found["flag"], found["remark"]) == (order.number, 3, "kept")


def test_or_19_paper_is_asked_for_and_taken(client, shop):
    """Labels and pick lists as PDF.

    API: GET /api/v1/orders/shops/{shop_id}/printings/{printing_id}/file
    """
    order = make_order(OrderStatus.TO_SHIP, shop=shop)
    body = {"kind": "pick_list", "orders": [order.number]}

    asked = client.post(f"{base(shop)}/printings", body, headers={"Idempotency-Key": "k"})

    assert (asked.status_code, asked.json()["order_count"]) == (201, 1)
    file = client.get(f"{base(shop)}/printings/{asked.json()['id']}/file")
    assert (file.status_code, file["Content-Type"]) == (200, "application/pdf")
    assert file.getvalue().startswith(b"%PDF")
    listed = client.get(f"{base(shop)}/printings").json()["results"]
    assert [one["id"] for one in listed] == [asked.json()["id"]]


def test_orders_that_cannot_be_printed_are_named(client, shop):
    other = make_order(OrderStatus.TO_SHIP)
    body = {"kind": "pick_list", "orders": [other.number]}

    answer = client.post(f"{base(shop)}/printings", body, headers={"Idempotency-Key": "k"})

    assert (answer.status_code, answer.json()["code"]) == (409, "not_printable")
    assert answer.json()["orders"] == [other.number]
    assert not Printing.objects.exists()


def test_paper_and_parcels_are_for_those_who_ship(client_for, client, shop):
    reader = client_for(StaffFactory(shop=shop, role=StaffRole.READ_ONLY).user)
    order, key = make_order(OrderStatus.TO_SHIP, shop=shop), {"Idempotency-Key": "k"}
    two = {"orders": ["1", "2"], "carrier": "ems", "tracking_number": "EMS123456"}

    assert (
        reader.post(f"{base(shop)}/printings", {"kind": "labels"}, headers=key).status_code == 403
    )
    assert reader.post(f"{base(shop)}/parcels", two, headers=key).status_code == 403
    assert client.post(f"{base(shop)}/parcels", two, headers=key).status_code == 409
    assert Order.objects.get(pk=order.pk).status == OrderStatus.TO_SHIP


def test_or_18_a_price_is_changed_before_payment(client_for, client, shop):
    """The body holds totals; what is paid is refused.

    API: PUT /api/v1/orders/shops/{shop_id}/orders/{number}/price
    """
    unpaid = make_order(OrderStatus.UNPAID, shop=shop, price=10_000)
    paid = make_order(OrderStatus.TO_SHIP, shop=shop)
    body = {"discount_amount": 500, "freight_amount": 200, "reason": "An old customer"}
    clerk = client_for(StaffFactory(shop=shop, role=StaffRole.ORDER_CLERK).user)
    url = f"{base(shop)}/orders/{unpaid.number}/price"

    assert clerk.put(url, body).status_code == 403
    changed = client.put(url, body)
    refused = client.put(f"{base(shop)}/orders/{paid.number}/price", body)

    assert (changed.status_code, changed.json()["pay_amount"]["amount"]) == (200, 9_700)
    assert (refused.status_code, refused.json()["code"]) == (409, "price_is_final")


def test_views_are_kept_and_forgotten(client, client_for, shop):
    order = make_order(OrderStatus.TO_SHIP, shop=shop)
    make_order(OrderStatus.UNPAID, shop=shop)
    url, other = f"{base(shop)}/order-views", client_for(StaffFactory(shop=shop).user)

    assert client.post(url, {"name": "To ship"}).status_code == 400
    saved = client.post(url, {"name": "To ship", "status": "to_ship"})

    assert (saved.status_code, saved.json()["filters"]) == (201, {"status": "to_ship"})
    (view,) = client.get(url).json()["results"]
    assert other.get(url).json()["results"] == []
    body = {"kind": "labels", "order_view_id": view["id"]}
    printed = client.post(f"{base(shop)}/printings", body, headers={"Idempotency-Key": "k"})
    assert (printed.status_code, printed.json()["order_count"]) == (201, 1)
    assert order.printed.count() == 1
    assert other.delete(f"{url}/{view['id']}").status_code == 404
    assert client.delete(f"{url}/{view['id']}").status_code == 204
    assert client.get(url).json()["results"] == []
