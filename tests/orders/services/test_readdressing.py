"""OR-16: another address before the parcel leaves."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from accounts.services.addresses import AddressData, add_address
from kernel.clock import database_now
from kernel.crypto import decrypt
from kernel.errors import IllegalTransition, NotFound
from kernel.models import AuditEntry
from orders import tasks
from orders.enums import AddressChangeStatus, AddressRefusal, OrderStatus, PrintKind
from orders.errors import (
    AddressChangePending,
    AddressIsFinal,
    FreightRises,
    NotDeliveredThere,
    RegionNotFound,
)
from orders.models import AddressChange, Order
from orders.services import readdressing
from orders.services.closing import close_order
from orders.services.printing import runs
from orders.services.receivers import seal
from orders.services.requests import Receiver
from orders.services.shipping import ship_order
from shops.models import FreightRule, FreightTemplate
from shops.selectors import find_region
from tests.factories.accounts import UserFactory
from tests.factories.orders import PLACED_AT, RECEIVER, make_order
from tests.factories.sales import buyer_actor
from tests.factories.shops import actor_of

pytestmark = pytest.mark.django_db
AT = PLACED_AT + timedelta(hours=10)
NEW = Receiver("李雷", "13900001111", "浙江省", "宁波市", "人民路 2 号", "海曙区")


def order_of(status=OrderStatus.TO_SHIP, *, asks=False):
    order = make_order(status)
    readdressing.set_rules(
        shop=order.shop, asks_for_addresses=asks, at=AT, actor=actor_of(order.shop)
    )
    return order


def ask(order, **kwargs):
    wish = kwargs or {"receiver": NEW}
    return readdressing.ask(order_id=order.pk, at=AT, actor=buyer_actor(order.buyer), **wish)


def name_on(order):
    order.refresh_from_db()
    return decrypt(order.receiver_sealed)["name"]


def printed(order):
    runs.start(
        shop=order.shop,
        kind=PrintKind.PICK_LIST,
        numbers=[order.number],
        actor=actor_of(order.shop),
        at=AT,
    )


def overdue(change):
    AddressChange.objects.filter(pk=change.pk).update(due_at=Now() - timedelta(seconds=1))


@pytest.mark.parametrize("status", ["unpaid", "paid", "to_ship"])
def test_an_address_changes_at_once_when_the_shop_does_not_want_to_be_asked(status):
    order = order_of(status)

    change = ask(order)

    assert (change.status, change.due_at, change.decided_at) == ("approved", None, AT)
    assert name_on(order) == "李雷"
    sealed = seal(NEW)
    assert (order.receiver_masked, order.address_hash) == (sealed.masked, sealed.address_hash)
    trail = " ".join(map(str, AuditEntry.objects.values_list("before", "after")))
    assert ("李雷" in trail, "人民路" in trail, RECEIVER["name"] in trail) == (False,) * 3


def test_before_payment_the_shop_is_not_asked():
    order = order_of(OrderStatus.UNPAID, asks=True)

    assert ask(order).status == "approved"


def test_a_shop_that_wants_to_be_asked_has_two_hours(settings):
    order = order_of(asks=True)

    change = ask(order)

    within = change.due_at - database_now()
    assert change.status == "pending"
    assert timedelta(hours=1, minutes=59) < within <= settings.ADDRESS_ANSWER_WITHIN
    assert name_on(order) == RECEIVER["name"]
    with pytest.raises(AddressChangePending):
        ask(order)


def test_or_16_the_shop_answers_and_the_order_goes_elsewhere_or_stays():
    """Approved is the new receiver, rejected says why.

    Page: /merchant/orders/addresschange/
    """
    yes, no = order_of(asks=True), order_of(asks=True)

    approved = readdressing.approve(change_id=ask(yes).pk, at=AT, actor=actor_of(yes.shop))
    rejected = readdressing.reject(
        change_id=ask(no).pk, refusal=1001, at=AT, actor=actor_of(no.shop)
    )

    assert (approved.status, name_on(yes)) == ("approved", "李雷")
    assert (rejected.status, rejected.refusal, name_on(no)) == ("rejected", 1001, RECEIVER["name"])
    for change in (approved, rejected):
        with pytest.raises(IllegalTransition):
            readdressing.approve(change_id=change.pk, at=AT, actor=actor_of(yes.shop))
    assert ask(no).status == "pending"


def test_an_order_that_is_being_prepared_keeps_its_address():
    order = order_of()
    printed(order)

    change = ask(order)

    assert (change.status, change.refusal) == ("rejected", AddressRefusal.IN_WAREHOUSE)
    assert name_on(order) == RECEIVER["name"]


@pytest.mark.parametrize("status", ["partly_shipped", "shipped", "completed", "closed"])
def test_after_a_parcel_left_or_the_end_the_address_is_final(status):
    order = order_of(status)

    with pytest.raises(AddressIsFinal):
        ask(order)

    assert not AddressChange.objects.exists()


def test_without_an_answer_the_sweep_approves_what_nobody_prepares_and_refuses_the_rest():
    early, waiting, prepared, gone = (order_of(asks=True) for _ in range(4))
    changes = {order: ask(order) for order in (early, waiting, prepared, gone)}
    printed(prepared)
    for order in (waiting, prepared, gone):
        overdue(changes[order])
    Order.objects.filter(pk=gone.pk).update(status=OrderStatus.CLOSED, closed_at=AT)

    tasks.decide_address_changes()

    found = {
        order: AddressChange.objects.values_list("status", "refusal").get(pk=change.pk)
        for order, change in changes.items()
    }
    assert found == {
        early: ("pending", None),
        waiting: ("approved", None),
        prepared: ("rejected", AddressRefusal.IN_WAREHOUSE),
        gone: ("lapsed", None),
    }
    assert (name_on(waiting), name_on(prepared)) == ("李雷", RECEIVER["name"])
    assert readdressing.decide_due(at=AT) == 0


def test_a_parcel_that_leaves_answers_the_wish():
    order = order_of(asks=True)
    change = ask(order)

    ship_order(
        order_id=order.pk,
        request_id="r",
        carrier_code="ems",
        tracking_number="EMS123456",
        at=AT,
        actor=actor_of(order.shop),
    )

    change.refresh_from_db()
    assert (change.status, change.refusal) == ("rejected", AddressRefusal.SHIPPING)
    assert name_on(order) == RECEIVER["name"]


def test_a_closed_order_has_no_address_to_change():
    order = order_of(OrderStatus.UNPAID)
    close_order(order_id=order.pk, reason="buyer", at=AT)

    with pytest.raises(AddressIsFinal):
        ask(order)


def test_a_saved_address_of_somebody_else_is_not_there():
    order, stranger = order_of(), UserFactory()
    data = AddressData(NEW.name, NEW.phone, NEW.province, NEW.city, NEW.district, NEW.street)
    theirs = add_address(user_id=stranger.pk, data=data)
    own = add_address(user_id=order.buyer_id, data=data)

    with pytest.raises(NotFound):
        ask(order, address_id=theirs.public_id)

    assert ask(order, address_id=own.public_id).address_hash == seal(NEW).address_hash


def test_the_database_has_one_wish_that_waits_and_a_reason_for_each_refusal():
    change = ask(order_of(asks=True))

    for values in ({"status": "rejected"}, {"due_at": None}, {"refusal": 1001}):
        with pytest.raises(IntegrityError), transaction.atomic():
            AddressChange.objects.filter(pk=change.pk).update(**values)
    copy = AddressChange.objects.get(pk=change.pk)
    copy.pk, copy.public_id = None, "adc_other"
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save(force_insert=True)


def priced_order(asks=False, status=OrderStatus.TO_SHIP, **there):
    """Return an order of a shop that takes 8 yuan for 海曙区 and nothing elsewhere, or as told."""
    order = order_of(status, asks=asks)
    template, _is_new = FreightTemplate.objects.update_or_create(
        shop=order.shop, defaults={"flat_amount": 0, "free_from_amount": None}
    )
    terms = {"first_pieces": 1, "first_amount": 800, "further_pieces": 1, "further_amount": 0}
    codes = [find_region("浙江省", "宁波市", "海曙区")]
    FreightRule.objects.create(
        template=template, shop=order.shop, region_codes=codes, **(terms | there)
    )
    return order


def test_or_16_more_freight_is_borne_by_the_shop_or_the_order_stays():
    """Nobody takes money that the buyer did not agree to: the shop says that it bears it.

    API: POST /api/v1/orders/shops/{shop_id}/address-changes/{address_change_id}/approve
    """
    order = priced_order()  # whose shop does not want to be asked
    actor = actor_of(order.shop)
    before = order.pay_amount

    change = ask(order)
    with pytest.raises(FreightRises) as refused:
        readdressing.approve(change_id=change.pk, at=AT, actor=actor)
    assert (name_on(order), refused.value.extra) == (RECEIVER["name"], {"extra_freight": 800})
    readdressing.approve(change_id=change.pk, at=AT, actor=actor, bears_freight=True)

    assert (change.status, change.extra_freight_amount) == (AddressChangeStatus.PENDING, 800)
    assert (name_on(order), order.pay_amount) == ("李雷", before)


def test_more_freight_that_nobody_took_on_in_time_leaves_the_order_where_it_is():
    order = priced_order()
    change = ask(order)
    AddressChange.objects.filter(pk=change.pk).update(due_at=Now())

    assert readdressing.decide_due(at=AT) == 1

    change.refresh_from_db()
    assert (change.refusal, name_on(order)) == (AddressRefusal.FREIGHT, RECEIVER["name"])


def test_before_payment_more_freight_asks_for_a_new_checkout():
    order = priced_order(status=OrderStatus.UNPAID)

    with pytest.raises(FreightRises):
        ask(order)

    assert (AddressChange.objects.count(), name_on(order)) == (0, RECEIVER["name"])


def test_where_the_shop_does_not_send_no_order_goes():
    order = priced_order(is_delivered=False)

    with pytest.raises(NotDeliveredThere):
        ask(order)

    assert (AddressChange.objects.count(), name_on(order)) == (0, RECEIVER["name"])


def test_an_address_of_no_known_region_is_asked_again_where_the_freight_depends_on_it():
    order = priced_order()

    with pytest.raises(RegionNotFound):
        ask(order, receiver=Receiver("李雷", "13900001111", "Nowhere", "Else", "Street 1"))

    assert AddressChange.objects.count() == 0


def test_the_same_or_less_freight_changes_the_address_at_once_and_no_amount():
    order = priced_order(first_amount=0)
    before = order.pay_amount

    ask(order)

    assert (name_on(order), order.pay_amount) == ("李雷", before)
