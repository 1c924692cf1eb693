"""Parcels, receipt, and what people at a desk do."""

from datetime import timedelta

import pytest

from kernel.clock import database_now
from kernel.errors import IllegalTransition, InvalidInput, NotFound
from kernel.models import AuditEntry, OutboxMessage
from orders.enums import OrderStatus
from orders.errors import AlreadyExtended, NotShippable, OrderFrozen, UnknownCarrier
from orders.models import Order, Package
from orders.services.desk import bring_forward, remark_order, reveal_receiver
from orders.services.freezing import freeze
from orders.services.receipt import confirm_due, confirm_receipt, extend_receipt
from orders.services.shipping import ship_order
from tests.factories.orders import PLACED_AT, RECEIVER, make_order, make_sku
from tests.factories.sales import buyer_actor
from tests.factories.shops import actor_of

pytestmark = pytest.mark.django_db
AT = PLACED_AT + timedelta(hours=10)


def ship(order, **kwargs):
    return ship_order(
        **{
            "order_id": order.pk,
            "request_id": "r1",
            "carrier_code": "shunfeng",
            "tracking_number": "SF1234567890",
            "at": AT,
            "actor": actor_of(order.shop),
            **kwargs,
        }
    )


def test_all_in_one_parcel_ships_the_order(settings):
    sku = make_sku()
    order = make_order(OrderStatus.TO_SHIP, items=[(sku, 2), (make_sku(sku.shop), 1)])

    package = ship(order)

    order.refresh_from_db()
    assert (order.status, order.shipped_at) == (OrderStatus.SHIPPED, AT)
    assert order.confirm_by_at == AT + settings.AUTO_CONFIRM_AFTER
    assert list(package.lines.order_by("pk").values_list("line__position", "quantity")) == [
        (1, 2),
        (2, 1),
    ]
    (told,) = OutboxMessage.objects.filter(topic="orders.order.shipped.v1")
    assert (told.payload["package_id"], told.payload["is_complete"]) == (package.pk, True)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.target_id, entry.shop_id) == (
        "orders.ship_order",
        order.number,
        order.shop_id,
    )


def test_several_parcels_ship_an_order_piece_by_piece():
    order = make_order(OrderStatus.TO_SHIP, quantity=3)

    ship(order, request_id="r1", pieces={1: 1})
    order.refresh_from_db()
    assert (order.status, order.confirm_by_at) == (OrderStatus.PARTLY_SHIPPED, None)
    ship(order, request_id="r2", pieces={1: 1})
    order.refresh_from_db()
    assert order.status == OrderStatus.PARTLY_SHIPPED
    ship(order, request_id="r3")

    order.refresh_from_db()
    assert order.status == OrderStatus.SHIPPED
    assert [p.lines.get().quantity for p in order.packages.order_by("pk")] == [1, 1, 1]


def test_a_repeated_request_returns_the_first_parcel():
    order = make_order(OrderStatus.TO_SHIP)
    first = ship(order)

    again = ship(order, carrier_code="ems", tracking_number="OTHER-NUMBER")

    assert again == first
    assert Package.objects.count() == 1


@pytest.mark.parametrize("pieces", [{1: 3}, {1: 0}, {1: -1}, {2: 1}, {}])
def test_pieces_that_are_not_there_are_refused(pieces):
    order = make_order(OrderStatus.TO_SHIP, quantity=2)

    with pytest.raises(NotShippable):
        ship(order, pieces=pieces)

    order.refresh_from_db()
    assert (order.status, Package.objects.count()) == (OrderStatus.TO_SHIP, 0)


@pytest.mark.parametrize("status", ["unpaid", "closed", "shipped", "completed"])
def test_an_order_in_another_state_is_not_shipped(status):
    order = make_order(status)
    packages = Package.objects.count()

    with pytest.raises(NotShippable):
        ship(order)

    assert Package.objects.count() == packages


def test_a_held_order_is_not_shipped():
    order = make_order(OrderStatus.TO_SHIP)
    freeze(order_id=order.pk, at=AT)

    with pytest.raises(OrderFrozen):
        ship(order)

    assert Package.objects.count() == 0


def test_an_unknown_carrier_is_refused():
    with pytest.raises(UnknownCarrier):
        ship(make_order(OrderStatus.TO_SHIP), carrier_code="pigeon")

    assert Package.objects.count() == 0


@pytest.mark.parametrize("number", ["", "1234", "a b c d e", "x" * 41, "运单12345", "<script>"])
def test_a_tracking_number_that_cannot_be_one_is_refused(number):
    with pytest.raises(InvalidInput):
        ship(make_order(OrderStatus.TO_SHIP), tracking_number=number)

    assert Package.objects.count() == 0


