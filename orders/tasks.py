"""Sweeps. Each is safe to run any number of times, side by side."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError, connection

from kernel import clock
from orders.enums import ExportStatus, ShippingFileStatus
from orders.models import ExportJob, ShippingFile
from orders.services import outgoing, readdressing, receipt, routes
from orders.services.exporting import jobs as exports
from orders.services.shipfiles import jobs as shipfiles

logger = logging.getLogger(__name__)

#: Fits well into the time limit of a task; the next sweep goes on with what is left.
PARTS_PER_SWEEP = 40


@shared_task(acks_late=True)
def close_unpaid(**_: Any) -> None:
    """Close orders that were not paid in time (OR-08)."""
    outgoing.close_due_orders(at=clock.now())


@shared_task(acks_late=True)
def poll_payments(**_: Any) -> None:
    """Ask gateways about payments that they told us nothing of."""
    outgoing.poll_due_payments(at=clock.now())


@shared_task(acks_late=True)
def send_refunds(**_: Any) -> None:
    """Send money that is owed to buyers."""
    outgoing.send_due_refunds(at=clock.now())


@shared_task(acks_late=True)
def auto_confirm(**_: Any) -> None:
    """Confirm the receipt of what was shipped long ago (OR-10)."""
    receipt.confirm_due(at=clock.now())


@shared_task(acks_late=True)
def decide_address_changes(**_: Any) -> None:
    """Answer wishes for another address that shops left unanswered (OR-16)."""
    readdressing.decide_due(at=clock.now())


@shared_task(acks_late=True)
def watch_parcels(**_: Any) -> None:
    """Mark parcels that nobody fetched, or that stand still (OR-14)."""
    routes.alert_due(at=clock.now())


@shared_task(acks_late=True)
def write_exports(**_: Any) -> None:
    """Go on with the files that wait, or whose worker died: a part of each in turn (OR-23)."""
    waiting = ExportJob.objects.filter(status__in=[ExportStatus.QUEUED, ExportStatus.RUNNING])
    _take_turns("export", waiting, exports.write_part, exports.fail)


@shared_task(acks_late=True)
def ship_files(**_: Any) -> None:
    """Go on with files of parcels that wait, or whose worker died: a part of each in turn."""
    open_states = [ShippingFileStatus.QUEUED, ShippingFileStatus.RUNNING]
    waiting = ShippingFile.objects.filter(status__in=open_states)
    _take_turns("shipping file", waiting, shipfiles.ship_part, shipfiles.fail)


def _take_turns(
    what: str, waiting: Any, do_part: Callable[..., bool], fail: Callable[..., None]
) -> None:
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


@shared_task(acks_late=True)
def expire_exports(**_: Any) -> None:
    """Drop files that were kept long enough."""
    exports.expire_due(at=clock.now())


@shared_task(acks_late=True)
def empty_shipping_files(**_: Any) -> None:
    """Forget the rows of dry runs that nobody shipped."""
    shipfiles.empty_old(at=clock.now())
