"""What a clerk does to orders: together in a parcel, on paper, with a flag."""

import pytest
from django.urls import reverse

from kernel import clock
from kernel.models import AuditEntry
from orders.enums import OrderStatus
from orders.models import Order, OrderView, Package, Printing
from orders.services import readdressing
from orders.services.requests import Receiver
from shops.enums import StaffRole
from tests.factories.accounts import UserFactory
from tests.factories.orders import RECEIVER, make_order
from tests.factories.sales import buyer_actor
from tests.factories.shops import ShopFactory

pytestmark = pytest.mark.django_db
ORDERS = "/merchant/orders/order/"
PRINTINGS = "/merchant/orders/printing/"


@pytest.fixture
def shop():
    return ShopFactory()


def test_or_15_orders_of_one_receiver_are_shipped_together(shop_desk, shop):
    """The page offers the buyer's other orders to the same address.

    Page: /merchant/orders/order/{number}/do/ship-together/
    """
    buyer, desk = UserFactory(), shop_desk(shop)
    order, other = (make_order(OrderStatus.TO_SHIP, shop=shop, buyer=buyer) for _ in range(2))
    alone = make_order(OrderStatus.TO_SHIP, shop=shop)
    act = f"{ORDERS}{order.number}/do/ship-together/"
    assert "do/ship-together/" not in desk.get(f"{ORDERS}{alone.number}/change/").text
    assert act in desk.get(f"{ORDERS}{order.number}/change/").text
    assert other.number in desk.get(act).text
    form = {"request_id": "r", "carrier": "shunfeng", "tracking_number": "SF1234567890123"}

    assert desk.post(act, form | {"orders": [alone.number]}).status_code == 422
    assert desk.post(act, form | {"orders": [other.number]}).status_code == 302

    parcels = Package.objects.order_by("order").values_list("order", "tracking_number")
    assert list(parcels) == [(one.pk, "SF1234567890123") for one in (order, other)]


def test_or_17_a_clerk_flags_an_order_and_finds_it_by_its_flag(shop_desk, shop):
    """Remark and flag are the shop's own; the list filters by the flag.

    Page: /merchant/orders/order/{number}/do/remark/
    """
    order, other = (make_order(OrderStatus.TO_SHIP, shop=shop) for _ in range(2))
    desk = shop_desk(shop)
    act = f"{ORDERS}{order.number}/do/remark/"

    assert desk.post(act, {"remark": "x" * 61, "flag": "5"}).status_code == 422
    assert desk.post(act, {"remark": "先发", "flag": "6"}).status_code == 422
    assert Order.objects.get(pk=order.pk).flag == 0
    assert desk.post(act, {"remark": "先发", "flag": "5"}).status_code == 302

    found = desk.get(ORDERS, {"flag__exact": "5"}).text
    assert (order.number in found, other.number in found) == (True, False)
    entry = AuditEntry.objects.get(action="orders.remark_order")
    assert (entry.before, entry.after) == (
        {"remark": "", "flag": 0},
        {"remark": "先发", "flag": 5},
    )


def test_or_19_a_clerk_prints_labels_and_takes_the_file(shop_desk, shop):
    """Orders are put on a printing; its file has the receivers in clear and is in the trail.

    Page: /merchant/orders/printing/do/start/
    """
    order, desk = make_order(OrderStatus.TO_SHIP, shop=shop), shop_desk(shop)
    assert "Print labels and pick lists" in desk.get(PRINTINGS).text

    assert desk.post(f"{PRINTINGS}do/start/", {"kind": "labels"}).status_code == 302

    printing = Printing.objects.get()
    page = desk.get(f"{PRINTINGS}{printing.public_id}/change/").text
    assert (order.number in page, f"{printing.public_id}/file/" in page) == (True, True)
    assert RECEIVER["name"] not in page
    file = desk.get(f"{PRINTINGS}{printing.public_id}/file/")
    assert (file.status_code, file["Content-Type"]) == (200, "application/pdf")
    assert AuditEntry.objects.get(action="orders.print_orders").after["orders"] == [order.number]
    assert "Labels" in desk.get(f"{ORDERS}{order.number}/change/").text
    again = desk.post(f"{PRINTINGS}do/start/", {"kind": "labels"})
    assert "No order waits" in again.text
    typed = {"kind": "pick_list", "orders": f" {order.number},\n"}
    assert desk.post(f"{PRINTINGS}do/start/", typed).status_code == 302
    assert desk.post(f"{ORDERS}{order.number}/do/print/", {}).status_code == 302
    assert Printing.objects.count() == 3


