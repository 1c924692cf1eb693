"""Celery doors of the settlements room."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from celery import shared_task

from kernel import clock
from settlements.policies import month_of
from settlements.services import settling, statements


@shared_task(acks_late=True)
def settle_due_lines(**_: Any) -> None:
    """Settle what is due."""
    while settling.settle_due(at=clock.now()) == settling.BATCH:
        pass


@shared_task(acks_late=True)
def refresh_statements(**_: Any) -> None:
    """Bring the statements of this month and the last up to date, the older first."""
    at = clock.now()
    for month in sorted({month_of(at - timedelta(days=5)), month_of(at)}):
        statements.refresh(month=month, at=at)
