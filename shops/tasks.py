"""Celery doors of the shops room."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from kernel import clock
from shops.services import approvals, endings


@shared_task(acks_late=True)
def expire_consents(**_: Any) -> None:
    """End binding requests that nobody answered in time."""
    endings.expire_consents(at=clock.database_now())


@shared_task(acks_late=True)
def complete_unbindings(**_: Any) -> None:
    """End what has become clear; let lapse what waited too long."""
    endings.complete_unbindings(at=clock.database_now())


@shared_task(acks_late=True)
def finish_approvals(**_: Any) -> None:
    """Let take effect what has waited long enough; let expire what nobody decided."""
    approvals.finish_due(at=clock.database_now())
