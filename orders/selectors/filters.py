"""Filters of order lists and exports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orders.models.order import OrderQuerySet

_LOOKUPS = {"status": "status", "placed_from": "placed_at__gte", "placed_until": "placed_at__lt"}


def filtered(orders: OrderQuerySet, query: Mapping[str, Any]) -> OrderQuerySet:
    """Return the `orders` that a validated `query` asks for."""
    return orders.filter(**{_LOOKUPS[name]: value for name, value in query.items()})
