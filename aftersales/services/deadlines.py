"""What happens by itself when nobody acts in time (AF-05, AF-06): swept, once each."""

from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from aftersales.enums import ArbitrationStatus, CaseStatus, OverdueAction, RecordAction
from aftersales.models import RefundCase
from aftersales.services import arbitration, deciding, holding, records, refunding
from kernel import audit
from kernel.actors import SYSTEM, Actor
from kernel.errors import DomainError, IllegalTransition, NotFound
from orders.models import Order

logger = logging.getLogger(__name__)

LIMIT = 500


def act_on_overdue(*, at: datetime, limit: int = LIMIT) -> int:
    """Do what is due for up to `limit` cases, earliest first; return for how many it was done.

    The database's clock says what is due; `at` is written as the time of the act. Each case has a
    transaction of its own: a case that somebody holds is left for the next sweep, one that cannot
    go on goes to support, one that fails unexpectedly fails alone. Sweepers may run side by side.
    """
    due = _overdue().order_by("due_at", "pk").values_list("pk", "order_id")[:limit]
    return sum(_act_alone(case_id, order_id, at) for case_id, order_id in list(due))


@transaction.atomic
def bring_forward(*, case_id: int, at: datetime, actor: Actor) -> RefundCase:
    """Make the case's deadline now: how a story passes a week. A sandbox only, audited.

    Raises NotFound outside a sandbox, IllegalTransition when nothing happens by itself.
    """
    if not settings.HAODIAN_SANDBOX:
        raise NotFound
    case = holding.take(case_id)
    was = case.due_at
    if was is None or not can_bring_forward(case):
        raise IllegalTransition(extra={"from": case.status})
    RefundCase.objects.filter(pk=case.pk).update(due_at=Now())
    case.refresh_from_db(fields=["due_at"])
    now = case.due_at or was
    audit.record(
        actor=actor,
        action="aftersales.case.deadline_brought_forward",
        target=case,
        at=at,
        before={"due_at": was.isoformat()},
        after={"due_at": now.isoformat()},
    )
    return case


def can_bring_forward(case: RefundCase) -> bool:
    """Tell whether something would happen to `case` by itself, in a sandbox."""
    return bool(settings.HAODIAN_SANDBOX and case.due_at and case.overdue_action)


def _overdue() -> QuerySet[RefundCase]:
    waiting = RefundCase.objects.filter(due_at__lte=Now())
    return waiting.exclude(overdue_action="").exclude(arbitration_status=ArbitrationStatus.JUDGING)


def _act_alone(case_id: int, order_id: int, at: datetime) -> bool:
    try:
        with transaction.atomic():
            return _act(case_id, order_id, at)
    except Exception:
        logger.exception("overdue case %s failed; it is tried again", case_id)
        return False


def _act(case_id: int, order_id: int, at: datetime) -> bool:
    free = Order.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
    if not list(free.filter(pk=order_id)):
        return False
    # Asked again under the lock: another sweeper, or the shop, was faster.
    if not _overdue().filter(pk=case_id).exists():
        return False
    case = holding.take(case_id)
    try:
        with transaction.atomic():
            _ACTIONS[OverdueAction(case.overdue_action)](case, at)
    except DomainError as error:
        was = case.overdue_action
        case = holding.take(case_id)
        arbitration.hand_over(case, text="", at=at, actor=SYSTEM)
        why = f"{was}: {error.code}"
        records.write(
            case=case, action=RecordAction.NOTE, actor=SYSTEM, at=at, text=why, is_internal=True
        )
    return True


def _approve(case: RefundCase, at: datetime) -> None:
    deciding.grant(case, at=at, actor=SYSTEM)


def _refund(case: RefundCase, at: datetime) -> None:
    before = str(case.status)
    refunding.begin(case, at=at, actor=SYSTEM, reason="overdue")
    holding.tell_decision(
        case, action=RecordAction.REFUNDED_OVERDUE, actor=SYSTEM, at=at, before=before
    )


def _close(case: RefundCase, at: datetime) -> None:
    records.write(case=case, action=RecordAction.CLOSED_OVERDUE, actor=SYSTEM, at=at)
    holding.close(case, to=CaseStatus.CLOSED, at=at, actor=SYSTEM, reason="overdue")


_ACTIONS = {
    OverdueAction.APPROVE: _approve,
    OverdueAction.REFUND: _refund,
    OverdueAction.CLOSE: _close,
}
