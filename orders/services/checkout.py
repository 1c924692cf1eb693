"""The entrance of every checkout: buyers who press the button together share a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kernel.group_commit import GroupCommit
from orders.services.placement import Placed, PlaceOrder, Refused, place_orders


def check_out(request: PlaceOrder, *, at: datetime) -> Placed:
    """Place `request` with whatever else is being placed in this process; return its group.

    Raises the refusal of `place_orders`, or Busy when too many wait already.
    """
    result = _queue.submit((request, at))
    if isinstance(result, Refused):
        raise result.error
    return result


def _place(waiting: Sequence[tuple[PlaceOrder, datetime]]) -> list[Placed | Refused]:
    latest = max(at for _request, at in waiting)
    return place_orders([request for request, _at in waiting], at=latest)


_queue: GroupCommit[tuple[PlaceOrder, datetime], Placed | Refused] = GroupCommit(
    _place, name="checkouts"
)
