"""Goods that come back."""

from datetime import timedelta

import pytest

from aftersales.enums import CaseKind, CaseStatus, Inspection, NextActor, OverdueAction, RejectCode
from aftersales.errors import AlreadyInspected, EvidenceRequired, RejectCodeNotFitting
from aftersales.models import ReturnParcel
from aftersales.services import deciding, opening, returns
from aftersales.services.deciding import Rejection
from catalog.models import StockMovement
from kernel.errors import IllegalTransition, NotFound, StaleVersion
from orders.models import Refund
from tests.factories.aftersales import (
    OPENED_AT,
    accepted,
    approved,
    await_return_case,
    buyer_of,
    refunding_case,
    rejected_return_case,
    request_of,
    requested_case,
    returned_case,
)
from tests.factories.shops import actor_of

pytestmark = pytest.mark.django_db
SENT_AT = OPENED_AT + timedelta(days=1)


def ship_back(case, at=SENT_AT):
    """Let the buyer hand the parcel over."""
    return returns.ship_back(
        case_id=case.pk,
        carrier_code="zhongtong",
        tracking_number="ZT9",
        at=at,
        actor=buyer_of(case),
    )


def on_hand(case):
    """Return how many pieces the shop has."""
    case.line.sku.stock.refresh_from_db()
    return case.line.sku.stock.on_hand


def test_a_sent_parcel_gives_the_shop_ten_days(sound):
    case = ship_back(await_return_case())

    assert (case.status, case.next_actor, case.due_at, case.overdue_action) == (
        CaseStatus.RETURNED,
        NextActor.SELLER,
        SENT_AT + timedelta(days=10),
        OverdueAction.REFUND,
    )
    sound()


def test_nothing_is_sent_back_before_the_shop_agreed(stored):
    case = requested_case()
    before = stored(case)

    with pytest.raises(IllegalTransition):
        ship_back(case)

    assert (stored(case), ReturnParcel.objects.count()) == (before, 0)


def test_a_signature_shortens_the_wait_to_two_days_once():
    case = returned_case()
    version = case.version
    at = SENT_AT + timedelta(days=1)
    shop = actor_of(case.shop)

    case = returns.mark_received(case_id=case.pk, at=at, actor=shop)
    again = returns.mark_received(case_id=case.pk, at=at + timedelta(days=1), actor=shop)

    assert (case.due_at, case.version) == (at + timedelta(hours=48), version + 1)
    assert (again.due_at, again.version) == (case.due_at, case.version)


def test_sellable_goods_go_to_stock_once_and_the_money_goes_back(sound):
    case = returned_case(order_quantity=2)
    before = on_hand(case)

    case = accepted(case, Inspection.SELLABLE)

    movement = StockMovement.objects.get(reference=f"case:{case.number}")
    assert (movement.kind, movement.on_hand_delta) == ("returned", 2)
    assert (before, on_hand(case), case.status) == (98, 100, CaseStatus.REFUNDING)
    assert Refund.objects.get().amount == case.amount
    sound()


def test_damaged_goods_do_not_go_to_stock(sound):
    case = accepted(returned_case(), Inspection.DAMAGED)

    assert (on_hand(case), case.status) == (99, CaseStatus.REFUNDING)
    sound()


def test_only_the_pieces_of_the_case_come_back():
    case = accepted(returned_case(order_quantity=5, quantity=2))

    case.line.refresh_from_db()
    assert (on_hand(case), case.line.refunded_quantity) == (97, 2)


def test_a_stale_acceptance_changes_nothing(stored):
    case = returned_case()
    before = stored(case)

    with pytest.raises(StaleVersion):
        returns.accept_return(
            case_id=case.pk,
            version=1,
            inspection=Inspection.SELLABLE,
            at=SENT_AT,
            actor=actor_of(case.shop),
        )

    assert (stored(case), on_hand(case), Refund.objects.count()) == (before, 99, 0)


def test_a_return_is_refused_with_a_code_of_its_own_and_evidence(stored):
    case = returned_case()
    before = stored(case)
    answer = {
        "case_id": case.pk,
        "version": case.version,
        "at": SENT_AT,
        "actor": actor_of(case.shop),
    }

    with pytest.raises(RejectCodeNotFitting):
        deciding.reject_return(rejection=Rejection(RejectCode.NOT_IN_POLICY, "No."), **answer)
    with pytest.raises(EvidenceRequired):
        deciding.reject_return(rejection=Rejection(RejectCode.RETURN_EMPTY, "Empty."), **answer)
    assert stored(case) == before

    proof = Rejection(RejectCode.RETURN_EMPTY, "Empty.", ("https://img.example.com/box.png",))
    case = deciding.reject_return(rejection=proof, **answer)
    assert case.status == CaseStatus.REJECTED_SECOND


def test_a_second_return_is_a_parcel_of_its_own(sound):
    case = rejected_return_case()
    request = request_of(case.line, case.kind)
    case = opening.edit_case(case_id=case.pk, request=request, at=SENT_AT, actor=buyer_of(case))

    case = ship_back(approved(case), at=SENT_AT + timedelta(days=3))

    parcel = ReturnParcel.objects.get(case=case)
    assert (parcel.tracking_number, parcel.sent_at, parcel.signed_at) == (
        "ZT9",
        SENT_AT + timedelta(days=3),
        None,
    )
    assert accepted(case).status == CaseStatus.REFUNDING
    sound()


@pytest.mark.parametrize("asked", [1, 5])
def test_as_many_pieces_go_to_stock_as_came_whatever_was_asked_for_later(asked, sound):
    case = rejected_return_case(order_quantity=5, quantity=2)
    request = request_of(case.line, CaseKind.REFUND_SHIPPED, quantity=asked)
    case = opening.edit_case(case_id=case.pk, request=request, at=SENT_AT, actor=buyer_of(case))
    case = approved(case)

    returns.record_inspection(
        case_id=case.pk, inspection=Inspection.SELLABLE, at=SENT_AT, actor=actor_of(case.shop)
    )

    assert on_hand(case) == 95 + 2
    sound()


def test_what_was_inspected_is_not_inspected_again():
    case = accepted(returned_case(), Inspection.DAMAGED)

    with pytest.raises(AlreadyInspected):
        returns.record_inspection(
            case_id=case.pk,
            inspection=Inspection.SELLABLE,
            at=SENT_AT,
            actor=actor_of(case.shop),
        )

    assert on_hand(case) == 99


def test_without_a_parcel_there_is_nothing_to_inspect():
    case = refunding_case()

    with pytest.raises(NotFound):
        returns.record_inspection(
            case_id=case.pk,
            inspection=Inspection.SELLABLE,
            at=SENT_AT,
            actor=actor_of(case.shop),
        )

    assert on_hand(case) == 99
