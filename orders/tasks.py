"""Sweeps. Each is safe to run any number of times, side by side."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from kernel import clock
from kernel.tasks import take_turns
from orders.enums import ExportStatus, ShippingFileStatus
from orders.models import ExportJob, ShippingFile
from orders.services import outgoing, readdressing, receipt, routes
from orders.services.exporting import jobs as exports
from orders.services.shipfiles import jobs as shipfiles


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
    take_turns("export", waiting, exports.write_part, exports.fail)


@shared_task(acks_late=True)
def ship_files(**_: Any) -> None:
    """Go on with files of parcels that wait, or whose worker died: a part of each in turn."""
    open_states = [ShippingFileStatus.QUEUED, ShippingFileStatus.RUNNING]
    waiting = ShippingFile.objects.filter(status__in=open_states)
    take_turns("shipping file", waiting, shipfiles.ship_part, shipfiles.fail)


@shared_task(acks_late=True)
def expire_exports(**_: Any) -> None:
    """Drop files that were kept long enough."""
    exports.expire_due(at=clock.now())


@shared_task(acks_late=True)
def empty_shipping_files(**_: Any) -> None:
    """Forget the rows of dry runs that nobody shipped."""
    shipfiles.empty_old(at=clock.now())
