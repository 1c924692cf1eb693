"""What a placed checkout writes."""

from datetime import timedelta

import pytest
from django.db import connection

from catalog.models import StockMovement
from kernel.crypto import decrypt
from kernel.models import OutboxMessage
from kernel.numbers import public_number
from orders.enums import MediaType, OrderStatus, TrafficChannel
from orders.models import CartLine, IdentitySnapshot, Order, OrderLine, PriceAdjustment
from orders.services.placement import (
    Placed,
    Receiver,
    Touch,
    WantedLine,
)
from shops.enums import Relation
from tests.factories.accounts import AccountFactory, UserFactory
from tests.factories.orders import RECEIVER, make_sku
from tests.factories.shops import BindingFactory, ShopFactory
from tests.orders.services.checkouts import AT, counters, place, request

pytestmark = pytest.mark.django_db


def test_a_checkout_over_two_shops_is_one_group_with_one_order_a_shop():
    buyer = UserFactory()
    dear, cheap = make_sku(price=9_900), make_sku(price=1_050)

    (placed,) = place(request(buyer, (dear, 1), (cheap, 2)))

    assert isinstance(placed, Placed)
    assert not placed.is_replay
    orders = list(placed.group.orders.order_by("pk"))
    assert [(o.shop_id, o.goods_amount, o.freight_amount, o.pay_amount) for o in orders] == [
        (dear.shop_id, 9_900, 0, 9_900),  # free from ¥99
        (cheap.shop_id, 2_100, 800, 2_900),
    ]
    assert placed.group.pay_amount == 12_800
    assert [o.status for o in orders] == [OrderStatus.UNPAID] * 2
    assert orders[0].pay_by_at == AT + timedelta(minutes=30)
    assert (counters(dear), counters(cheap)) == ((100, 1), (100, 2))
    told = OutboxMessage.objects.filter(topic="orders.order.placed.v1").order_by("pk")
    assert [row.payload for row in told] == [
        {"order_id": o.pk, "shop_id": o.shop_id, "buyer_id": buyer.pk} for o in orders
    ]


@pytest.mark.parametrize("table", ["orders_ordergroup", "orders_order", "orders_orderline"])
def test_an_older_release_leaves_a_column_that_it_does_not_know_to_its_default(table):
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ADD COLUMN tomorrows text NOT NULL DEFAULT 'new'")

        place(request(UserFactory(), (make_sku(), 1)))

        cursor.execute(f"SELECT tomorrows FROM {table}")
        assert cursor.fetchall() == [("new",)]


def test_freight_is_spread_over_the_lines_and_written_as_adjustments():
    shop = ShopFactory()
    first, second = make_sku(shop, price=1_000), make_sku(shop, price=2_000)

    place(request(UserFactory(), (first, 1), (second, 1)))

    lines = OrderLine.objects.order_by("position")
    assert [(line.freight_amount, line.pay_amount) for line in lines] == [
        (267, 1_267),
        (533, 2_533),
    ]
    rows = PriceAdjustment.objects.order_by("line__position")
    assert [(row.step, row.amount, row.bearer) for row in rows] == [
        ("freight", 267, "buyer"),
        ("freight", 533, "buyer"),
    ]


def test_the_receiver_is_sealed_and_shown_masked():
    place(request(UserFactory(), (make_sku(), 1)))

    order = Order.objects.get()
    assert decrypt(order.receiver_sealed) == {
        key: RECEIVER[key] for key in ("name", "phone", "street")
    }
    assert order.receiver_masked == {
        "name": "王**",
        "phone": "138****1234",
        "province": "浙江省",
        "city": "杭州市",
        "district": "上城区",
    }


def test_equal_receivers_have_equal_hashes():
    place(
        request(UserFactory(), (make_sku(), 1)),
        request(UserFactory(), (make_sku(), 1)),
        request(
            UserFactory(),
            (make_sku(), 1),
            receiver=Receiver(**{**RECEIVER, "phone": "13900000000"}),
        ),
    )

    hashes = list(Order.objects.order_by("pk").values_list("address_hash", flat=True))
    assert hashes[0] == hashes[1] != hashes[2]


