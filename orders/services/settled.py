"""What the settlements room says of orders: their money has gone to its parties."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from orders.models import Order


def mark_settled(*, order_ids: Collection[int], at: datetime) -> None:
    """Record that nothing of these orders waits to be settled, so that no sweep looks at them."""
    if order_ids:
        Order.objects.filter(pk__in=order_ids, settled_at__isnull=True).update(settled_at=at)
