"""Pieces are held for whoever may still pay, and for nobody longer (CA-12)."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import Stock, StockMovement
from kernel.clock import database_now
from orders import tasks
from orders.models import Order
from orders.services.payments import start_payment
from shops.enums import StaffRole
from shops.models import Shop
from shops.services import holding
from tests.factories.accounts import UserFactory
from tests.factories.orders import make_sku
from tests.factories.sales import buyer_actor, placed_order
from tests.factories.shops import StaffFactory, actor_of, owner_of
from tests.orders.api.checkouts import BASE, body, check_out

pytestmark = pytest.mark.django_db


def _door(shop: Shop) -> str:
    return f"/api/v1/shops/shops/{shop.public_id}/unpaid-minutes"


def _counters(*skus) -> list[tuple[int, int]]:
    rows = {one.pk: (one.on_hand, one.held) for one in Stock.objects.all()}
    return [rows[sku.pk] for sku in skus]


def _when(order: dict, field: str) -> datetime:
    return datetime.fromisoformat(order[field])


def test_ca_12_pieces_are_held_as_long_as_the_shop_says_and_swept(client, client_for):
    """A hold a line, taken whole or not at all, by the minutes of each shop.

    Page: /merchant/shops/shop/
    API: PUT /api/v1/shops/shops/{shop_id}/unpaid-minutes
    API: POST /api/v1/orders/checkouts
    """
    sku, other = make_sku(stock=3), make_sku(stock=5)
    said = client_for(owner_of(sku.shop)).put(_door(sku.shop), {"minutes": 10})
    assert (said.status_code, said.json()["unpaid_minutes"]) == (200, 10)

    placed = check_out(client, body((sku, 2), (other, 4)))

    orders = {one["storefront"]["shop"]["id"]: one for one in placed.json()["orders"]}
    quick, usual = orders[sku.shop.public_id], orders[other.shop.public_id]
    assert _when(quick, "pay_by_at") - _when(quick, "placed_at") == timedelta(minutes=10)
    assert _when(usual, "pay_by_at") - _when(usual, "placed_at") == timedelta(minutes=30)
    assert _counters(sku, other) == [(3, 2), (5, 4)]
    holds = StockMovement.objects.filter(kind="hold").values_list("reference", "held_delta")
    assert set(holds) == {(f"order:{quick['number']}:1", 2), (f"order:{usual['number']}:1", 4)}

    # Two pieces of the one are not there: nothing of the other is held for such a checkout.
    stranger = client_for(UserFactory())
    refused = check_out(stranger, body((other, 1), (sku, 2)), key="late")
    assert (refused.status_code, refused.json()["skus"]) == (409, [sku.public_id])
    # Nor do two lines of one SKU, which would each find the one piece that is left.
    twice = check_out(stranger, body((sku, 1), (sku, 1)), key="twice")
    assert twice.status_code in (400, 422)
    assert _counters(sku, other) == [(3, 2), (5, 4)]

    Order.objects.filter(number=quick["number"]).update(pay_by_at=database_now())
    tasks.close_unpaid()
    tasks.close_unpaid()
    assert _counters(sku, other) == [(3, 0), (5, 4)]
    shown = client.get(f"{BASE}/orders/{quick['number']}").json()
    assert (shown["status"], shown["close_reason"]) == ("closed", "unpaid")


def test_the_shop_says_so_in_its_console():
    shop = make_sku().shop
    desk = Client()
    desk.force_login(owner_of(shop), backend="django.contrib.auth.backends.ModelBackend")
    page = f"/merchant/shops/shop/{shop.public_id}/"
    assert "30 minutes" in desk.get(page, follow=True).content.decode()

    desk.post(f"{page}do/set-unpaid-minutes/", {"minutes": "15"})

    assert "15 minutes" in desk.get(page, follow=True).content.decode()
    assert Shop.objects.get(pk=shop.pk).unpaid_minutes == 15
    desk.post(f"{page}do/set-unpaid-minutes/", {"minutes": ""})
    assert Shop.objects.get(pk=shop.pk).unpaid_minutes is None


@pytest.mark.parametrize("minutes", [4, 1441, 0, -1, "10", 7.5, True])
def test_what_is_outside_the_bounds_changes_nothing(client_for, minutes):
    shop = make_sku().shop

    answer = client_for(owner_of(shop)).put(_door(shop), {"minutes": minutes})

    assert answer.status_code == 400
    assert Shop.objects.get(pk=shop.pk).unpaid_minutes is None


def test_only_who_may_edit_the_shop_sets_it(client_for):
    shop, elsewhere = make_sku().shop, make_sku().shop
    clerk = client_for(StaffFactory(shop=shop, role=StaffRole.ORDER_CLERK).user)

    assert clerk.put(_door(shop), {"minutes": 10}).status_code == 403
    assert client_for(owner_of(elsewhere)).put(_door(shop), {"minutes": 10}).status_code == 404
    assert Shop.objects.get(pk=shop.pk).unpaid_minutes is None


def test_orders_that_wait_keep_their_time():
    sku, now = make_sku(stock=3), database_now()
    before = placed_order((sku, 1), at=now)
    holding.set_unpaid_minutes(shop_id=sku.shop_id, minutes=5, at=now, actor=actor_of(sku.shop))

    after = placed_order((sku, 1), at=now)

    assert Order.objects.get(pk=before.pk).pay_by_at == now + timedelta(minutes=30)
    assert after.pay_by_at == now + timedelta(minutes=5)


def _start(order: Order, at: datetime) -> list[str]:
    """Begin to pay; return the statements that changed orders."""
    buyer = buyer_actor(order.buyer)
    with CaptureQueriesContext(connection) as queries:
        start_payment(group_number=order.group.number, gateway="sandbox", at=at, actor=buyer)
    return [one["sql"] for one in queries if 'UPDATE "orders_order"' in one["sql"]]


def test_who_begins_to_pay_in_the_last_minutes_has_five_to_finish_once():
    order = placed_order(at=database_now())
    late = order.pay_by_at - timedelta(minutes=1)

    assert len(_start(order, late)) == 1
    assert Order.objects.get(pk=order.pk).pay_by_at == late + timedelta(minutes=5)
    # The payment is known: pressing again and again holds the pieces no longer.
    assert _start(order, late + timedelta(minutes=3)) == []
    assert Order.objects.get(pk=order.pk).pay_by_at == late + timedelta(minutes=5)


def test_who_pays_early_has_the_time_that_there_is_and_no_statement_more():
    order = placed_order(at=database_now())

    assert _start(order, order.placed_at + timedelta(minutes=1)) == []
    assert Order.objects.get(pk=order.pk).pay_by_at == order.pay_by_at
