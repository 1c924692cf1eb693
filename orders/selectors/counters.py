"""Numbers of a shop's home page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kernel.actors import Actor
from kernel.counting import capped_count
from kernel.numbers import day_ends
from orders.enums import RefundStatus
from orders.models import Order, Package, Refund


@dataclass(frozen=True)
class OrderCounts:
    """What waits in a shop, by the promise; counted as far as `kernel.counting` goes."""

    #: The shipping promise is broken.
    late: int
    #: To be shipped before the trade's day ends.
    today: int
    #: Promised for a later day.
    later: int
    #: Orders with a parcel that nobody fetched, or that stands still (OR-14).
    stuck: int


def order_counts(actor: Actor, at: datetime) -> OrderCounts:
    """Return what waits for the actor's shop at `at`; each count is one query that ends early."""
    waiting = Order.objects.visible_to(actor).awaiting_shipment()
    midnight = day_ends(at)
    return OrderCounts(
        late=capped_count(waiting.filter(ship_by_at__lt=at)),
        today=capped_count(waiting.filter(ship_by_at__gte=at, ship_by_at__lt=midnight)),
        later=capped_count(waiting.filter(ship_by_at__gte=midnight)),
        stuck=capped_count(
            Package.objects.visible_to(actor).exclude(alert="").values("order_id").distinct()
        ),
    )


def stuck_refunds() -> int:
    """Return how many refunds the gateway refused or does not answer for."""
    return Refund.objects.filter(status__in=[RefundStatus.FAILED, RefundStatus.UNKNOWN]).count()
