"""OR-15: several orders in one parcel."""

from datetime import timedelta

import pytest

from orders.enums import OrderStatus
from orders.errors import NotShippable, NotTogether, OrderFrozen
from orders.models import Order, Package
from orders.selectors import companions_of
from orders.services.freezing import freeze
from orders.services.shipping import ship_order
from orders.services.together import ship_together
from tests.factories.accounts import UserFactory
from tests.factories.orders import PLACED_AT, make_order
from tests.factories.shops import ShopFactory, actor_of

pytestmark = pytest.mark.django_db
AT = PLACED_AT + timedelta(hours=10)


@pytest.fixture
def shop():
    return ShopFactory()


@pytest.fixture
def buyer():
    return UserFactory()


def ship(shop, *orders, request_id="r1"):
    return ship_together(
        shop_id=shop.pk,
        numbers=[order.number for order in orders],
        request_id=request_id,
        carrier_code="shunfeng",
        tracking_number="SF1234567890123",
        at=AT,
        actor=actor_of(shop),
    )


def order_of(shop, buyer, status=OrderStatus.TO_SHIP, **kwargs):
    return make_order(status, shop=shop, buyer=buyer, **kwargs)


def test_orders_of_one_receiver_go_in_one_parcel(shop, buyer):
    orders = [order_of(shop, buyer), order_of(shop, buyer, OrderStatus.PARTLY_SHIPPED, quantity=4)]

    packages = ship(shop, *orders)

    assert [one.order_id for one in packages] == [order.pk for order in orders]
    assert {one.tracking_number for one in packages} == {"SF1234567890123"}
    assert set(Order.objects.values_list("status", flat=True)) == {OrderStatus.SHIPPED}
    count = Package.objects.count()
    assert ship(shop, *orders) == packages
    assert Package.objects.count() == count


def test_what_may_lie_with_an_order_waits_and_goes_to_the_same_place(shop, buyer):
    order, other = order_of(shop, buyer), order_of(shop, buyer)
    elsewhere, held = order_of(shop, buyer), order_of(shop, buyer)
    Order.objects.filter(pk=elsewhere.pk).update(address_hash="elsewhere")
    freeze(order_id=held.pk, at=AT)
    order_of(shop, buyer, OrderStatus.SHIPPED)
    order_of(shop, UserFactory())
    order_of(ShopFactory(), buyer)

    assert list(companions_of(order)) == [other]


@pytest.mark.parametrize("other", ["buyer", "address", "shop"])
def test_orders_of_several_receivers_stay_where_they_are(shop, buyer, other):
    order = order_of(shop, buyer)
    second = {
        "buyer": lambda: order_of(shop, UserFactory()),
        "address": lambda: order_of(shop, buyer),
        "shop": lambda: order_of(ShopFactory(), buyer),
    }[other]()
    if other == "address":
        Order.objects.filter(pk=second.pk).update(address_hash="elsewhere")

    with pytest.raises(NotTogether):
        ship(shop, order, second)

    assert not Package.objects.exists()


def test_one_order_that_cannot_go_keeps_all_back(shop, buyer):
    good, held, gone = (order_of(shop, buyer) for _ in range(3))
    freeze(order_id=held.pk, at=AT)
    ship_order(
        order_id=gone.pk,
        request_id="r0",
        carrier_code="ems",
        tracking_number="EMS123456",
        at=AT,
        actor=actor_of(shop),
    )

    with pytest.raises(OrderFrozen):
        ship(shop, good, held)
    with pytest.raises(NotShippable):
        ship(shop, good, gone)

    good.refresh_from_db()
    assert (good.status, good.packages.count()) == (OrderStatus.TO_SHIP, 0)
