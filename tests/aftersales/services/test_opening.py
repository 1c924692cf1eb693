"""What the buyer does: asks, asks again, takes it back."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from aftersales.enums import (
    ArbitrationStatus,
    CaseKind,
    CaseStatus,
    NextActor,
    OverdueAction,
    ReasonCode,
)
from aftersales.errors import (
    AmountExceeded,
    InArbitration,
    KindNotAllowed,
    NotEligible,
    NothingToRefund,
    QuantityExceeded,
    ReasonNotFitting,
)
from aftersales.models import NegotiationRecord, RefundCase
from aftersales.services import opening
from kernel.errors import IllegalTransition
from kernel.models import OutboxMessage
from orders.enums import OrderStatus
from tests.factories.aftersales import (
    OPENED_AT,
    approved,
    buyer_of,
    judged_case,
    open_case,
    refunding_case,
    rejected_case,
    request_of,
    requested_case,
)
from tests.factories.orders import make_order, make_sku

pytestmark = pytest.mark.django_db


def test_a_case_asks_for_all_that_the_calculator_allows(sound):
    order = make_order(OrderStatus.TO_SHIP, quantity=2, price=1_000, freight=800)

    case = open_case(order, CaseKind.REFUND_UNSHIPPED)

    case.refresh_from_db()
    assert (case.status, case.amount, case.freight_amount) == (CaseStatus.REQUESTED, 2_800, 800)
    assert (case.shop_id, case.buyer_id) == (order.shop_id, order.buyer_id)
    assert case.number.startswith("A")
    assert [message.topic for message in OutboxMessage.objects.order_by("id")] == [
        "orders.order.frozen.v1",
        "aftersales.case.opened.v1",
    ]
    sound()


@pytest.mark.parametrize(
    ("kind", "within"),
    [
        (CaseKind.REFUND_UNSHIPPED, timedelta(hours=24)),
        (CaseKind.REFUND_SHIPPED, timedelta(hours=48)),
        (CaseKind.RETURN_AND_REFUND, timedelta(hours=48)),
    ],
)
def test_the_shop_has_its_time_and_then_it_is_approved(kind, within):
    case = requested_case(kind)

    assert (case.next_actor, case.due_at, case.overdue_action) == (
        NextActor.SELLER,
        OPENED_AT + within,
        OverdueAction.APPROVE,
    )


def test_an_open_case_holds_the_order():
    case = requested_case()

    case.order.refresh_from_db()
    assert case.order.is_frozen is True


def test_the_record_begins_with_what_was_asked():
    case = requested_case(description="Too small.", image_urls=("https://img.example.com/1.png",))

    record = NegotiationRecord.objects.get(case=case)
    assert (record.action, record.actor_role, record.text) == ("requested", "buyer", "Too small.")
    assert record.image_urls == ["https://img.example.com/1.png"]
    assert record.facts == [
        ["kind", "return_and_refund"],
        ["reason", "no_longer_wanted"],
        ["pieces", "1"],
        ["amount", "¥50.00"],
    ]


@pytest.mark.parametrize(
    ("changes", "error", "extra"),
    [
        ({"quantity": 3}, QuantityExceeded, {"max_quantity": 2}),
        ({"quantity": 0}, QuantityExceeded, {"max_quantity": 2}),
        ({"amount": 2_001}, AmountExceeded, {"max_amount": 2_000}),
        ({"amount": 0}, AmountExceeded, {"max_amount": 2_000}),
        ({"kind": CaseKind.REFUND_UNSHIPPED}, KindNotAllowed, None),
        ({"reason": ReasonCode.NOT_RECEIVED}, ReasonNotFitting, None),
    ],
)
def test_a_request_beyond_the_limits_is_refused_and_leaves_nothing(changes, error, extra):
    order = make_order(OrderStatus.SHIPPED, quantity=2, price=1_000)
    values = {"kind": CaseKind.RETURN_AND_REFUND, "quantity": 2} | changes

    with pytest.raises(error) as refusal:
        open_case(order, **values)

    order.refresh_from_db()
    assert (RefundCase.objects.count(), order.is_frozen) == (0, False)
    assert extra is None or refusal.value.extra == extra


def test_a_second_case_on_the_line_is_refused_with_its_reason():
    case = requested_case()

    with pytest.raises(NotEligible) as refusal:
        open_case(case.order)

    assert refusal.value.extra == {"reason": "open_case"}
    assert RefundCase.objects.count() == 1


def test_the_database_keeps_one_open_case_a_line():
    case = requested_case()
    case.pk, case.number = None, "A-second"

    with pytest.raises(IntegrityError), transaction.atomic():
        case.save()


def test_after_the_window_nothing_can_be_asked():
    order = make_order(OrderStatus.COMPLETED)

    with pytest.raises(NotEligible) as refusal:
        open_case(order, at=order.aftersales_until_at)

    assert refusal.value.extra == {"reason": "window_over"}


def test_pieces_worth_less_than_a_cent_are_refused():
    order = make_order(OrderStatus.SHIPPED, quantity=3, price=1)
    order.lines.update(refunded_amount=2)

    with pytest.raises(NothingToRefund):
        open_case(order, quantity=1)

    assert RefundCase.objects.count() == 0


def test_cases_follow_each_other_until_the_line_is_used_up(sound):
    order = make_order(OrderStatus.TO_SHIP, quantity=3, price=1_000, freight=100)
    amounts = []

    for pieces in (1, 1, 1):
        order.refresh_from_db()
        case = approved(open_case(order, CaseKind.REFUND_UNSHIPPED, quantity=pieces))
        amounts.append(case.amount)
        RefundCase.objects.filter(pk=case.pk).update(status=CaseStatus.SUCCESS, closed_at=OPENED_AT)

    line = order.lines.get()
    assert amounts == [1_000, 1_000, 1_100]
    assert (line.refunded_amount, line.refunded_quantity) == (3_100, 3)
    with pytest.raises(NotEligible) as refusal:
        open_case(order, CaseKind.REFUND_UNSHIPPED, quantity=1)
    assert refusal.value.extra == {"reason": "closed"}


def test_a_partial_amount_leaves_the_goods_and_the_rest_of_the_money():
    order = make_order(OrderStatus.SHIPPED, quantity=1, price=1_000)
    case = approved(open_case(order, CaseKind.REFUND_SHIPPED, amount=300))
    RefundCase.objects.filter(pk=case.pk).update(status=CaseStatus.SUCCESS, closed_at=OPENED_AT)

    second = open_case(order)

    line = order.lines.get()
    assert (line.refunded_amount, line.refunded_quantity) == (300, 0)
    assert (second.quantity, second.amount) == (1, 700)


def test_all_the_money_of_kept_goods_uses_up_the_pieces():
    order = make_order(OrderStatus.SHIPPED, quantity=2, price=1_000)

    approved(open_case(order, CaseKind.REFUND_SHIPPED, quantity=1))

    line = order.lines.get()
    assert (line.refunded_amount, line.refunded_quantity) == (1_000, 1)


def test_a_rejected_buyer_asks_again_and_the_clock_starts_anew(sound):
    case = rejected_case()
    version = case.version
    at = OPENED_AT + timedelta(days=3)
    request = request_of(case.line, CaseKind.REFUND_SHIPPED, amount=100, reason=ReasonCode.QUALITY)

    case = opening.edit_case(case_id=case.pk, request=request, at=at, actor=buyer_of(case))

    assert (case.status, case.kind, case.amount) == (
        CaseStatus.REQUESTED,
        CaseKind.REFUND_SHIPPED,
        100,
    )
    assert (case.version, case.due_at) == (version + 1, at + settings.DECIDE_SHIPPED_WITHIN)
    sound()


def test_an_edit_is_possible_though_the_window_has_closed():
    order = make_order(OrderStatus.COMPLETED)
    opened = open_case(order, at=order.aftersales_until_at - timedelta(minutes=1))
    RefundCase.objects.filter(pk=opened.pk).update(status=CaseStatus.REJECTED_FIRST)

    case = opening.edit_case(
        case_id=opened.pk,
        request=request_of(opened.line, CaseKind.RETURN_AND_REFUND),
        at=order.aftersales_until_at + timedelta(days=1),
        actor=buyer_of(opened),
    )

    assert case.status == CaseStatus.REQUESTED


def test_a_request_that_was_not_rejected_cannot_be_edited(stored):
    case = requested_case()
    before = stored(case)

    with pytest.raises(IllegalTransition):
        opening.edit_case(
            case_id=case.pk,
            request=request_of(case.line, CaseKind.REFUND_SHIPPED),
            at=OPENED_AT,
            actor=buyer_of(case),
        )

    assert stored(case) == before


def test_a_case_before_support_cannot_be_edited(stored):
    case = judged_case()
    before = stored(case)

    with pytest.raises(InArbitration):
        opening.edit_case(
            case_id=case.pk,
            request=request_of(case.line, CaseKind.REFUND_SHIPPED),
            at=OPENED_AT,
            actor=buyer_of(case),
        )

    assert stored(case) == before


def test_withdrawing_ends_the_case_and_lets_the_order_go(sound):
    case = requested_case()

    case = opening.withdraw_case(case_id=case.pk, at=OPENED_AT, actor=buyer_of(case))

    case.order.refresh_from_db()
    assert (case.status, case.due_at, case.closed_at, case.next_actor) == (
        CaseStatus.CLOSED,
        None,
        OPENED_AT,
        NextActor.NOBODY,
    )
    assert case.order.is_frozen is False
    sound()


def test_the_order_stays_held_while_another_of_its_lines_has_a_case(sound):
    sku = make_sku()
    order = make_order(OrderStatus.SHIPPED, items=[(sku, 1), (make_sku(sku.shop), 1)])
    first, second = open_case(order, position=1), open_case(order, position=2)

    opening.withdraw_case(case_id=first.pk, at=OPENED_AT, actor=buyer_of(order))
    order.refresh_from_db()
    held_by_second = order.is_frozen
    opening.withdraw_case(case_id=second.pk, at=OPENED_AT, actor=buyer_of(order))
    order.refresh_from_db()

    assert (held_by_second, order.is_frozen) == (True, False)
    sound()


def test_withdrawing_calls_support_off():
    case = judged_case()

    case = opening.withdraw_case(case_id=case.pk, at=OPENED_AT, actor=buyer_of(case))

    assert (case.status, case.arbitration_status) == (CaseStatus.CLOSED, ArbitrationStatus.NONE)


def test_money_on_its_way_cannot_be_withdrawn(stored):
    case = refunding_case()
    before = stored(case)

    with pytest.raises(IllegalTransition):
        opening.withdraw_case(case_id=case.pk, at=OPENED_AT, actor=buyer_of(case))

    assert stored(case) == before
