"""Celery doors of the affiliates room."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from affiliates.enums import PlanFileStatus
from affiliates.models import PlanFile
from affiliates.services import commissions, memberships, plans
from affiliates.services.planfiles import jobs as planfiles
from kernel import clock
from kernel.tasks import take_turns


@shared_task(acks_late=True)
def finish_what_is_due(**_: Any) -> None:
    """Close plans and memberships whose day has come."""
    at = clock.now()
    plans.finish_closing(at=at)
    memberships.finish_leaving(at=at)


@shared_task(acks_late=True)
def release_commissions(**_: Any) -> None:
    """Mark commissions as to settle when the after-sales window is over."""
    while commissions.release_due(at=clock.now()) == commissions.BATCH:
        pass


@shared_task(acks_late=True)
def do_plan_files(**_: Any) -> None:
    """Go on with files of plans that wait, or whose worker died: a part of each in turn."""
    waiting = PlanFile.objects.filter(status__in=[PlanFileStatus.QUEUED, PlanFileStatus.RUNNING])
    take_turns("plan file", waiting, planfiles.do_part, planfiles.fail)


@shared_task(acks_late=True)
def empty_plan_files(**_: Any) -> None:
    """Forget the rows of dry runs that nobody applied."""
    planfiles.empty_old(at=clock.now())
