"""Orders with everything that a page or an answer shows, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Model, Prefetch

from orders.models import Order, OrderLine, Package, PackageLine, Refund
from orders.models.order import OrderQuerySet
from orders.selectors.identity import identity_of


def with_details(orders: OrderQuerySet) -> OrderQuerySet:
    """Return `orders` with group, shop, lines, parcels and refunds loaded.

    Of neighbours only what pages and answers show is read: a product is more than its line needs.
    """
    lines = OrderLine.objects.select_related("sku", "product", "presenter").order_by("position")
    pieces = PackageLine.objects.select_related("line").order_by("pk")
    packages = Package.objects.prefetch_related(
        Prefetch("lines", pieces.only(*_columns(PackageLine), "line__position", "line__title"))
    )
    parts: list[Any] = [
        Prefetch("lines", lines.only(*_columns(OrderLine), *_LINE_NEIGHBOURS)),
        Prefetch("packages", packages.order_by("pk")),
        Prefetch("refunds", Refund.objects.order_by("pk")),
    ]
    shown = orders.select_related("group", "shop", "storefront").prefetch_related(*parts)
    return shown.only(*_columns(Order, "receiver_sealed"), *_ORDER_NEIGHBOURS)


def with_lines(orders: OrderQuerySet) -> OrderQuerySet:
    """Return `orders` with their shop's name, and of their lines what a list shows."""
    lines = OrderLine.objects.order_by("position")
    shown = lines.only("order_id", "position", "title", "quantity", "image_url")
    named = orders.select_related("shop").prefetch_related(Prefetch("lines", shown))
    return named.only(*_columns(Order, "receiver_sealed"), "shop__name")


_LINE_NEIGHBOURS = ("sku__public_id", "product__public_id", "presenter__body")
_ORDER_NEIGHBOURS = ("group__number", "shop__public_id", "shop__name", "storefront__body")


def _columns(model: type[Model], *without: str) -> list[str]:
    return [field.name for field in model._meta.concrete_fields if field.name not in without]


def attach_identity(orders: Sequence[Any], *, at: datetime) -> None:
    """Give each order an attribute `identity`: its block as it was, and its name of today."""
    blocks = identity_of(orders, at=at)
    for order in orders:
        order.identity = blocks[order.pk]
