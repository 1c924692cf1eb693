"""The money's own machine, followed."""

import pytest
from django.db import transaction

from aftersales.enums import CaseStatus
from aftersales.models import RefundCase
from aftersales.services import invariants, refunding
from kernel import delivery
from kernel.events import publish
from orders.enums import RefundStatus
from orders.events import RefundFailed, RefundSucceeded
from orders.models import Refund
from tests.factories.aftersales import OPENED_AT, refunding_case

pytestmark = pytest.mark.django_db


def finish(case, status):
    """Let the gateway answer, and orders tell it."""
    Refund.objects.filter(number=case.refund_number).update(status=status, finished_at=OPENED_AT)
    fact = RefundSucceeded if status == RefundStatus.SUCCESS else RefundFailed
    with transaction.atomic():
        publish(fact(refund_number=case.refund_number, reference=f"case:{case.number}"))
    delivery.deliver_all()
    case.refresh_from_db()
    case.order.refresh_from_db()


def test_money_that_arrived_ends_the_case_and_lets_the_order_go(sound):
    case = refunding_case()

    finish(case, RefundStatus.SUCCESS)

    assert (case.status, case.order.is_frozen) == (CaseStatus.SUCCESS, False)
    assert case.closed_at is not None
    sound()


def test_a_refused_refund_shows_and_the_next_answer_still_ends_the_case(sound):
    case = refunding_case()

    finish(case, RefundStatus.FAILED)
    failed = case.status
    finish(case, RefundStatus.SUCCESS)

    assert (failed, case.status) == (CaseStatus.REFUND_FAILED, CaseStatus.SUCCESS)
    sound()


def test_old_news_after_the_end_changes_nothing(stored):
    case = refunding_case()
    finish(case, RefundStatus.SUCCESS)
    before = stored(case)

    moved = refunding.follow([f"case:{case.number}"], at=OPENED_AT)

    assert (moved, stored(case)) == (0, before)


def test_a_failure_told_late_does_not_undo_what_the_refund_says():
    case = refunding_case()
    Refund.objects.filter(number=case.refund_number).update(status=RefundStatus.SUCCESS)
    with transaction.atomic():
        publish(RefundFailed(refund_number=case.refund_number, reference=f"case:{case.number}"))

    delivery.deliver_all()

    case.refresh_from_db()
    assert case.status == CaseStatus.SUCCESS


def test_refunds_of_late_payments_are_nobodys_case():
    assert refunding.follow(["late:P1", "case:unknown"], at=OPENED_AT) == 0


def test_the_laws_notice_what_they_are_for():
    case = refunding_case()
    RefundCase.objects.filter(pk=case.pk).update(status=CaseStatus.SUCCESS, amount=1)
    case.order.__class__.objects.filter(pk=case.order_id).update(is_frozen=True)

    found = invariants.violations()

    assert found == [
        f"line {case.order.number}-1: its cases gave back 1, the line says 5000",
        f"case {case.number}: is success over 1, its refund is waiting over 5000",
        f"case {case.number}: is success with deadline None, action , closed at None",
        f"order {case.order.number}: held is True, 0 cases need it to be",
    ]
