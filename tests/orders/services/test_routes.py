"""What carriers tell of parcels, what is late, and labels that are put right."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from kernel.errors import InvalidInput, NotFound
from orders.enums import NoticeOutcome, OrderStatus, ParcelAlert, ParcelState
from orders.errors import (
    LabelIsFinal,
    NoticeRefused,
    NoticeUnverified,
    SerialsWrong,
    UnknownCarrier,
    UnknownShopAddress,
)
from orders.models import Order, Package, PackageEdit, RouteNode
from orders.services import routes
from orders.services.relabelling import relabel
from orders.services.shipping import ship_order
from tests.factories.orders import PLACED_AT, make_order, make_sku
from tests.factories.shops import ReturnAddressFactory, actor_of

pytestmark = pytest.mark.django_db
AT = PLACED_AT + timedelta(hours=10)
NUMBER = "SF1234567890"


def shipped(quantity=2, **parcel):
    """Return an order with one parcel, and the parcel."""
    order = make_order(OrderStatus.TO_SHIP, items=[(make_sku(), quantity)])
    values = {"carrier_code": "shunfeng", "tracking_number": NUMBER} | parcel
    package = ship_order(
        order_id=order.pk, request_id="r1", at=AT, actor=actor_of(order.shop), **values
    )
    return order, package


def told(state="picked_up", notice_id="n1", hours=1, at=None, key=None, **changes):
    """Let the carrier tell something; return how it ended."""
    body = {
        "id": notice_id,
        "tracking_number": NUMBER,
        "state": state,
        "happened_at": (AT + timedelta(hours=hours)).isoformat(),
        "place": "杭州",
    }
    raw = json.dumps(body | changes).encode()
    at = at or AT + timedelta(days=1)
    stamp = str(int(at.timestamp()))
    headers = {
        routes.TIMESTAMP_HEADER: stamp,
        routes.SIGNATURE_HEADER: routes.sign(stamp, raw) if key is None else key,
    }
    return routes.receive_notice(carrier_code="shunfeng", headers=headers, body=raw, at=at)


def state_of(package):
    """Return what the parcel says of itself."""
    package.refresh_from_db()
    return package.state, package.moved_at, package.alert


def test_a_notice_moves_the_parcel_on_and_a_replay_changes_nothing():
    _order, package = shipped()

    ends = [told(), told(), told("signed", "n2", 5), told("in_transit", "n3", 3)]

    assert ends == [NoticeOutcome.APPLIED, NoticeOutcome.REPEATED] + [NoticeOutcome.APPLIED] * 2
    assert state_of(package) == (ParcelState.SIGNED, AT + timedelta(hours=5), "")
    nodes = package.routenodes.order_by("happened_at").values_list("state", flat=True)
    assert list(nodes) == ["picked_up", "in_transit", "signed"]


@pytest.mark.parametrize(
    ("refusal", "asked"),
    [
        (NoticeUnverified, {"key": "0" * 64}),
        (NoticeUnverified, {"key": ""}),
        (NoticeRefused, {"tracking_number": "ZT999999"}),
        (NoticeRefused, {"state": "lost"}),
        (NoticeRefused, {"notice_id": ""}),
        (NoticeRefused, {"text": "x" * 201}),
        (NoticeRefused, {"happened_at": "2025-01-01T00:00:00"}),
        (NoticeRefused, {"hours": 24 * 400}),
        (NoticeRefused, {"odd": "field"}),
    ],
)
def test_what_is_not_signed_or_not_known_leaves_nothing(refusal, asked):
    _order, package = shipped()
    before = state_of(package)

    with pytest.raises(refusal):
        told(**asked)

    assert (state_of(package), RouteNode.objects.count()) == (before, 0)


def test_an_old_copy_of_a_notice_is_refused():
    _order, package = shipped()
    raw, stamp = b"{}", str(int(AT.timestamp()))
    headers = {routes.TIMESTAMP_HEADER: stamp, routes.SIGNATURE_HEADER: routes.sign(stamp, raw)}

    with pytest.raises(NoticeRefused) as refused:
        routes.receive_notice(
            carrier_code="shunfeng", headers=headers, body=raw, at=AT + timedelta(minutes=6)
        )

    assert (refused.value.reason, package.routenodes.count()) == ("time", 0)


def test_without_a_key_nobody_is_believed(settings):
    shipped()
    settings.CARRIER_NOTICE_SECRET = ""

    with pytest.raises(NoticeUnverified):
        told()


def test_the_way_is_never_rewritten():
    shipped()
    told()

    with pytest.raises(DatabaseError), transaction.atomic():
        RouteNode.objects.update(text="elsewhere")


def test_a_parcel_that_nobody_fetched_and_one_that_stands_still_are_marked_until_they_move():
    _order, package = shipped()

    early = routes.alert_due(at=AT + timedelta(hours=23))
    late = routes.alert_due(at=AT + timedelta(hours=25))
    unfetched = state_of(package)[2]
    told(hours=26, at=AT + timedelta(hours=27))
    moving = state_of(package)[2]
    routes.alert_due(at=AT + timedelta(hours=26 + 71))
    still_moving = state_of(package)[2]
    routes.alert_due(at=AT + timedelta(hours=26 + 73))

    assert (early, late, unfetched) == (0, 1, ParcelAlert.NO_PICKUP)
    assert (moving, still_moving, state_of(package)[2]) == ("", "", ParcelAlert.NO_MOVE)
    assert routes.alert_due(at=AT + timedelta(hours=26 + 74)) == 0


def test_what_was_signed_for_is_never_late():
    _order, package = shipped()
    told("signed")

    assert (routes.alert_due(at=AT + timedelta(days=20)), state_of(package)[2]) == (0, "")


def test_one_number_on_the_parcels_of_two_orders_moves_both():
    (_one, first), (_two, second) = shipped(), shipped()

    told("in_transit")

    assert [state_of(one)[0] for one in (first, second)] == [ParcelState.IN_TRANSIT] * 2


def test_a_sandbox_plays_the_stations_and_nobody_else_does(settings):
    order, package = shipped()
    actor = actor_of(order.shop)
    seen = []
    for hours in range(1, 5):
        routes.move_on(package_ids=[package.pk], at=AT + timedelta(hours=hours), actor=actor)
        seen.append(state_of(package)[0])
    settings.HAODIAN_SANDBOX = False

    with pytest.raises(NotFound):
        routes.move_on(package_ids=[package.pk], at=AT, actor=actor)

    assert seen == ["picked_up", "in_transit", "out_for_delivery", "signed"]


def corrected(order, place=1, carrier="zhongtong", number="ZT123456789012"):
    """Put the label of a parcel right."""
    return relabel(
        order_id=order.pk,
        place=place,
        carrier_code=carrier,
        tracking_number=number,
        reason="typed wrongly",
        at=AT + timedelta(hours=2),
        actor=actor_of(order.shop),
    )


def test_a_label_is_put_right_and_its_history_kept():
    order, package = shipped()
    told()

    corrected(order)
    corrected(order)  # again: nothing to change

    package.refresh_from_db()
    edit = PackageEdit.objects.get()
    assert (package.carrier_code, package.tracking_number) == ("zhongtong", "ZT123456789012")
    assert state_of(package) == (ParcelState.SENT, None, "")
    assert (edit.carrier_code, edit.tracking_number, edit.reason) == (
        "shunfeng",
        NUMBER,
        "typed wrongly",
    )
    with pytest.raises(NoticeRefused):  # the old number is no parcel of ours any more
        told("signed", "n9")


@pytest.mark.parametrize(
    ("refusal", "asked"),
    [
        (NotFound, {"place": 2}),
        (NotFound, {"place": 0}),
        (UnknownCarrier, {"carrier": "pigeon"}),
        (InvalidInput, {"number": "?"}),
    ],
)
def test_a_label_that_cannot_be_leaves_the_parcel_as_it_was(refusal, asked):
    order, package = shipped()

    with pytest.raises(refusal):
        corrected(order, **asked)

    package.refresh_from_db()
    assert (package.tracking_number, PackageEdit.objects.count()) == (NUMBER, 0)


def test_the_label_of_a_parcel_that_arrived_is_final():
    order, package = shipped()
    told("signed")

    with pytest.raises(LabelIsFinal):
        corrected(order)

    package.refresh_from_db()
    assert (package.tracking_number, PackageEdit.objects.count()) == (NUMBER, 0)


def test_serial_numbers_and_addresses_are_kept_with_the_parcel():
    order = make_order(OrderStatus.TO_SHIP, items=[(make_sku(), 2)])
    depot = ReturnAddressFactory(shop=order.shop, is_default=False)

    package = ship_order(
        order_id=order.pk,
        request_id="r1",
        carrier_code="shunfeng",
        tracking_number=NUMBER,
        serials={1: ["356938035643809", "35693803564380912"]},
        sent_from_id=depot.public_id,
        goes_back_to_id=depot.public_id,
        at=AT,
        actor=actor_of(order.shop),
    )
    depot.street = "Moved away 1"
    depot.save()

    package.refresh_from_db()
    assert package.lines.get().serials == ["356938035643809", "35693803564380912"]
    assert package.sent_from["city"] == depot.city
    assert package.goes_back_to["street"] != "Moved away 1"


@pytest.mark.parametrize(
    ("refusal", "asked"),
    [
        (SerialsWrong, {"serials": {1: ["12345678901234"]}}),
        (SerialsWrong, {"serials": {1: ["356938035643809"] * 2}}),
        (SerialsWrong, {"serials": {1: [f"35693803564380{n}" for n in range(3)]}}),
        (SerialsWrong, {"serials": {9: ["356938035643809"]}}),
        (UnknownShopAddress, {"goes_back_to_id": "rad_elsewhere"}),
    ],
)
def test_what_is_wrong_about_a_parcel_ships_nothing(refusal, asked):
    with pytest.raises(refusal):
        shipped(**asked)

    assert Package.objects.count() == 0
    assert set(Order.objects.values_list("status", flat=True)) == {OrderStatus.TO_SHIP}


def test_an_address_of_another_shop_is_none_of_ours():
    foreign = ReturnAddressFactory()

    with pytest.raises(UnknownShopAddress):
        shipped(sent_from_id=foreign.public_id)
