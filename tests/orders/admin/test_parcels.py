"""Parcels at a clerk's desk: in parts, with serial numbers, relabelled, on their way, late."""

import json
from datetime import timedelta

import pytest
from django.db.models.functions import Now

from kernel import clock
from orders import tasks
from orders.enums import OrderStatus, ParcelAlert
from orders.errors import AlreadyExtended
from orders.models import Order, Package, PackageEdit
from orders.services import routes
from orders.services.freezing import freeze, unfreeze
from orders.services.receipt import extend_receipt
from tests.factories.orders import make_order, make_sku
from tests.factories.sales import buyer_actor
from tests.factories.shops import ReturnAddressFactory, ShopFactory, owner_of

pytestmark = pytest.mark.django_db
ORDERS = "/merchant/orders/order/"
LABEL = {"carrier": "shunfeng", "tracking_number": "SF1234567890"}


@pytest.fixture
def shop():
    return ShopFactory()


def told(client, state, notice_id, at):
    """Let the carrier's machine tell something at its door; return the answer."""
    body = json.dumps(
        {
            "id": notice_id,
            "tracking_number": LABEL["tracking_number"],
            "state": state,
            "happened_at": at.isoformat(),
            "place": "杭州转运中心",
        }
    )
    stamp = str(int(at.timestamp()))
    return client.post(
        "/api/v1/orders/carriers/shunfeng/notices",
        body,
        content_type="application/json",
        headers={
            routes.TIMESTAMP_HEADER: stamp,
            routes.SIGNATURE_HEADER: routes.sign(stamp, body.encode()),
        },
    )


def test_or_12_an_order_leaves_in_parts_and_a_wrong_label_is_put_right(shop_desk, shop):
    """Each parcel has its pieces, serial numbers and addresses; a label keeps its history.

    Page: /merchant/orders/order/{number}/do/ship/
    """
    order = make_order(OrderStatus.TO_SHIP, items=[(make_sku(shop), 3)])
    depot = ReturnAddressFactory(shop=shop, is_default=False)
    desk, page = shop_desk(shop), f"{ORDERS}{order.number}"
    first = LABEL | {"request_id": "a", "line_1": 2, "line_1_serials": "356938035643809"}
    first |= {"goes_back_to_id": depot.public_id}

    wrong = desk.post(f"{page}/do/ship/", first | {"line_1_serials": "12345"})
    assert (wrong.status_code, Package.objects.count()) == (422, 0)
    assert desk.post(f"{page}/do/ship/", first).status_code == 302
    desk.post(f"{page}/do/ship/", first)  # sent twice
    order.refresh_from_db()
    (package,) = Package.objects.all()
    (piece,) = package.lines.all()
    assert (order.status, piece.quantity, piece.serials) == (
        OrderStatus.PARTLY_SHIPPED,
        2,
        ["356938035643809"],
    )
    right = {"place": 1, "carrier": "zhongtong", "tracking_number": "ZT123456789012"}
    assert desk.post(f"{page}/do/relabel/", right | {"reason": "typed wrongly"}).status_code == 302

    shown = desk.get(f"{page}/change/").text
    assert [one in shown for one in ("356938035643809", "ZT123456789012", "SF1234567890")] == [
        True
    ] * 3
    assert (PackageEdit.objects.get().reason, depot.street in shown) == ("typed wrongly", True)


