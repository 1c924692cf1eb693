"""Questions about orders with named answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Any

from orders.models import IdentitySnapshot, Order, OrderLine
from shops.selectors import storefronts

#: What buyers know a shop by. Another score or guarantee is not another name.
_NAMED_BY = (("shop", "name"), ("account", "id"), ("account", "handle"), ("account", "name"))


def identity_of(orders: Iterable[Order], *, at: datetime) -> dict[int, dict[str, Any]]:
    """Return order pk → ``{storefront, presenter, now_known_as}``, in a fixed number of queries.

    `storefront` is the block that the buyer saw when placing, `presenter` that of the first line
    which somebody else's content sold, else None. `now_known_as` is ``{shop, account}`` of today
    when the shop is called, or bound, otherwise by now, else None.
    """
    orders = list(orders)
    shown_by = _first_presenters(orders)
    loaded = Order._meta.get_field("storefront").is_cached
    seen = {order.storefront_id: order.storefront.body for order in orders if loaded(order)}
    bodies = shown_by.bodies | seen
    wanted = {order.storefront_id for order in orders} - set(bodies)
    if wanted:
        snapshots = IdentitySnapshot.objects.filter(pk__in=wanted)
        bodies |= dict(snapshots.values_list("pk", "body"))
    today = storefronts({order.shop_id for order in orders}, at=at)
    return {
        order.pk: {
            "storefront": bodies[order.storefront_id],
            "presenter": bodies.get(shown_by.of_order.get(order.pk, 0)),
            "now_known_as": now_known_as(bodies[order.storefront_id], today.get(order.shop_id)),
        }
        for order in orders
    }


@dataclass
class _Presenters:
    """Order pk → the snapshot of its first presenter; snapshot pk → its block."""

    of_order: dict[int, int] = field(default_factory=dict)
    bodies: dict[int, Any] = field(default_factory=dict)


def _first_presenters(orders: list[Order]) -> _Presenters:
    """Return who presented, from lines that are loaded, else with one query."""
    if all("lines" in getattr(order, "_prefetched_objects_cache", ()) for order in orders):
        lines = [(one, one.presenter) for order in orders for one in order.lines.all()]
        shown = [
            (line.order_id, line.position, snapshot.pk, snapshot.body)
            for line, snapshot in lines
            if snapshot is not None
        ]
    else:
        rows = OrderLine.objects.filter(order__in=orders, presenter__isnull=False)
        shown = list(rows.values_list("order_id", "position", "presenter_id", "presenter__body"))
    found = _Presenters()
    for order_id, _position, pk, body in sorted(shown, key=itemgetter(0, 1)):
        found.of_order.setdefault(order_id, pk)
        found.bodies[pk] = body
    return found


def now_known_as(seen: Mapping[str, Any], today: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return ``{shop: {id, name}, account}`` of `today` if it is named otherwise than `seen`."""
    if today is None or _names(seen) == _names(today):
        return None
    shop = today["shop"]
    return {"shop": {"id": shop["id"], "name": shop["name"]}, "account": today["account"]}


def _names(block: Mapping[str, Any]) -> list[Any]:
    return [(block.get(part) or {}).get(name) for part, name in _NAMED_BY]
