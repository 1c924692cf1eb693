"""What a shop says of sending, on the way of an order: holidays, regions, deadlines."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kernel import delivery
from kernel.actors import Actor, Role
from orders.enums import OrderStatus
from orders.errors import NotDeliveredThere, ShopOnHoliday
from orders.models import Order
from orders.services import placement, ship_by
from orders.services.placement import Placed, Receiver, WantedLine, place_orders
from orders.services.quoting import quote
from orders.services.remembering import Book
from shops.models import FreightRule, FreightTemplate, Holiday
from shops.selectors import shipping_terms
from shops.services import shipping
from tests.factories.accounts import UserFactory
from tests.factories.aftersales import requested_case
from tests.factories.orders import RECEIVER, make_order, make_sku
from tests.factories.shops import actor_of, owner_of
from tests.orders.services.checkouts import AT, nothing_written, place, request

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
XINJIANG = {"province": "新疆维吾尔自治区", "city": "喀什地区", "district": "喀什市"}


def close(shop, begins=AT - DAY, ends=AT + DAY):
    return Holiday.objects.create(
        shop=shop, closed_from=begins, closed_to=ends, note="Back on Monday"
    )


def rule(shop, *codes, **more):
    template = FreightTemplate.objects.get(shop=shop)
    return FreightRule.objects.create(
        shop=shop, template=template, region_codes=list(codes), **more
    )


def to(**address):
    return {"receiver": Receiver(**(RECEIVER | address))}


def ask(sku, **more):
    buyer = Actor(role=Role.BUYER, user_id=UserFactory().pk)
    return quote(lines=[WantedLine(sku.public_id, 1)], at=AT, actor=buyer, **more)


@pytest.fixture
def sku():
    return make_sku(price=1_000)


# --- holidays -----------------------------------------------------------------------------------


def test_a_shop_on_holiday_refuses_quote_and_checkout_and_says_until_when(sku):
    close(sku.shop)

    with pytest.raises(ShopOnHoliday):
        ask(sku)
    (refused,) = place(request(UserFactory(), (sku, 1)))

    error = refused.error
    assert (error.code, error.extra["note"]) == ("shop_on_holiday", "Back on Monday")
    assert error.extra["closed_until"] == (AT + DAY).isoformat()
    assert [one.pointer for one in error.errors] == ["/lines/0/sku_id"]
    assert nothing_written()


def test_another_shop_of_the_same_set_sells(sku):
    close(sku.shop)

    results = place(
        request(UserFactory(), (sku, 1)), request(UserFactory(), (make_sku(price=500), 1))
    )

    assert [type(one).__name__ for one in results] == ["Refused", "Placed"]


@pytest.mark.parametrize("period", [(AT + DAY, AT + 2 * DAY), (AT - 2 * DAY, AT)])
def test_before_and_after_it_sells(sku, period):
    close(sku.shop, *period)

    (placed,) = place(request(UserFactory(), (sku, 1)))

    assert isinstance(placed, Placed)


def test_a_holiday_begins_for_who_remembers_the_shop_too(sku, monkeypatch):
    book = Book()
    monkeypatch.setattr(placement, "open_book", lambda: book)
    place(request(UserFactory(), (sku, 1)))
    actor = actor_of(sku.shop)

    shipping.set_holiday(
        shop_id=sku.shop_id, closed_from=AT, closed_to=AT + DAY, note="", at=AT, actor=actor
    )
    (refused,) = place(request(UserFactory(), (sku, 1)))
    shipping.end_holiday(shop_id=sku.shop_id, at=AT, actor=actor)
    (placed,) = place(request(UserFactory(), (sku, 1)))

    assert (refused.error.code, type(placed)) == ("shop_on_holiday", Placed)


def test_sh_19_a_holiday_is_set_in_the_console_and_orders_are_refused(client_for: Any) -> None:
    """The page of the shop shows it; buyers read it on the shop's page and at the quote.

    Page: /merchant/shops/shop/
    """
    sku = make_sku(price=1_000)
    shop, now = sku.shop, timezone.localtime()
    merchant = Client()
    merchant.force_login(owner_of(shop), backend="django.contrib.auth.backends.ModelBackend")
    page = f"/merchant/shops/shop/{shop.public_id}/"
    merchant.post(
        f"{page}do/set-holiday/",
        {
            "closed_from": (now - DAY).strftime("%Y-%m-%dT%H:%M"),
            "closed_to": (now + DAY).strftime("%Y-%m-%dT%H:%M"),
            "note": "Back soon",
        },
    )

    assert "Back soon" in merchant.get(page, follow=True).content.decode()
    buyer = client_for(UserFactory())
    public = buyer.get(f"/api/v1/shops/storefronts/{shop.public_id}").json()
    assert public["holiday"]["note"] == "Back soon"
    lines = {"lines": [{"sku_id": sku.public_id, "quantity": 1}]}
    refused = buyer.post("/api/v1/orders/quotes", lines)
    assert (refused.status_code, refused.json()["code"]) == (409, "shop_on_holiday")

    merchant.post(f"{page}do/end-holiday/")
    assert buyer.post("/api/v1/orders/quotes", lines).status_code == 200


# --- regions ------------------------------------------------------------------------------------


def freight_of(sku, **address):
    (result,) = place(request(UserFactory(), (sku, 3), **to(**address)))
    return result.group.orders.get().freight_amount if isinstance(result, Placed) else result.error


def test_the_freight_is_that_of_the_region_by_pieces(sku):
    rule(sku.shop, "650000", first_amount=1_500, further_amount=500)

    assert freight_of(sku, **XINJIANG) == 2_500
    assert freight_of(sku) == 800


def test_nothing_is_sold_where_nothing_is_sent(sku):
    rule(sku.shop, "650000", is_delivered=False)

    error = freight_of(sku, **XINJIANG)

    assert (error.code, [one.pointer for one in error.errors]) == (
        "not_delivered_there",
        ["/lines/0/sku_id"],
    )
    assert nothing_written()


def test_an_address_that_tells_no_region_does_not_dodge_a_rule(sku):
    assert freight_of(sku, province="Nowhere") == 800  # a shop without rules asks nothing

    rule(sku.shop, "650000", is_delivered=False)

    assert freight_of(sku, province="Nowhere").code == "region_not_found"


def test_the_quote_is_what_the_checkout_will_be(sku):
    rule(sku.shop, "650000", first_amount=1_500)

    assert ask(sku).freight_amount == 800
    assert ask(sku, address=XINJIANG).freight_amount == 1_500
    rule(sku.shop, "540000", is_delivered=False)
    with pytest.raises(NotDeliveredThere):
        ask(sku, address={"province": "西藏", "city": "拉萨"})


def test_holidays_and_regions_cost_a_remembered_sale_no_statement(sku, monkeypatch):
    book = Book()
    monkeypatch.setattr(placement, "open_book", lambda: book)

    def count():
        place(request(UserFactory(), (sku, 1)))
        asked = request(UserFactory(), (sku, 1))
        with CaptureQueriesContext(connection) as queries:
            assert isinstance(place_orders([asked], at=AT)[0], Placed)
        return len(queries)

    plain = count()
    rule(sku.shop, "650000", is_delivered=False)
    close(sku.shop, AT + DAY, AT + 2 * DAY)

    assert count() == plain


def test_freight_by_region_through_the_api(client_for: Any) -> None:
    """Rules are set with the freight; the preview and a buyer's quote tell the same.

    API: PUT /api/v1/shops/shops/{shop_id}/freight
    """
    sku = make_sku(price=1_000)
    path = f"/api/v1/shops/shops/{sku.shop.public_id}/freight"
    owner, buyer = client_for(owner_of(sku.shop)), client_for(UserFactory())
    body = {
        "flat_amount": 800,
        "free_from_amount": None,
        "version": 1,
        "rules": [{"region_codes": ["650000", "540000"], "first_amount": 1_800}],
    }

    answer = owner.put(path, body)
    preview = owner.post(
        f"{path}/preview", {"region_code": "653100", "goods_amount": 1_000, "pieces": 1}
    )
    quoted = buyer.post(
        "/api/v1/orders/quotes",
        {"lines": [{"sku_id": sku.public_id, "quantity": 1}], "destination": XINJIANG},
    )

    assert answer.json()["rules"][0]["region_codes"] == ["540000", "650000"]
    assert preview.json() == {
        "region": "新疆维吾尔自治区喀什地区",
        "freight": {"amount": 1_800, "currency": "CNY"},
    }
    assert quoted.json()["freight_amount"]["amount"] == 1_800
    twice = body | {"version": 2, "rules": body["rules"] * 2}
    assert (owner.put(path, twice).json()["code"], owner.get(path).json()["version"]) == (
        "region_twice",
        2,
    )


# --- deadlines ----------------------------------------------------------------------------------


def due(order):
    return Order.objects.get(pk=order.pk).ship_by_at


def test_sh_11_a_paid_order_is_due_as_its_shop_promised(client_for: Any) -> None:
    """The promise is set for what is paid from then on.

    API: PUT /api/v1/shops/shops/{shop_id}/shipping
    """
    order = make_order(OrderStatus.TO_SHIP)
    actor = actor_of(order.shop)
    shipping.set_promise(
        shop_id=order.shop_id, speed="next_day", at=order.paid_at - DAY, actor=actor
    )

    ship_by.reckon_orders([order.pk])

    assert due(order) == shipping_due(order)
    path = f"/api/v1/shops/shops/{order.shop.public_id}/shipping"
    answer = client_for(owner_of(order.shop)).put(path, {"speed": "same_day"})
    assert answer.json()["speed"] == "same_day"
    delivery.deliver_all()
    assert due(order) == shipping_due(order)


def shipping_due(order):
    return shipping_terms([order.shop_id])[order.shop_id].ship_by(order.paid_at)


def test_a_holiday_moves_what_is_to_be_sent_and_its_end_moves_it_back():
    order = make_order(OrderStatus.TO_SHIP)
    sent = make_order(OrderStatus.SHIPPED)
    other = make_order(OrderStatus.TO_SHIP)
    paid, actor = order.paid_at, actor_of(order.shop)
    promised = paid + settings.SHIP_PROMISE

    for one in (order, sent):
        shipping.set_holiday(
            shop_id=one.shop_id,
            closed_from=paid + DAY,
            closed_to=paid + 4 * DAY,
            note="",
            at=paid,
            actor=actor_of(one.shop),
        )
    delivery.deliver_all()

    assert due(order) == promised + 3 * DAY
    assert due(sent) == sent.ship_by_at
    assert due(other) == other.ship_by_at
    shipping.end_holiday(shop_id=order.shop_id, at=paid + 2 * DAY, actor=actor)
    delivery.deliver_all()
    assert due(order) == promised + DAY
    assert ship_by.reckon_shops([order.shop_id]) == 0


def test_a_refund_is_due_as_before_in_a_holiday():
    case = requested_case()
    before = case.due_at
    close(case.shop, case.created_at - DAY, case.created_at + 9 * DAY)

    ship_by.reckon_shops([case.shop_id])

    case.refresh_from_db()
    assert case.due_at == before