def test_or_14_a_parcels_way_is_shown_and_one_that_stands_still_is_found(
    shop_desk, shop, client_for, anonymous_client
):
    """What a carrier tells stands with the order, for buyer and shop; what is late has a filter.

    Page: /merchant/orders/order/
    """
    order, other = (make_order(OrderStatus.TO_SHIP, shop=shop) for _ in range(2))
    desk = shop_desk(shop)
    for one, number in ((order, LABEL["tracking_number"]), (other, "SF0000000001")):
        label = LABEL | {"tracking_number": number, "request_id": "a", "line_1": 1}
        desk.post(f"{ORDERS}{one.number}/do/ship/", label)
    now = clock.now()

    answers = [told(anonymous_client, "in_transit", "n1", now).json()["outcome"] for _ in range(2)]
    forged = anonymous_client.post(
        "/api/v1/orders/carriers/shunfeng/notices", {}, content_type="application/json"
    )
    shop_url = f"/api/v1/orders/shops/{shop.public_id}/orders/{order.number}/routes"
    (bought,) = client_for(order.buyer).get(f"/api/v1/orders/orders/{order.number}/routes").json()
    (sold,) = client_for(owner_of(shop)).get(shop_url).json()
    page = desk.get(f"{ORDERS}{order.number}/change/").text

    assert (answers, forged.status_code) == (["applied", "repeated"], 401)
    assert [node["state"] for node in bought["nodes"]] == ["in_transit"]
    assert (sold["state"], sold["nodes"][0]["place"], "杭州转运中心" in page) == (
        "in_transit",
        "杭州转运中心",
        True,
    )
    assert routes.alert_due(at=now + timedelta(hours=73)) == 2
    still = desk.get(f"{ORDERS}?parcels={ParcelAlert.NO_MOVE}").text
    either = desk.get(f"{ORDERS}?parcels=any").text
    assert (order.number in still, other.number in still) == (True, False)
    assert (order.number in either, other.number in either) == (True, True)


def test_another_buyer_learns_nothing_of_a_parcel(client_for, shop):
    order = make_order(OrderStatus.SHIPPED, shop=shop)
    stranger = client_for(make_order(OrderStatus.SHIPPED).buyer)

    assert stranger.get(f"/api/v1/orders/orders/{order.number}/routes").status_code == 404


def test_a_label_is_put_right_over_the_api(client_for, shop):
    order = make_order(OrderStatus.SHIPPED, shop=shop)
    client = client_for(owner_of(shop))
    base = f"/api/v1/orders/shops/{shop.public_id}/orders/{order.number}/packages"

    (shown,) = client.put(f"{base}/1", LABEL, format="json").json()

    assert shown["tracking_number"] == LABEL["tracking_number"]
    assert [edit["carrier"] for edit in shown["edits"]] == [PackageEdit.objects.get().carrier_code]
    for place in ("2", "0", "x", "9999"):
        assert client.put(f"{base}/{place}", LABEL, format="json").status_code == 404
    assert Order.objects.get(pk=order.pk).packages.count() == 1


def test_the_sandboxs_carrier_moves_parcels_at_the_operators_word(operator_desk, shop):
    order = make_order(OrderStatus.SHIPPED, shop=shop)

    answer = operator_desk.post(f"/operator/orders/order/{order.number}/do/move-parcels-on/", {})

    assert (answer.status_code, Package.objects.get().state) == (302, "picked_up")


def test_or_10_receipt_confirms_itself_later_once_and_never_while_a_case_is_open(shop_desk, shop):
    """Ten days after shipping, three more once, by shop or buyer; then seven for after-sales.

    Page: /merchant/orders/order/{number}/do/extend-receipt/
    """
    order = make_order(OrderStatus.TO_SHIP, shop=shop)
    desk, page = shop_desk(shop), f"{ORDERS}{order.number}"
    desk.post(f"{page}/do/ship/", LABEL | {"request_id": "a", "line_1": 1})
    order.refresh_from_db()
    first = order.confirm_by_at
    assert first - order.shipped_at == timedelta(days=10)

    assert desk.post(f"{page}/do/extend-receipt/", {}).status_code == 302
    assert desk.post(f"{page}/do/extend-receipt/", {}).status_code == 422
    with pytest.raises(AlreadyExtended):
        extend_receipt(order_id=order.pk, at=clock.now(), actor=buyer_actor(order.buyer))
    order.refresh_from_db()
    assert order.confirm_by_at - first == timedelta(days=3)

    Order.objects.filter(pk=order.pk).update(confirm_by_at=Now())
    freeze(order_id=order.pk, at=clock.now())
    tasks.auto_confirm()
    order.refresh_from_db()
    assert order.status == OrderStatus.SHIPPED
    unfreeze(order_id=order.pk, at=clock.now())
    Order.objects.filter(pk=order.pk).update(confirm_by_at=Now())
    tasks.auto_confirm()

    order.refresh_from_db()
    assert order.status == OrderStatus.COMPLETED
    assert order.aftersales_until_at - order.completed_at == timedelta(days=7)
