"""The entrance of every checkout: buyers who press the button together share a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings

from kernel.errors import TooOften
from kernel.group_commit import GroupCommit
from kernel.limits import Limit
from orders.services import gateways
from orders.services.placement import Placed, PlaceOrder, Refused, place_orders


def check_out(request: PlaceOrder, *, at: datetime) -> Placed:
    """Place `request` with whatever else is being placed in this process; return its group.

    Raises the refusal of `place_orders`, UnknownGateway for one that is not offered, Busy when too
    many wait already, or TooOften for a buyer who presses more often than `limit` allows, over all
    processes.
    """
    if request.gateway:
        gateways.get(request.gateway)
    result = _queue.submit((request, at))
    if isinstance(result, Refused):
        raise result.error
    return result


def limit() -> Limit:
    """Return how often one buyer may press."""
    return Limit("checkout", settings.CHECKOUTS_PER_SECOND, settings.CHECKOUTS_AT_ONCE)


def _place(waiting: Sequence[tuple[PlaceOrder, datetime]]) -> list[Placed | Refused]:
    latest = max(at for _request, at in waiting)
    waits = limit().spend_all([str(request.buyer_id) for request, _at in waiting])
    pairs = list(zip((request for request, _at in waiting), waits, strict=True))
    placed = iter(place_orders([request for request, wait in pairs if not wait], at=latest))
    return [Refused(TooOften(wait)) if wait else next(placed) for _request, wait in pairs]


_queue: GroupCommit[tuple[PlaceOrder, datetime], Placed | Refused] = GroupCommit(
    _place, name="checkouts"
)
