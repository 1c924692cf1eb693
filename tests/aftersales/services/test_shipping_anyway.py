"""Refusing a refund and shipping all the same."""

from datetime import timedelta

import pytest

from aftersales.enums import CaseKind, CaseStatus, RejectCode
from aftersales.errors import KindNotAllowed, RejectCodeNotFitting
from aftersales.services import shipping_anyway
from aftersales.services.deciding import Rejection
from aftersales.services.shipping_anyway import AnywayParcel
from kernel.errors import IllegalTransition, InvalidInput, StaleVersion
from orders.enums import OrderStatus
from orders.errors import OrderFrozen, UnknownCarrier
from orders.models import Package
from tests.factories.aftersales import NO, OPENED_AT, open_case, rejected_case, requested_case
from tests.factories.orders import make_order, make_sku
from tests.factories.shops import actor_of

pytestmark = pytest.mark.django_db
AT = OPENED_AT + timedelta(hours=1)


def reject_and_ship(case, carrier="shunfeng", number="SF1300001", rejection=NO, version=None):
    """Let the shop say no and ship."""
    return shipping_anyway.reject_and_ship(
        case_id=case.pk,
        version=version or case.version,
        rejection=rejection,
        parcel=AnywayParcel("anyway", carrier, number),
        at=AT,
        actor=actor_of(case.shop),
    )


def test_both_happen(sound):
    case = reject_and_ship(requested_case(CaseKind.REFUND_UNSHIPPED))

    order = case.order
    order.refresh_from_db()
    assert (case.status, case.version) == (CaseStatus.REJECTED_FIRST, 2)
    assert (order.status, order.is_frozen, order.shipped_at) == (OrderStatus.SHIPPED, False, AT)
    assert Package.objects.get().order_id == order.pk
    sound()


@pytest.mark.parametrize(
    ("refusal", "asked"),
    [
        (UnknownCarrier, {"carrier": "pigeon"}),
        (InvalidInput, {"number": "?"}),
        (RejectCodeNotFitting, {"rejection": Rejection(RejectCode.USED, "It was worn.")}),
        (StaleVersion, {"version": 7}),
    ],
)
def test_what_is_refused_of_one_half_leaves_the_other_undone(refusal, asked, stored):
    case = requested_case(CaseKind.REFUND_UNSHIPPED)
    before = stored(case)

    with pytest.raises(refusal):
        reject_and_ship(case, **asked)

    case.order.refresh_from_db()
    assert (stored(case), case.order.is_frozen) == (before, True)
    assert Package.objects.count() == 0


def test_another_refund_that_waits_holds_the_order(stored):
    sku = make_sku()
    order = make_order(OrderStatus.TO_SHIP, items=[(sku, 1), (make_sku(sku.shop), 1)])
    first, other = (open_case(order, CaseKind.REFUND_UNSHIPPED, position=place) for place in (1, 2))
    before = (stored(first), stored(other))

    with pytest.raises(OrderFrozen):
        reject_and_ship(first)

    assert ((stored(first), stored(other)), Package.objects.count()) == (before, 0)


def test_goods_that_were_shipped_are_no_matter_of_shipping(stored):
    case = requested_case(CaseKind.REFUND_SHIPPED)
    before = stored(case)

    with pytest.raises(KindNotAllowed):
        reject_and_ship(case)

    assert (stored(case), Package.objects.count()) == (before, 1)


def test_a_case_that_was_rejected_is_not_rejected_twice(stored):
    case = rejected_case(CaseKind.REFUND_UNSHIPPED)
    before = stored(case)

    with pytest.raises(IllegalTransition):
        reject_and_ship(case)

    assert (stored(case), Package.objects.count()) == (before, 0)
