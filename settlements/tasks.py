"""Celery doors of the settlements room."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from celery import shared_task

from kernel import clock
from settlements.policies import month_of
from settlements.services import settling, statements

#: How far back the frequent sweep looks; what it cannot settle then is found by the daily one.
RECENT = timedelta(days=3)


@shared_task(acks_late=True)
def settle_due_lines(**_: Any) -> None:
    """Settle what became due lately."""
    _settle_all(clock.now() - RECENT)


@shared_task(acks_late=True)
def settle_late_lines(**_: Any) -> None:
    """Settle what a case held back for longer than the frequent sweep looks."""
    _settle_all(None)


@shared_task(acks_late=True)
def refresh_statements(**_: Any) -> None:
    """Bring the statements of this month and the last up to date, the older first."""
    at = clock.now()
    for month in sorted({month_of(at - timedelta(days=5)), month_of(at)}):
        statements.refresh(month=month, at=at)


def _settle_all(since: datetime | None) -> None:
    while settling.settle_due(at=clock.now(), since=since) == settling.BATCH:
        pass