@pytest.mark.parametrize("method", ["head", "options", "post"])
def test_what_takes_no_paper_is_not_in_the_audit_trail(shop_desk, shop, method):
    make_order(OrderStatus.TO_SHIP, shop=shop)
    desk = shop_desk(shop)
    desk.post(f"{PRINTINGS}do/start/", {"kind": "labels"})

    url = f"{PRINTINGS}{Printing.objects.get().public_id}/file/"

    assert getattr(desk, method)(url).status_code == 405
    assert not AuditEntry.objects.filter(action="orders.print_orders").exists()


def test_printings_are_for_those_who_ship_and_for_their_shop(shop_desk, shop):
    make_order(OrderStatus.TO_SHIP, shop=shop)
    shop_desk(shop).post(f"{PRINTINGS}do/start/", {"kind": "labels"})
    printing, stranger = Printing.objects.get(), shop_desk(ShopFactory())

    assert shop_desk(shop, StaffRole.FINANCE).get(PRINTINGS).status_code == 403
    for path in ("change", "file"):
        assert stranger.get(f"{PRINTINGS}{printing.public_id}/{path}/").status_code == 404
    assert printing.public_id not in stranger.get(PRINTINGS).text


def test_or_18_a_manager_changes_the_price_before_payment(shop_desk, shop):
    """Yuan in the form, fen in the books; a clerk may not.

    Page: /merchant/orders/order/{number}/do/price/
    """
    order = make_order(OrderStatus.UNPAID, shop=shop, price=10_000, freight=1_000)
    desk, clerk = shop_desk(shop, StaffRole.MANAGER), shop_desk(shop)
    act = f"{ORDERS}{order.number}/do/price/"
    assert 'value="10.00"' in desk.get(act).text
    form = {"discount_amount": "20.50", "freight_amount": "0", "reason": "An old customer"}

    assert clerk.post(act, form).status_code == 403
    assert desk.post(act, form | {"discount_amount": "100.01"}).status_code == 422
    assert Order.objects.get(pk=order.pk).pay_amount == 11_000
    assert desk.post(act, form).status_code == 302

    assert Order.objects.get(pk=order.pk).pay_amount == 7_950
    assert 'value="20.50"' in desk.get(act).text


def test_or_16_a_clerk_answers_a_wish_for_another_address(shop_desk, shop):
    """The queue shows both receivers masked; the shop decides whether it is asked.

    Page: /merchant/orders/addresschange/
    """
    queue, desk = "/merchant/orders/addresschange/", shop_desk(shop)
    owner = shop_desk(shop, StaffRole.OWNER)
    assert "Buyers may ask" in desk.get(queue).text
    assert desk.post(f"{queue}do/rules/", {"asks_for_addresses": "on"}).status_code == 403
    assert owner.post(f"{queue}do/rules/", {"asks_for_addresses": "on"}).status_code == 302
    changes = []
    for _ in range(2):
        order = make_order(OrderStatus.TO_SHIP, shop=shop)
        receiver = Receiver("李雷", "13900001111", "浙江省", "宁波市", "人民路 2 号")
        actor = buyer_actor(order.buyer)
        changes.append(
            readdressing.ask(order_id=order.pk, receiver=receiver, at=clock.now(), actor=actor)
        )
    yes, no = (f"{queue}{change.public_id}" for change in changes)
    page = desk.get(f"{yes}/change/").text
    assert ("宁波市" in page, "李雷" in page, "do/approve/" in page) == (True, False, True)

    assert desk.post(f"{yes}/do/approve/", {}).status_code == 302
    assert desk.post(f"{no}/do/reject/", {"refusal": "1"}).status_code == 422
    assert desk.post(f"{no}/do/reject/", {"refusal": "1002"}).status_code == 302

    for change in changes:
        change.refresh_from_db()
    assert [(one.status, one.refusal) for one in changes] == [
        ("approved", None),
        ("rejected", 1002),
    ]
    assert "do/approve/" not in desk.get(f"{yes}/change/").text


