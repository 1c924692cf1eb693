"""What the compass does when orders tell of money: it marks the days that have to be added up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from insights.events import ExemptionChanged
from insights.selectors.morning import day_of
from insights.services import days, scores
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


@on(ExemptionChanged)
def refresh_scores(events: Sequence[ExemptionChanged]) -> None:
    """Work out the day's score again: once a shop, as known after the last change."""
    latest = {event.shop_id: datetime.fromisoformat(event.at) for event in events}
    for shop_id, at in sorted(latest.items()):
        scores.refresh(shop_id=shop_id, day=day_of(at), at=at)
