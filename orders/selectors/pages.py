"""Orders with everything that a page or an answer shows, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Prefetch

from orders.models import OrderLine, Package, Refund
from orders.models.order import OrderQuerySet
from orders.selectors.identity import identity_of


def with_details(orders: OrderQuerySet) -> OrderQuerySet:
    """Return `orders` with group, shop, lines, parcels and refunds loaded."""
    lines = OrderLine.objects.select_related("sku", "product", "presenter").order_by("position")
    packages = Package.objects.prefetch_related("lines__line").order_by("pk")
    parts: list[Any] = [
        Prefetch("lines", lines),
        Prefetch("packages", packages),
        Prefetch("refunds", Refund.objects.order_by("pk")),
    ]
    return orders.select_related("group", "shop", "storefront").prefetch_related(*parts)


def attach_identity(orders: Sequence[Any], *, at: datetime) -> None:
    """Give each order an attribute `identity`: its block as it was, and its name of today."""
    blocks = identity_of(orders, at=at)
    for order in orders:
        order.identity = blocks[order.pk]
