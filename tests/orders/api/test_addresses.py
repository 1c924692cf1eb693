"""Another address before the parcel leaves (OR-16), by the API."""

import pytest

from orders.enums import OrderStatus
from orders.models import AddressChange, Order
from shops.enums import StaffRole
from tests.factories.accounts import UserFactory
from tests.factories.orders import make_order
from tests.factories.shops import ShopFactory, StaffFactory, owner_of

pytestmark = pytest.mark.django_db
NEW = {
    "name": "李雷",
    "phone": "13900001111",
    "province": "浙江省",
    "city": "宁波市",
    "street": "人民路 2 号",
}


@pytest.fixture
def shop():
    return ShopFactory()


@pytest.fixture
def owner(client_for, shop):
    return client_for(owner_of(shop))


def base(shop):
    return f"/api/v1/orders/shops/{shop.public_id}"


def ask(client, order, key="k", **body):
    return client.post(
        f"/api/v1/orders/orders/{order.number}/address-changes",
        body or {"receiver": NEW},
        headers={"Idempotency-Key": key},
    )


def test_or_16_a_buyer_asks_and_the_shop_answers(client_for, owner, shop):
    """Asked by the buyer, answered by the shop with 0 or a code.

    API: POST /api/v1/orders/orders/{number}/address-changes
    """
    yes, no = (make_order(OrderStatus.TO_SHIP, shop=shop) for _ in range(2))
    rules = f"{base(shop)}/order-rules"
    assert owner.get(rules).json() == {"asks_for_addresses": False}
    assert owner.put(rules, {"asks_for_addresses": True}).json() == {"asks_for_addresses": True}

    asked = [ask(client_for(order.buyer), order).json() for order in (yes, no)]

    assert [one["status"] for one in asked] == ["pending", "pending"]
    assert asked[0]["receiver"]["name"] == "李*"
    queue = owner.get(f"{base(shop)}/address-changes", {"status": "pending"}).json()["results"]
    assert {one["id"] for one in queue} == {one["id"] for one in asked}
    assert "人民路" not in str(queue)
    approved = owner.post(f"{base(shop)}/address-changes/{asked[0]['id']}/approve")
    body = {"refusal": 1004}
    rejected = owner.post(f"{base(shop)}/address-changes/{asked[1]['id']}/reject", body)
    assert (approved.json()["status"], rejected.json()["refusal"]) == ("approved", 1004)
    assert Order.objects.get(pk=yes.pk).receiver_masked["city"] == "宁波市"
    (told,) = (
        client_for(no.buyer)
        .get(f"/api/v1/orders/orders/{no.number}/address-changes")
        .json()["results"]
    )
    assert (told["status"], told["refusal"]) == ("rejected", 1004)
    again = owner.post(f"{base(shop)}/address-changes/{asked[0]['id']}/approve")
    assert (again.status_code, again.json()["code"]) == (409, "illegal_transition")


def test_wishes_are_the_buyers_and_their_answers_the_shops(client_for, owner, shop):
    order = make_order(OrderStatus.TO_SHIP, shop=shop)
    owner.put(f"{base(shop)}/order-rules", {"asks_for_addresses": True})
    other, stranger = ShopFactory(), client_for(UserFactory())
    reader = client_for(StaffFactory(shop=shop, role=StaffRole.READ_ONLY).user)
    change = ask(client_for(order.buyer), order).json()["id"]

    assert ask(stranger, order).status_code == 404
    for answer, body in (("approve", {}), ("reject", {"refusal": 1001})):
        foreign = client_for(owner_of(other))
        url = f"address-changes/{change}/{answer}"
        assert foreign.post(f"{base(other)}/{url}", body).status_code == 404
        assert reader.post(f"{base(shop)}/{url}", body).status_code == 403
    assert reader.put(f"{base(shop)}/order-rules", {"asks_for_addresses": False}).status_code == 403
    assert AddressChange.objects.get().status == "pending"


@pytest.mark.parametrize(
    "body", [{"receiver": NEW, "address_id": "adr_1"}, {"receiver": NEW | {"phone": "x"}}]
)
def test_a_wish_that_says_nothing_clear_is_refused(client_for, body):
    order = make_order(OrderStatus.TO_SHIP)

    assert ask(client_for(order.buyer), order, **body).status_code == 400
    assert not AddressChange.objects.exists()
