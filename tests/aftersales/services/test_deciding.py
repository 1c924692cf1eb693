"""What the shop answers."""

from datetime import timedelta

import pytest

from aftersales.enums import (
    CaseKind,
    CaseStatus,
    NextActor,
    OverdueAction,
    ReasonCode,
    RejectCode,
)
from aftersales.errors import (
    EvidenceRequired,
    GuaranteeInForce,
    InArbitration,
    NoReturnAddress,
    RejectCodeNotFitting,
    RemarkRequired,
)
from aftersales.models import NegotiationRecord
from aftersales.services import deciding
from aftersales.services.deciding import Decision, Rejection
from kernel.errors import IllegalTransition, StaleVersion
from kernel.models import AuditEntry
from orders.enums import OrderStatus
from orders.models import Refund
from shops.enums import GuaranteeKind
from shops.models import ReturnAddress
from tests.factories.aftersales import (
    NO,
    OPENED_AT,
    approved,
    judged_case,
    open_case,
    rejected_case,
    requested_case,
)
from tests.factories.orders import make_order, snapshot
from tests.factories.shops import ShopFactory, actor_of

pytestmark = pytest.mark.django_db
AT = OPENED_AT + timedelta(hours=1)


def reject(case, rejection=NO, version=None):
    """Let the shop refuse `case`."""
    return deciding.reject(
        case_id=case.pk,
        version=version or case.version,
        rejection=rejection,
        at=AT,
        actor=actor_of(case.shop),
    )


def promised(*kinds, status=OrderStatus.SHIPPED, **order):
    """Return an order whose buyer saw these guarantees."""
    made = make_order(status, **order)
    body = snapshot(made.shop).body
    body = body | {"shop": body["shop"] | {"guarantees": [str(kind) for kind in kinds]}}
    made.storefront = snapshot(made.shop, body)
    made.save(update_fields=["storefront"])
    return made


def test_an_approved_refund_books_the_money_under_the_cases_own_key(sound):
    case = requested_case(CaseKind.REFUND_SHIPPED, order_price=1_000, order_quantity=2)

    case = approved(case)

    refund = Refund.objects.get()
    assert (refund.reference, refund.amount) == (f"case:{case.number}", 2_000)
    assert (case.status, case.refund_number, case.decided_at) == (
        CaseStatus.REFUNDING,
        refund.number,
        AT,
    )
    assert (case.next_actor, case.due_at) == (NextActor.SYSTEM, None)
    sound()


def test_a_decision_is_in_the_record_and_in_the_audit_trail():
    case = requested_case(CaseKind.REFUND_SHIPPED)
    actor = actor_of(case.shop)

    deciding.approve(case_id=case.pk, version=1, at=AT, actor=actor, remark="Sorry for that.")

    record = NegotiationRecord.objects.filter(case=case).order_by("-pk")[0]
    entry = AuditEntry.objects.get(action="aftersales.case.approved")
    assert (record.action, record.text, record.facts) == (
        "approved",
        "Sorry for that.",
        [["amount", "¥50.00"]],
    )
    assert (entry.actor_user_id, entry.shop_id, entry.target_id) == (
        actor.user_id,
        case.shop_id,
        case.number,
    )
    assert (entry.before, entry.after) == (
        {"status": "requested"},
        {"status": "refunding", "version": 2},
    )


def test_unshipped_goods_stand_in_the_stock_again_at_once(sound):
    case = requested_case(CaseKind.REFUND_UNSHIPPED, order_quantity=2)
    sku = case.line.sku

    approved(case)

    sku.stock.refresh_from_db()
    case.order.refresh_from_db()
    assert (sku.stock.on_hand, sku.stock.held) == (100, 0)
    assert case.order.status == OrderStatus.CLOSED
    sound()


def test_kept_goods_do_not_come_back_to_stock():
    case = requested_case(CaseKind.REFUND_SHIPPED, order_quantity=2)

    approved(case)

    case.line.sku.stock.refresh_from_db()
    assert case.line.sku.stock.on_hand == 98


def test_agreeing_to_a_return_copies_the_address_and_gives_the_buyer_a_week():
    case = approved(requested_case())

    address = ReturnAddress.objects.get(shop=case.shop)
    ReturnAddress.objects.update(street="Somewhere else")
    case.refresh_from_db()
    assert case.return_address == {
        "receiver": address.receiver,
        "phone": address.phone,
        "province": address.province,
        "city": address.city,
        "district": address.district,
        "street": address.street,
    }
    assert (case.status, case.next_actor, case.due_at, case.overdue_action) == (
        CaseStatus.AWAIT_RETURN,
        NextActor.BUYER,
        AT + timedelta(days=7),
        OverdueAction.CLOSE,
    )
    assert Refund.objects.count() == 0


def test_a_return_without_an_address_to_send_it_to_is_refused(stored):
    case = requested_case()
    ReturnAddress.objects.all().delete()
    before = stored(case)

    with pytest.raises(NoReturnAddress):
        approved(case)

    assert stored(case) == before


def test_a_stale_decision_changes_nothing(stored):
    case = requested_case(CaseKind.REFUND_SHIPPED)
    before = stored(case)

    with pytest.raises(StaleVersion) as refusal:
        deciding.approve(case_id=case.pk, version=2, at=AT, actor=actor_of(case.shop))

    assert refusal.value.extra == {"version": 1}
    assert (stored(case), Refund.objects.count()) == (before, 0)


def test_what_was_decided_is_not_decided_again(stored):
    case = approved(requested_case(CaseKind.REFUND_SHIPPED))
    before = stored(case)

    with pytest.raises(IllegalTransition):
        approved(case)

    assert (stored(case), Refund.objects.count()) == (before, 1)


