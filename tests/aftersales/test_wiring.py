"""How the room is tied to its neighbours."""

from datetime import timedelta

import pytest

from aftersales import tasks
from aftersales.enums import CaseKind, CaseStatus, RecordAction
from aftersales.models import NegotiationRecord, RefundCase
from aftersales.services import arbitration, opening
from orders.enums import OrderStatus
from orders.errors import OrderFrozen
from orders.models import Package
from orders.services.shipping import ship_order
from shops.services import preconditions
from tests.factories.aftersales import (
    OPENED_AT,
    SUPPORT,
    accepted,
    approved,
    buyer_of,
    closed_case,
    judged_case,
    refunding_case,
    rejected_case,
    requested_case,
    returned_case,
)
from tests.factories.shops import BindingFactory, ShopFactory, actor_of

pytestmark = pytest.mark.django_db


def ship(case):
    """Let the shop send everything."""
    return ship_order(
        order_id=case.order_id,
        request_id="one",
        carrier_code="shunfeng",
        tracking_number="SF12345",
        at=OPENED_AT + timedelta(hours=2),
        actor=actor_of(case.shop),
    )


def test_open_cases_stand_against_an_unbinding():
    shop = ShopFactory()
    binding = BindingFactory(shop=shop)
    for make in (requested_case, refunding_case, closed_case):
        make(order_shop=shop)
    requested_case()  # another shop's

    counts = {one.code: one.count for one in preconditions.check(binding)}

    assert counts["open_cases"] == 2


def test_the_sweep_is_a_task_that_beat_knows():
    case = requested_case(CaseKind.REFUND_SHIPPED)

    tasks.act_on_overdue_cases(anything="newer code may send")

    case.refresh_from_db()
    assert case.status == CaseStatus.REFUNDING


def test_a_shop_does_not_ship_past_an_open_request():
    case = requested_case(CaseKind.REFUND_UNSHIPPED)

    with pytest.raises(OrderFrozen):
        ship(case)

    assert Package.objects.count() == 0


def test_a_shop_rejects_first_and_then_ships(sound):
    case = rejected_case(CaseKind.REFUND_UNSHIPPED)

    ship(case)

    case.order.refresh_from_db()
    assert case.order.status == OrderStatus.SHIPPED
    sound()


def test_goods_that_left_meanwhile_do_not_come_back_to_stock(sound):
    case = rejected_case(CaseKind.REFUND_UNSHIPPED)
    ship(case)
    called = arbitration.escalate(
        case_id=case.pk, text="I had cancelled.", at=OPENED_AT, actor=buyer_of(case)
    )

    arbitration.decide(
        case_id=case.pk,
        version=called.version,
        is_for_buyer=True,
        reason="Cancelled in time.",
        at=OPENED_AT,
        actor=SUPPORT,
    )

    case.line.sku.stock.refresh_from_db()
    case.line.refresh_from_db()
    assert (case.line.sku.stock.on_hand, case.line.refunded_quantity) == (99, 1)
    sound()


def test_every_entry_of_the_record_has_words():
    accepted(returned_case())
    judged_case()
    case = requested_case(CaseKind.REFUND_UNSHIPPED)
    opening.withdraw_case(case_id=case.pk, at=OPENED_AT, actor=buyer_of(case))
    approved(requested_case(CaseKind.REFUND_SHIPPED))
    tasks.act_on_overdue_cases()

    written = set(NegotiationRecord.objects.values_list("action", flat=True))

    assert written - set(RecordAction.values) == set()
    assert RefundCase.objects.count() == 4