def test_op_14_a_clerk_saves_a_view_and_prints_what_is_in_it(shop_desk, shop):
    """A named filter is a tab of one's own, and a choice where orders are printed.

    Page: /merchant/orders/order/do/save-view/
    """
    wanted, plain = (make_order(OrderStatus.TO_SHIP, shop=shop) for _ in range(2))
    Order.objects.filter(pk=wanted.pk).update(flag=5)
    desk, other = shop_desk(shop), shop_desk(shop)
    form = {"name": "加急", "status": "to_ship", "flag": "5"}

    assert desk.post(f"{ORDERS}do/save-view/", {"name": "x"}).status_code == 422
    assert desk.post(f"{ORDERS}do/save-view/", form).status_code == 302

    page = desk.get(ORDERS).text
    assert "?status__exact=to_ship&amp;flag__exact=5" in page
    assert ">加急</a>" not in other.get(ORDERS).text
    tab = desk.get(f"{ORDERS}?status__exact=to_ship&flag__exact=5").text
    assert (wanted.number in tab, plain.number in tab) == (True, False)
    assert 'aria-current="page">加急' in tab
    view = OrderView.objects.get()
    start = f"{PRINTINGS}do/start/"
    assert other.post(start, {"kind": "labels", "view": view.public_id}).status_code == 422
    assert desk.post(start, {"kind": "labels", "view": view.public_id}).status_code == 302
    assert list(Printing.objects.get().printed.values_list("order", flat=True)) == [wanted.pk]
    remove = f"{ORDERS}do/remove-view/"
    assert other.post(remove, {"view": view.public_id}).status_code == 422
    assert desk.post(remove, {"view": view.public_id}).status_code == 302
    assert ">加急</a>" not in desk.get(ORDERS).text


def test_or_17_ticked_orders_are_flagged_printed_and_shipped_together(shop_desk, shop):
    """The list's boxes lead to one form each, with the ticked numbers in it.

    Page: /merchant/orders/order/act/flag/
    """
    orders = [make_order(OrderStatus.TO_SHIP, shop=shop) for _ in range(2)]
    foreign, desk = make_order(OrderStatus.TO_SHIP), shop_desk(shop)
    numbers = [order.number for order in orders]
    flag = reverse("merchant:orders_order_act", args=["flag"])
    listed = desk.get(ORDERS).text
    assert [f'value="{number}" form="chosen"' in listed for number in numbers] == [True] * 2
    forms = [
        reverse("merchant:orders_shippingfile_act", args=["upload"]),
        reverse("merchant:orders_printing_act", args=["start"]),
        flag,
    ]
    for page in forms:
        assert page in listed
        shown = desk.get(page, {"order": [*numbers, "<odd>"]}).text
        assert [number in shown for number in [*numbers, "&lt;odd"]] == [True, True, False]

    with_foreign = {"orders": "\n".join([*numbers, foreign.number]), "flag": "5"}
    assert desk.post(flag, with_foreign).status_code == 422
    assert set(Order.objects.values_list("flag", flat=True)) == {0}
    assert desk.post(flag, {"orders": "\n".join(numbers), "flag": "5"}).status_code == 302

    flags = dict(Order.objects.values_list("number", "flag"))
    assert flags == dict.fromkeys(numbers, 5) | {foreign.number: 0}
    assert AuditEntry.objects.filter(action="orders.remark_order").count() == 2


def test_who_may_do_nothing_with_orders_has_no_boxes(shop_desk, shop):
    make_order(OrderStatus.TO_SHIP, shop=shop)

    assert 'form="chosen"' not in shop_desk(shop, StaffRole.FINANCE).get(ORDERS).text