def test_the_shop_does_not_decide_what_support_decides(stored):
    case = judged_case()
    before = stored(case)

    with pytest.raises(InArbitration):
        approved(case)

    assert stored(case) == before


def test_a_rejected_buyer_has_a_week_to_object(sound):
    case = reject(requested_case())

    record = NegotiationRecord.objects.filter(case=case).order_by("-pk")[0]
    assert (case.status, case.next_actor, case.due_at, case.overdue_action) == (
        CaseStatus.REJECTED_FIRST,
        NextActor.BUYER,
        AT + timedelta(days=7),
        OverdueAction.CLOSE,
    )
    assert (record.action, record.text, record.facts) == (
        "rejected",
        NO.remark,
        [["code", "agreed_otherwise"]],
    )
    sound()


@pytest.mark.parametrize(
    ("kind", "rejection", "error"),
    [
        (CaseKind.RETURN_AND_REFUND, Rejection("shipped_already", "No."), RejectCodeNotFitting),
        (CaseKind.REFUND_UNSHIPPED, Rejection("used", "No."), RejectCodeNotFitting),
        (CaseKind.RETURN_AND_REFUND, Rejection("agreed_otherwise", "  "), RemarkRequired),
        (CaseKind.RETURN_AND_REFUND, Rejection("used", "Worn."), EvidenceRequired),
    ],
)
def test_a_rejection_that_explains_too_little_does_not_stand(kind, rejection, error, stored):
    case = requested_case(kind)
    before = stored(case)

    with pytest.raises(error):
        reject(case, rejection)

    assert stored(case) == before


def test_evidence_makes_a_rejection_stand():
    evidence = ("https://img.example.com/worn.png",)

    case = reject(requested_case(), Rejection(RejectCode.USED, "Worn.", evidence))

    assert case.status == CaseStatus.REJECTED_FIRST


def test_seven_day_return_cannot_be_refused_as_not_in_policy(stored):
    case = open_case(promised(GuaranteeKind.SEVEN_DAY_RETURN))
    before = stored(case)

    with pytest.raises(GuaranteeInForce) as refusal:
        reject(case, Rejection(RejectCode.NOT_IN_POLICY, "No returns."))

    assert refusal.value.extra == {"guarantee": "seven_day_return"}
    assert stored(case) == before


def test_damage_under_guarantee_cannot_be_refused_as_not_in_policy():
    case = open_case(
        promised(GuaranteeKind.DAMAGED_ON_ARRIVAL),
        CaseKind.REFUND_SHIPPED,
        reason=ReasonCode.DAMAGED,
    )

    with pytest.raises(GuaranteeInForce):
        reject(case, Rejection(RejectCode.NOT_IN_POLICY, "No."))


@pytest.mark.parametrize(
    ("guarantees", "changes"),
    [
        ((), {}),
        ((GuaranteeKind.SEVEN_DAY_RETURN,), {"kind": CaseKind.REFUND_SHIPPED}),
        ((GuaranteeKind.SEVEN_DAY_RETURN,), {"reason": ReasonCode.OTHER}),
        ((GuaranteeKind.SHIP_48H,), {}),
    ],
)
def test_without_a_guarantee_that_covers_it_not_in_policy_stands(guarantees, changes):
    case = open_case(promised(*guarantees), **changes)

    case = reject(case, Rejection(RejectCode.NOT_IN_POLICY, "Not covered."))

    assert case.status == CaseStatus.REJECTED_FIRST


def test_the_guarantee_ends_seven_days_after_receipt(settings):
    settings.AFTERSALES_WINDOW = timedelta(days=7)
    order = promised(GuaranteeKind.SEVEN_DAY_RETURN, status=OrderStatus.COMPLETED)
    order.aftersales_until_at = order.completed_at + timedelta(days=15)
    order.save(update_fields=["aftersales_until_at"])
    case = open_case(order, at=order.completed_at + timedelta(days=8))

    case = reject(case, Rejection(RejectCode.NOT_IN_POLICY, "Too late."))

    assert case.status == CaseStatus.REJECTED_FIRST


def test_a_refused_unshipped_refund_lets_the_order_be_shipped(sound):
    case = rejected_case(CaseKind.REFUND_UNSHIPPED)

    case.order.refresh_from_db()
    assert case.order.is_frozen is False
    sound()


def test_a_refused_return_still_holds_the_order(sound):
    case = rejected_case()

    case.order.refresh_from_db()
    assert case.order.is_frozen is True
    sound()


def test_a_batch_answers_item_by_item(sound):
    shop = ShopFactory()
    first, second, third = (
        requested_case(CaseKind.REFUND_SHIPPED, order_shop=shop) for _ in range(3)
    )
    foreign = requested_case(CaseKind.REFUND_SHIPPED)

    results = deciding.decide_many(
        shop_id=shop.pk,
        decisions=[
            Decision(third.number, version=1, rejection=NO),
            Decision(foreign.number, version=1),
            Decision(second.number, version=9),
            Decision(first.number, version=1),
        ],
        at=AT,
        actor=actor_of(shop),
    )

    assert [
        (one.number, one.case and one.case.status, one.error and one.error.code) for one in results
    ] == [
        (third.number, CaseStatus.REJECTED_FIRST, None),
        (foreign.number, None, "not_found"),
        (second.number, None, "stale_version"),
        (first.number, CaseStatus.REFUNDING, None),
    ]
    foreign.refresh_from_db()
    second.refresh_from_db()
    assert (foreign.status, second.status) == (CaseStatus.REQUESTED, CaseStatus.REQUESTED)
    sound()
