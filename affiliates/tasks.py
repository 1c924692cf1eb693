"""Celery doors of the affiliates room."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from affiliates.services import commissions, memberships, plans
from kernel import clock


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
