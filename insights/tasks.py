"""Celery doors of the insights room."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from celery import shared_task

from insights.services import checking, days, effects, scores
from kernel import clock

#: How far back the nightly check looks: as far as a page shows, and a week.
CHECKED = timedelta(days=40)


@shared_task(acks_late=True)
def add_up_days(**_: Any) -> None:
    """Add up the days that facts have marked."""
    while days.add_up_due() == days.BATCH:
        pass


@shared_task(acks_late=True)
def check_days(**_: Any) -> None:
    """Compare the kept figures of the last weeks with the rows; mend and log what differs."""
    checking.check(since=clock.now() - CHECKED, mends=True)


@shared_task(acks_late=True)
def measure_bindings(**_: Any) -> None:
    """Measure what bindings brought, of those that are a day older."""
    while effects.measure_due(at=clock.now()) == effects.BATCH:
        pass


@shared_task(acks_late=True)
def refresh_scores(**_: Any) -> None:
    """Work out today's scores of the shops that have none yet."""
    scores.refresh_all(at=clock.now())
