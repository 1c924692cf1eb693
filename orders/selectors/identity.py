"""Questions about orders with named answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
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
    first_presenter: dict[int, int] = {}
    shown = OrderLine.objects.filter(order__in=orders, presenter__isnull=False)
    for order_id, presenter_id in shown.order_by("order_id", "position").values_list(
        "order_id", "presenter_id"
    ):
        first_presenter.setdefault(order_id, presenter_id)
    wanted = {order.storefront_id for order in orders} | set(first_presenter.values())
    bodies = dict(IdentitySnapshot.objects.filter(pk__in=wanted).values_list("pk", "body"))
    today = storefronts({order.shop_id for order in orders}, at=at)
    return {
        order.pk: {
            "storefront": bodies[order.storefront_id],
            "presenter": bodies.get(first_presenter.get(order.pk, 0)),
            "now_known_as": now_known_as(bodies[order.storefront_id], today.get(order.shop_id)),
        }
        for order in orders
    }


def now_known_as(seen: Mapping[str, Any], today: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return ``{shop: {id, name}, account}`` of `today` if it is named otherwise than `seen`."""
    if today is None or _names(seen) == _names(today):
        return None
    shop = today["shop"]
    return {"shop": {"id": shop["id"], "name": shop["name"]}, "account": today["account"]}


def _names(block: Mapping[str, Any]) -> list[Any]:
    return [(block.get(part) or {}).get(name) for part, name in _NAMED_BY]
