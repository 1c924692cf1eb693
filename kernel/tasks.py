"""Celery doors of the kernel."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from celery import current_app, shared_task
from django.db import transaction
from django.db.models.functions import Now

from kernel import clock, delivery, sealing
from kernel.models import Delivery, IdempotencyRecord, OutboxMessage

logger = logging.getLogger(__name__)


@shared_task(acks_late=True)
def deliver_events(**_: Any) -> None:
    """Deliver what the outbox holds. Safe to run any number of times, side by side."""
    delivery.sweep()


@shared_task(acks_late=True)
def forget_old_rows(**_: Any) -> None:
    """Drop idempotency records after 30 days and delivered events after 14."""
    IdempotencyRecord.objects.filter(created_at__lt=Now() - timedelta(days=30)).delete()
    old = OutboxMessage.objects.filter(
        created_at__lt=Now() - timedelta(days=14), relayed_at__isnull=False
    )
    waiting = Delivery.objects.filter(done_at__isnull=True).values("message_id")
    old.exclude(pk__in=waiting).delete()


@shared_task(acks_late=True)
def seal_audit(**_: Any) -> None:
    """Seal what the audit trail has grown by. Only one seals at a time."""
    while sealing.seal() == sealing.BATCH:
        pass


@shared_task(acks_late=True)
def check_audit(**_: Any) -> None:
    """Read the whole chain of the audit trail once, and tell the operators of a fault."""
    sealing.check(clock.now())


def nudge_task(name: str) -> None:
    """After commit, ask a worker to run the sweep `name` now; without a broker, beat will."""
    transaction.on_commit(lambda: _send(name), robust=True)


def _send(name: str) -> None:
    try:
        current_app.send_task(name)
    except Exception:  # noqa: BLE001 -- no broker must never fail what is committed
        logger.info("no broker for %s; the sweep of beat does it a few seconds later", name)
