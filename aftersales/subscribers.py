"""What this room does when orders tells how a refund went (AF-03)."""

from __future__ import annotations

from collections.abc import Sequence

from aftersales.services import refunding
from kernel import clock
from kernel.events import on
from orders.events import RefundFailed, RefundSucceeded


@on(RefundSucceeded)
def finish_cases(events: Sequence[RefundSucceeded]) -> None:
    """End the cases whose money arrived."""
    refunding.follow([event.reference for event in events], at=clock.database_now())


@on(RefundFailed)
def note_failed_refunds(events: Sequence[RefundFailed]) -> None:
    """Show in the cases that the gateway would not send the money yet."""
    refunding.follow([event.reference for event in events], at=clock.database_now())
