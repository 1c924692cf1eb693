"""Sweeps. Each is safe to run any number of times, side by side."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from kernel import clock
from orders.services import outgoing, receipt


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