def test_receipt_completes_the_order_and_opens_the_window(settings):
    order = make_order(OrderStatus.SHIPPED)

    confirm_receipt(order_id=order.pk, at=AT, actor=buyer_actor(order.buyer))

    order.refresh_from_db()
    assert (order.status, order.completed_at) == (OrderStatus.COMPLETED, AT)
    assert order.aftersales_until_at == AT + settings.AFTERSALES_WINDOW
    (told,) = OutboxMessage.objects.filter(topic="orders.order.completed.v1")
    assert told.payload["aftersales_until_at"] == (AT + settings.AFTERSALES_WINDOW).isoformat()


@pytest.mark.parametrize("status", ["unpaid", "to_ship", "partly_shipped", "completed", "closed"])
def test_what_did_not_leave_whole_cannot_arrive(status):
    order = make_order(status)

    with pytest.raises(IllegalTransition):
        confirm_receipt(order_id=order.pk, at=AT)

    assert Order.objects.get(pk=order.pk).status == status


def test_a_held_order_is_not_received():
    order = make_order(OrderStatus.SHIPPED)
    freeze(order_id=order.pk, at=AT)

    with pytest.raises(OrderFrozen):
        confirm_receipt(order_id=order.pk, at=AT)

    order.refresh_from_db()
    assert order.status == OrderStatus.SHIPPED


def test_the_sweep_confirms_what_is_due_and_not_held():
    now = database_now()
    due, held, early = (make_order(OrderStatus.SHIPPED) for _ in range(3))
    freeze(order_id=held.pk, at=now)
    Order.objects.filter(pk=early.pk).update(confirm_by_at=now + timedelta(minutes=1))

    assert confirm_due(at=now) == 1

    statuses = [Order.objects.get(pk=order.pk).status for order in (due, held, early)]
    assert statuses == ["completed", "shipped", "shipped"]


def test_the_buyer_may_wait_three_days_longer_once():
    order = make_order(OrderStatus.SHIPPED)
    actor = buyer_actor(order.buyer)
    before = order.confirm_by_at

    extend_receipt(order_id=order.pk, at=AT, actor=actor)
    with pytest.raises(AlreadyExtended):
        extend_receipt(order_id=order.pk, at=AT, actor=actor)

    order.refresh_from_db()
    assert order.confirm_by_at == before + timedelta(days=3)


def test_only_what_is_under_way_can_be_waited_for():
    order = make_order(OrderStatus.TO_SHIP)

    with pytest.raises(IllegalTransition):
        extend_receipt(order_id=order.pk, at=AT, actor=buyer_actor(order.buyer))

    order.refresh_from_db()
    assert not order.is_extended


def test_a_remark_is_replaced_and_audited():
    order = make_order(OrderStatus.TO_SHIP)

    remark_order(order_id=order.pk, remark="fragile", at=AT, actor=actor_of(order.shop))

    order.refresh_from_db()
    entry = AuditEntry.objects.get()
    assert order.remark == "fragile"
    assert (entry.before, entry.after) == (
        {"remark": "", "flag": 0},
        {"remark": "fragile", "flag": 0},
    )


def test_a_reveal_leaves_an_audit_row_without_the_receiver():
    order = make_order(OrderStatus.TO_SHIP)

    revealed = reveal_receiver(order_id=order.pk, at=AT, actor=actor_of(order.shop))

    assert revealed == RECEIVER
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.target_id) == ("orders.reveal_receiver", order.number)
    assert "王小明" not in str((entry.before, entry.after, entry.reason))


@pytest.mark.parametrize(
    ("deadline", "status", "column"),
    [
        ("pay_by", "unpaid", "pay_by_at"),
        ("confirm_by", "shipped", "confirm_by_at"),
        ("aftersales_until", "completed", "aftersales_until_at"),
    ],
)
def test_a_sandbox_brings_one_deadline_of_one_order_forward(deadline, status, column):
    order, other = make_order(status), make_order(status)
    Order.objects.update(**{column: database_now() + timedelta(days=1)})

    bring_forward(order_id=order.pk, deadline=deadline, at=AT, actor=actor_of(order.shop))

    order.refresh_from_db()
    other.refresh_from_db()
    now = database_now()
    assert getattr(order, column) <= now < getattr(other, column)
    assert AuditEntry.objects.get().action == "orders.bring_deadline_forward"


def test_a_deadline_that_does_not_run_is_not_brought_forward():
    order = make_order(OrderStatus.TO_SHIP)

    with pytest.raises(IllegalTransition):
        bring_forward(order_id=order.pk, deadline="pay_by", at=AT, actor=actor_of(order.shop))

    assert AuditEntry.objects.count() == 0


def test_outside_a_sandbox_there_is_nothing_to_bring_forward(settings):
    settings.HAODIAN_SANDBOX = False
    order = make_order(OrderStatus.UNPAID)

    with pytest.raises(NotFound):
        bring_forward(order_id=order.pk, deadline="pay_by", at=AT, actor=actor_of(order.shop))

    order.refresh_from_db()
    assert order.pay_by_at == order.placed_at + timedelta(minutes=30)
