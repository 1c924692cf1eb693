"""Celery doors of the governance room. Each is safe to run any number of times, side by side."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from governance.services import assessing, consequences, payments, restricting
from kernel import clock


@shared_task(acks_late=True)
def assess_deposits(**_: Any) -> None:
    """Work out and announce what is due; let come into force what was announced (SH-06, SH-07)."""
    at = clock.database_now()
    assessing.assess_all(at=at)
    assessing.apply_due(at=at)
    assessing.drop_proven(at=at)


@shared_task(acks_late=True)
def restrict_shops(**_: Any) -> None:
    """Impose and lift what deposits and scores lead to (SH-08, SH-16)."""
    at = clock.database_now()
    restricting.apply_all(at=at)
    consequences.apply_all(at=at)


@shared_task(acks_late=True)
def collect_payments(**_: Any) -> None:
    """Ask gateways about payments into deposits."""
    payments.collect_pending(at=clock.now())
