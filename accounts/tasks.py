"""Celery doors of the accounts room."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from accounts.services import verifications
from kernel import clock


@shared_task(acks_late=True)
def expire_verifications(**_: Any) -> None:
    """Warn about and end verifications whose time has come."""
    verifications.expire_due(at=clock.database_now())
