"""Celery doors of the kernel."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from celery import current_app, shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError, connection, transaction
from django.db.models.functions import Now

from kernel import clock, delivery, sealing
from kernel.models import Delivery, IdempotencyRecord, OutboxMessage

logger = logging.getLogger(__name__)

#: Fits well into the time limit of a task; the next sweep goes on with what is left.
PARTS_PER_SWEEP = 40


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


def take_turns(
    what: str, waiting: Any, do_part: Callable[..., bool], fail: Callable[..., None]
) -> None:
    """Go on with the jobs that are `waiting`: a part of each in turn, the oldest first.

    `do_part` tells whether its job has more to do; `fail` ends one that cannot go on.
    """
    turns = list(waiting.order_by("pk").values_list("pk", flat=True)[:PARTS_PER_SWEEP])
    for _part in range(PARTS_PER_SWEEP):
        if not turns:
            return
        job_id = turns.pop(0)
        if _do_part(what, job_id, do_part, fail):
            turns.append(job_id)


def _do_part(
    what: str, job_id: int, do_part: Callable[..., bool], fail: Callable[..., None]
) -> bool:
    """Do one part; return whether there is more to do now.

    What cannot be done ends its job. What the database had no time for stands after its last part:
    the next sweep comes back to it, and this one goes on with the others.
    """
    try:
        return do_part(job_id=job_id, at=clock.now())
    except SoftTimeLimitExceeded:
        raise
    except OperationalError:
        logger.warning("%s %s waits for the next sweep", what, job_id, exc_info=True)
        if not connection.is_usable():
            raise
        return False
    except Exception as error:
        # Without an end it would be tried, and fail, for ever.
        logger.exception("%s %s failed", what, job_id)
        fail(job_id=job_id, error=f"Unexpected: {type(error).__name__}", at=clock.now())
        return False
