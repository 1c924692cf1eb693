"""Orders in the three consoles."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel.actors import Actor, Role
from kernel.clock import database_now
from kernel.models import AuditEntry, IdempotencyRecord
from orders.enums import OrderStatus
from orders.models import Order, Package
from orders.selectors.counters import order_counts
from orders.services.freezing import freeze
from orders.services.refunds import refund_line
from shops.enums import StaffRole
from shops.models import Shop
from tests.factories.orders import PLACED_AT, RECEIVER, make_order, make_sku
from tests.factories.sales import paid_order
from tests.factories.shops import BindingFactory, ShopFactory

pytestmark = pytest.mark.django_db
LIST = "/merchant/orders/order/"


def page(order, site="merchant"):
    return f"/{site}/orders/order/{order.number}/change/"


def do(order, act, site="merchant"):
    return f"/{site}/orders/order/{order.number}/do/{act}/"


def parcel(**changes):
    return {"request_id": "r1", "carrier": "shunfeng", "tracking_number": "SF12345678", **changes}


def test_the_list_shows_the_shops_orders_alone(shop_desk):
    shop = ShopFactory()
    mine, foreign = make_order(OrderStatus.TO_SHIP, shop=shop), make_order(OrderStatus.TO_SHIP)

    answer = shop_desk(shop).get(LIST)

    assert answer.status_code == 200
    assert (mine.number in answer.text, foreign.number in answer.text) == (True, False)
    assert "王**" in answer.text
    assert RECEIVER["phone"] not in answer.text


def test_the_list_costs_the_same_for_one_and_three(shop_desk):
    shop = ShopFactory()
    desk = shop_desk(shop)
    counts = []
    for wanted in (1, 2):
        for _ in range(wanted):
            make_order(OrderStatus.SHIPPED, shop=shop)
        desk.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            desk.get(LIST)
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("status", OrderStatus)
def test_every_state_has_a_page(shop_desk, status):
    order = make_order(status, freight=800, quantity=2, pick_code="pck1")

    answer = shop_desk(order.shop).get(page(order))

    assert answer.status_code == 200
    for text in (order.number, "王**", "¥108.00"):
        assert text in answer.text
    for text in (RECEIVER["street"], "pck1"):
        assert text not in answer.text


def test_the_page_shows_what_the_buyer_saw_and_the_name_of_today(shop_desk):
    binding = BindingFactory()
    order = paid_order((make_sku(binding.shop), 1))
    was = binding.shop.name
    Shop.objects.filter(pk=binding.shop.pk).update(name="Renamed house")

    text = shop_desk(binding.shop).get(page(order)).text

    assert f"@{binding.account.handle}" in text
    assert was in text
    assert "Now known as Renamed house" in text


def test_the_page_of_another_shops_order_is_not_there(shop_desk):
    desk = shop_desk(ShopFactory())
    order = make_order(OrderStatus.TO_SHIP)

    addresses = [page(order), *(do(order, act) for act in ("ship", "remark", "reveal"))]
    answers = [desk.get(address).status_code for address in addresses]
    answers += [desk.post(address, parcel(line_1=1)).status_code for address in addresses]

    assert set(answers) == {404}
    order.refresh_from_db()
    assert (order.status, AuditEntry.objects.count()) == (OrderStatus.TO_SHIP, 0)


def test_a_clerk_ships_everything_that_is_left(shop_desk):
    order = make_order(OrderStatus.TO_SHIP, quantity=3)
    desk = shop_desk(order.shop)

    assert desk.get(do(order, "ship")).status_code == 200
    answer = desk.post(do(order, "ship"), parcel(line_1=3))

    order.refresh_from_db()
    assert (answer.status_code, order.status) == (302, OrderStatus.SHIPPED)
    assert Package.objects.get().actor_label


def test_a_clerk_ships_a_part(shop_desk):
    sku = make_sku()
    order = make_order(OrderStatus.TO_SHIP, items=[(sku, 2), (make_sku(sku.shop), 1)])

    shop_desk(order.shop).post(do(order, "ship"), parcel(line_1=1, line_2=0))

    order.refresh_from_db()
    assert order.status == OrderStatus.PARTLY_SHIPPED
    assert Package.objects.get().lines.get().quantity == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"carrier": "pigeon"},
        {"tracking_number": "no"},
        {"line_1": 4},
        {"line_1": -1},
        {"line_1": 0},
        {"line_1": "many"},
    ],
)
def test_a_wrong_parcel_is_shown_again_and_ships_nothing(shop_desk, changes):
    order = make_order(OrderStatus.TO_SHIP, quantity=3)

    answer = shop_desk(order.shop).post(do(order, "ship"), parcel(line_1=3) | changes)

    order.refresh_from_db()
    assert (answer.status_code, order.status) == (422, OrderStatus.TO_SHIP)


def test_a_held_order_offers_no_parcel(shop_desk):
    order = make_order(OrderStatus.TO_SHIP)
    freeze(order_id=order.pk, at=PLACED_AT)
    desk = shop_desk(order.shop)

    text = desk.get(page(order)).text
    answer = desk.post(do(order, "ship"), parcel(line_1=1))

    assert do(order, "ship") not in text
    assert "An after-sales case is open." in answer.text
    assert Package.objects.count() == 0


def test_a_remark_is_saved(shop_desk):
    order = make_order(OrderStatus.TO_SHIP)

    shop_desk(order.shop).post(do(order, "remark"), {"remark": "fragile"})

    order.refresh_from_db()
    assert order.remark == "fragile"


@pytest.mark.parametrize("site", ["merchant", "support"])
def test_a_reveal_is_answered_once_and_kept_nowhere(shop_desk, support_desk, site):
    order = make_order(OrderStatus.TO_SHIP)
    desk = shop_desk(order.shop) if site == "merchant" else support_desk

    asked = desk.get(do(order, "reveal", site))
    answer = desk.post(do(order, "reveal", site), {"_once": "t1"})

    assert (asked.status_code, answer.status_code) == (200, 200)
    assert RECEIVER["street"] not in asked.text
    assert RECEIVER["street"] in answer.text
    assert "no-store" in answer["Cache-Control"]
    assert AuditEntry.objects.get().action == "orders.reveal_receiver"
    assert IdempotencyRecord.objects.count() == 0
    assert RECEIVER["street"] not in desk.get(page(order, site)).text


def test_who_may_not_reveal_is_refused(shop_desk):
    order = make_order(OrderStatus.TO_SHIP)
    desk = shop_desk(order.shop, role=StaffRole.FINANCE)

    assert desk.post(do(order, "reveal")).status_code == 403
    assert AuditEntry.objects.count() == 0


def test_support_finds_an_order_by_number(support_desk):
    order, other = make_order(OrderStatus.SHIPPED), make_order(OrderStatus.SHIPPED)

    answer = support_desk.get("/support/orders/order/", {"q": order.number})

    assert (order.number in answer.text, other.number in answer.text) == (True, False)
    assert support_desk.get(page(order, "support")).status_code == 200


def test_an_operator_lets_a_deadline_be_now(operator_desk):
    order = make_order(OrderStatus.SHIPPED)
    Order.objects.update(confirm_by_at=database_now() + timedelta(days=5))

    answer = operator_desk.post(do(order, "bring-forward", "operator"))

    order.refresh_from_db()
    assert answer.status_code == 302
    assert order.confirm_by_at <= database_now()


def test_outside_a_sandbox_no_deadline_can_be_moved(operator_desk, settings):
    settings.HAODIAN_SANDBOX = False
    order = make_order(OrderStatus.SHIPPED)

    text = operator_desk.get(page(order, "operator")).text
    answer = operator_desk.post(do(order, "bring-forward", "operator"))

    assert do(order, "bring-forward", "operator") not in text
    assert answer.status_code == 404


def test_operators_see_payments_refunds_and_notices(operator_desk):
    order = make_order(OrderStatus.SHIPPED)
    refund = refund_line(line_id=order.lines.get().pk, amount=100, reference="case:1", at=PLACED_AT)

    payments = operator_desk.get("/operator/orders/payment/")
    refunds = operator_desk.get("/operator/orders/refund/")
    notices = operator_desk.get("/operator/orders/gatewaynotice/")
    one = operator_desk.get(f"/operator/orders/refund/{refund.number}/change/")

    assert {a.status_code for a in (payments, refunds, notices, one)} == {200}
    assert f"P{order.number}" in payments.text
    assert refund.number in refunds.text
    assert "Case 1" in one.text


@pytest.mark.parametrize("site", ["merchant", "support", "operator"])
def test_the_home_pages_open(shop_desk, support_desk, operator_desk, site):
    order = make_order(OrderStatus.TO_SHIP)
    desk = {"merchant": shop_desk(order.shop), "support": support_desk, "operator": operator_desk}

    assert desk[site].get(f"/{site}/").status_code == 200


def merchant(shop):
    return Actor(role=Role.MERCHANT, shop_id=shop.pk)


def test_the_counters_count_what_waits():
    shop = ShopFactory()
    waiting = [make_order(OrderStatus.TO_SHIP, shop=shop) for _ in range(4)]
    make_order(OrderStatus.SHIPPED, shop=shop)
    make_order(OrderStatus.TO_SHIP)
    now = PLACED_AT + timedelta(days=1)  # noon in China
    for order, hours in zip(waiting, (24, 12, 11, -1), strict=True):
        Order.objects.filter(pk=order.pk).update(ship_by_at=now + timedelta(hours=hours))

    counts = order_counts(merchant(shop), now)

    assert (counts.late, counts.today, counts.later) == (1, 1, 2)
