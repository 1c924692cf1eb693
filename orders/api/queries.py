"""Filters of order lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from orders.models import Order

_LOOKUPS = {"status": "status", "placed_from": "placed_at__gte", "placed_until": "placed_at__lt"}


def filtered(orders: QuerySet[Order], query: Mapping[str, Any]) -> QuerySet[Order]:
    """Return the `orders` that a validated `query` asks for."""
    return orders.filter(**{_LOOKUPS[name]: value for name, value in query.items()})
