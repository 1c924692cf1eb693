"""What the compass does when orders tell of money: it marks the days that have to be added up."""

from __future__ import annotations

from collections.abc import Sequence

from insights.services import days
from kernel.events import on
from orders.events import OrderLineRefunded, OrderPaid


@on(OrderPaid)
def mark_paid_days(events: Sequence[OrderPaid]) -> None:
    """Mark the days of the orders. Marking twice costs a second addition and changes nothing."""
    days.mark_paid([event.order_id for event in events])


@on(OrderLineRefunded)
def mark_refunded_days(events: Sequence[OrderLineRefunded]) -> None:
    """Mark the days on which the refunds were booked and on which their orders were paid."""
    days.mark_refunded([event.refund_number for event in events])
