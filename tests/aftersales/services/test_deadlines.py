"""What happens by itself. The database's clock decides, and deadlines of tests lie in its past."""

from datetime import UTC, datetime, timedelta

import pytest

from aftersales.enums import ArbitrationStatus, CaseKind, CaseStatus, NextActor
from aftersales.models import NegotiationRecord, RefundCase
from aftersales.services import deadlines
from kernel.actors import Actor, Role
from kernel.errors import IllegalTransition, NotFound
from kernel.models import AuditEntry
from orders.models import Refund
from shops.models import ReturnAddress
from tests.factories.aftersales import (
    await_return_case,
    judged_case,
    refunding_case,
    rejected_case,
    rejected_return_case,
    requested_case,
    returned_case,
)

pytestmark = pytest.mark.django_db
AT = datetime(2025, 8, 1, tzinfo=UTC)
OPERATOR = Actor(role=Role.OPERATOR, permissions=frozenset({"aftersales.operate"}))


def far(case):
    """Move the deadline where the database's clock has not come yet."""
    RefundCase.objects.filter(pk=case.pk).update(due_at=datetime(2099, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("make", "status", "refunds"),
    [
        (lambda: requested_case(CaseKind.REFUND_UNSHIPPED), CaseStatus.REFUNDING, 1),
        (lambda: requested_case(CaseKind.REFUND_SHIPPED), CaseStatus.REFUNDING, 1),
        (requested_case, CaseStatus.AWAIT_RETURN, 0),
        (await_return_case, CaseStatus.CLOSED, 0),
        (returned_case, CaseStatus.REFUNDING, 1),
        (rejected_case, CaseStatus.CLOSED, 0),
        (rejected_return_case, CaseStatus.CLOSED, 0),
    ],
    ids=["unshipped", "shipped", "return", "not sent", "not inspected", "rejected", "rejected2"],
)
def test_each_deadline_does_its_own_thing(make, status, refunds, sound):
    case = make()

    done = deadlines.act_on_overdue(at=AT, limit=10)

    case.refresh_from_db()
    assert (done, case.status, Refund.objects.count()) == (1, status, refunds)
    sound()


def test_a_deadline_acts_once():
    requested_case(CaseKind.REFUND_SHIPPED)

    assert [deadlines.act_on_overdue(at=AT) for _ in range(2)] == [1, 0]
    assert Refund.objects.count() == 1


def test_nothing_happens_before_the_deadline(stored):
    case = requested_case()
    far(case)
    before = stored(case)

    assert deadlines.act_on_overdue(at=AT) == 0
    assert stored(case) == before


def test_the_clock_stands_still_while_support_decides(stored):
    case = judged_case()
    before = stored(case)

    assert deadlines.act_on_overdue(at=AT) == 0
    assert stored(case) == before


def test_what_the_clock_cannot_do_goes_to_support(sound):
    case = requested_case()
    ReturnAddress.objects.all().delete()

    done = deadlines.act_on_overdue(at=AT)

    case.refresh_from_db()
    note = NegotiationRecord.objects.get(case=case, is_internal=True)
    assert (done, case.status, case.arbitration_status, case.next_actor) == (
        1,
        CaseStatus.REQUESTED,
        ArbitrationStatus.JUDGING,
        NextActor.SUPPORT,
    )
    assert note.text == "approve: no_return_address"
    sound()


def test_one_broken_case_does_not_stop_the_others(monkeypatch, caplog):
    broken, sane = (requested_case(CaseKind.REFUND_SHIPPED) for _ in range(2))
    grant = deadlines.deciding.grant

    def fail_for_broken(case, **kwargs):
        if case.pk == broken.pk:
            raise ZeroDivisionError
        return grant(case, **kwargs)

    monkeypatch.setattr(deadlines.deciding, "grant", fail_for_broken)

    assert deadlines.act_on_overdue(at=AT) == 1
    broken.refresh_from_db()
    sane.refresh_from_db()
    assert (broken.status, sane.status) == (CaseStatus.REQUESTED, CaseStatus.REFUNDING)


def test_the_earliest_deadlines_come_first():
    late, early = requested_case(), requested_case()
    RefundCase.objects.filter(pk=early.pk).update(due_at=late.due_at - timedelta(hours=1))

    deadlines.act_on_overdue(at=AT, limit=1)

    late.refresh_from_db()
    early.refresh_from_db()
    assert (early.status, late.status) == (CaseStatus.AWAIT_RETURN, CaseStatus.REQUESTED)


def test_in_a_sandbox_a_deadline_can_be_brought_forward(settings):
    settings.HAODIAN_SANDBOX = True
    case = requested_case()
    far(case)

    deadlines.bring_forward(case_id=case.pk, at=AT, actor=OPERATOR)
    done = deadlines.act_on_overdue(at=AT)

    case.refresh_from_db()
    entry = AuditEntry.objects.get(action="aftersales.case.deadline_brought_forward")
    assert (done, case.status) == (1, CaseStatus.AWAIT_RETURN)
    assert entry.before == {"due_at": "2099-01-01T00:00:00+00:00"}


def test_outside_a_sandbox_time_takes_its_time(settings, stored):
    settings.HAODIAN_SANDBOX = False
    case = requested_case()
    before = stored(case)

    with pytest.raises(NotFound):
        deadlines.bring_forward(case_id=case.pk, at=AT, actor=OPERATOR)

    assert stored(case) == before


@pytest.mark.parametrize("make", [refunding_case, judged_case])
def test_what_has_no_clock_cannot_be_brought_forward(make, settings, stored):
    settings.HAODIAN_SANDBOX = True
    case = make()
    before = stored(case)

    with pytest.raises(IllegalTransition):
        deadlines.bring_forward(case_id=case.pk, at=AT, actor=OPERATOR)

    assert stored(case) == before