def test_the_identity_block_is_frozen_once_for_equal_blocks():
    binding = BindingFactory()
    sku = make_sku(binding.shop)

    place(request(UserFactory(), (sku, 1)), request(UserFactory(), (sku, 1)))

    snapshot = IdentitySnapshot.objects.get()
    assert snapshot.body["shop"]["name"] == binding.shop.name
    assert snapshot.body["account"]["id"] == binding.account.public_id
    assert snapshot.body["relation"] == "OFFICIAL"
    assert {line.storefront_id for line in OrderLine.objects.all()} == {snapshot.pk}
    assert {order.storefront_id for order in Order.objects.all()} == {snapshot.pk}


def touched(sku, **touch):
    return WantedLine(sku.public_id, 1, Touch(**touch))


def test_a_picked_product_keeps_code_touch_and_presenter():
    creator = AccountFactory()
    sku = make_sku(BindingFactory().shop)

    place(
        request(
            UserFactory(),
            touched(
                sku,
                pick_code="pck1",
                account_id=creator.public_id,
                media_type=MediaType.LIVE,
                media_id="room-7",
                is_live=True,
            ),
        )
    )

    line = OrderLine.objects.get()
    assert (line.pick_code, line.traffic_channel) == ("pck1", TrafficChannel.ALLIANCE)
    assert (line.media_type, line.media_id, line.is_live_scene) == ("live", "room-7", True)
    assert line.content_account_id == creator.public_id
    assert line.presenter.body["account"]["id"] == creator.public_id
    assert line.presenter.body["relation"] == "AWEME_COOPERATOR"


@pytest.mark.parametrize(
    ("relation", "has_presenter"), [(Relation.OFFICIAL, False), (Relation.SELF, True)]
)
def test_content_of_the_shops_own_accounts_is_its_own_channel(relation, has_presenter):
    binding = BindingFactory(relation=relation)
    sku = make_sku(binding.shop)

    place(request(UserFactory(), touched(sku, account_id=binding.account.public_id)))

    line = OrderLine.objects.get()
    assert line.traffic_channel == TrafficChannel.OWN
    assert (line.presenter is not None) == has_presenter


def test_a_touch_of_nobody_we_know_is_dropped():
    place(request(UserFactory(), touched(make_sku(), account_id="acc_nobody")))

    line = OrderLine.objects.get()
    assert (line.content_account_id, line.presenter, line.traffic_channel) == ("", None, "unknown")


def test_a_line_without_a_touch_takes_the_carts_and_leaves_the_cart():
    buyer, sku, other = UserFactory(), make_sku(), make_sku()
    touch = {"pick_code": "pck9", "media_type": "video", "media_id": "v1", "account_id": ""}
    CartLine.objects.create(buyer=buyer, sku=sku, quantity=5, touch=touch)
    CartLine.objects.create(buyer=buyer, sku=other, quantity=1)

    place(request(buyer, (sku, 1)))

    line = OrderLine.objects.get()
    assert (line.pick_code, line.media_type, line.media_id) == ("pck9", "video", "v1")
    assert list(CartLine.objects.values_list("sku", flat=True)) == [other.pk]


def test_a_saved_address_is_copied():
    from accounts.services.addresses import AddressData, add_address

    buyer = UserFactory()
    address = add_address(user_id=buyer.pk, data=AddressData(**RECEIVER))

    place(request(buyer, (make_sku(), 1), receiver=None, address_id=address.public_id))

    order = Order.objects.get()
    assert decrypt(order.receiver_sealed)["name"] == "王小明"
    assert order.receiver_masked["district"] == "上城区"


def test_a_message_goes_to_the_shop_it_names():
    first, second = make_sku(), make_sku()

    place(
        request(
            UserFactory(),
            (first, 1),
            (second, 1),
            messages=((second.shop.public_id, "Red, please"),),
        )
    )

    messages = Order.objects.order_by("pk").values_list("buyer_message", flat=True)
    assert list(messages) == ["", "Red, please"]


def test_the_pieces_are_held_by_the_order_and_its_position():
    sku = make_sku()

    (placed,) = place(request(UserFactory(), (sku, 4)))

    order = placed.group.orders.get()
    movement = StockMovement.objects.get(sku=sku, kind="hold")
    assert (movement.reference, movement.held_delta) == (f"order:{order.number}:1", 4)


def test_numbers_tell_the_day_and_nothing_else():
    (placed,) = place(request(UserFactory(), (make_sku(), 1)))

    order = placed.group.orders.get()
    assert order.number[:6] == public_number(1, AT)[:6]
    assert (len(order.number), placed.group.number[0]) == (16, "G")
