"""Platform support steps in."""

from datetime import timedelta

import pytest
from django.conf import settings

from aftersales.enums import (
    ArbitrationStatus,
    CaseKind,
    CaseStatus,
    Inspection,
    NextActor,
)
from aftersales.errors import InArbitration, NotInArbitration, RemarkRequired
from aftersales.services import arbitration, returns
from kernel.errors import IllegalTransition, StaleVersion
from kernel.models import AuditEntry
from orders.models import Refund
from tests.factories.aftersales import (
    OPENED_AT,
    SUPPORT,
    buyer_of,
    judged_case,
    refunding_case,
    rejected_case,
    requested_case,
    returned_case,
)
from tests.factories.shops import actor_of

pytestmark = pytest.mark.django_db
AT = OPENED_AT + timedelta(days=3)


def escalate(case, actor=None):
    """Call support."""
    return arbitration.escalate(
        case_id=case.pk, text="Please look.", at=AT, actor=actor or buyer_of(case)
    )


def decide(case, *, is_for_buyer, version=None, reason="The pictures show it."):
    """Let support decide."""
    return arbitration.decide(
        case_id=case.pk,
        version=version or case.version,
        is_for_buyer=is_for_buyer,
        reason=reason,
        at=AT,
        actor=SUPPORT,
    )


def test_calling_support_stops_the_other_clocks(sound):
    case = rejected_case()

    case = escalate(case)

    assert (case.status, case.arbitration_status) == (
        CaseStatus.REJECTED_FIRST,
        ArbitrationStatus.JUDGING,
    )
    assert (case.next_actor, case.due_at, case.overdue_action) == (
        NextActor.SUPPORT,
        AT + settings.ARBITRATE_WITHIN,
        "",
    )
    sound()


def test_the_shop_may_call_support_too():
    case = requested_case()

    case = escalate(case, actor_of(case.shop))

    assert case.arbitration_status == ArbitrationStatus.JUDGING


def test_support_is_called_once(stored):
    case = judged_case()
    before = stored(case)

    with pytest.raises(InArbitration):
        escalate(case)

    assert stored(case) == before


def test_support_is_not_called_to_money_that_is_on_its_way(stored):
    case = refunding_case()
    before = stored(case)

    with pytest.raises(IllegalTransition):
        escalate(case)

    assert stored(case) == before


def test_calling_support_holds_an_order_that_was_free_to_ship(sound):
    case = rejected_case(CaseKind.REFUND_UNSHIPPED)
    case.order.refresh_from_db()
    was_held = case.order.is_frozen

    escalate(case)

    case.order.refresh_from_db()
    assert (was_held, case.order.is_frozen) == (False, True)
    sound()


def test_a_decision_for_the_buyer_books_the_money(sound):
    case = judged_case()

    case = decide(case, is_for_buyer=True)

    entry = AuditEntry.objects.get(action="aftersales.case.decided_for_buyer")
    assert (case.status, case.arbitration_status) == (
        CaseStatus.REFUNDING,
        ArbitrationStatus.FOR_BUYER,
    )
    assert Refund.objects.get().amount == case.amount
    assert (entry.reason, entry.shop_id) == ("The pictures show it.", case.shop_id)
    sound()


def test_a_decision_for_the_shop_closes_the_case(sound):
    case = judged_case()

    case = decide(case, is_for_buyer=False)

    case.order.refresh_from_db()
    assert (case.status, case.arbitration_status, case.order.is_frozen) == (
        CaseStatus.CLOSED,
        ArbitrationStatus.FOR_SELLER,
        False,
    )
    assert (case.closed_at, case.decided_at, Refund.objects.count()) == (AT, AT, 0)
    sound()


def test_support_decides_only_what_it_was_called_to(stored):
    case = requested_case()
    before = stored(case)

    with pytest.raises(NotInArbitration):
        decide(case, is_for_buyer=True)

    assert (stored(case), Refund.objects.count()) == (before, 0)


def test_support_decides_once():
    case = judged_case()
    version = case.version
    decide(case, is_for_buyer=True)

    with pytest.raises(StaleVersion):
        decide(case, is_for_buyer=False, version=version)
    with pytest.raises(NotInArbitration):
        decide(case, is_for_buyer=False, version=version + 1)

    case.refresh_from_db()
    assert (case.status, Refund.objects.count()) == (CaseStatus.REFUNDING, 1)


def test_a_decision_has_a_reason(stored):
    case = judged_case()
    before = stored(case)

    with pytest.raises(RemarkRequired):
        decide(case, is_for_buyer=True, reason=" ")

    assert stored(case) == before


def test_goods_that_support_paid_for_unseen_can_be_inspected_afterwards(sound):
    case = decide(escalate(returned_case()), is_for_buyer=True)

    case = returns.record_inspection(
        case_id=case.pk, inspection=Inspection.SELLABLE, at=AT, actor=actor_of(case.shop)
    )

    case.line.sku.stock.refresh_from_db()
    assert case.line.sku.stock.on_hand == 100
    sound()
