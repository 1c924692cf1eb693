"""What settlement does when orders tell of money."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kernel.events import on
from orders.events import OrderLineRefunded
from settlements.services import settling


@on(OrderLineRefunded, same_transaction=True)
def take_back_settled(events: Sequence[OrderLineRefunded]) -> None:
    """Same transaction: the waterfall of a line holds at every commit."""
    for event in events:
        settling.take_back(
            line_id=event.line_id,
            refund_number=event.refund_number,
            at=datetime.fromisoformat(event.at),
        )
