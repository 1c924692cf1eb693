"""Filters of order lists and exports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orders.models import Order
from orders.models.order import OrderQuerySet

_LOOKUPS = {
    "status": "status",
    "statuses": "status__in",
    "flag": "flag",
    "is_frozen": "is_frozen",
    "placed_from": "placed_at__gte",
    "placed_until": "placed_at__lt",
    "updated_from": "updated_at__gte",
    "updated_until": "updated_at__lt",
}


def filtered(orders: OrderQuerySet, query: Mapping[str, Any]) -> OrderQuerySet:
    """Return the `orders` that a validated `query` asks for."""
    return orders.filter(**{_LOOKUPS[name]: value for name, value in query.items()})


def companions_of(order: Order) -> OrderQuerySet:
    """Return the shop's other orders that may lie in one parcel with `order` (OR-15).

    They wait to be shipped, are not held, and go to the same buyer and address, by its keyed hash.
    """
    orders: OrderQuerySet = Order.objects.filter(
        shop_id=order.shop_id,
        buyer_id=order.buyer_id,
        address_hash=order.address_hash,
        is_frozen=False,
    )
    return orders.awaiting_shipment().exclude(pk=order.pk)
