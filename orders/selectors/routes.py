"""Parcels with their way, and where returns of what was in them go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Prefetch, QuerySet

from orders.models import Package, PackageEdit, PackageLine, RouteNode


def ways_of(order_id: int, shop_id: int) -> QuerySet[Package]:
    """Return the parcels of an order, first to last, with pieces, nodes and earlier labels loaded.

    Nodes come latest first, as the carrier dates them.
    """
    pieces = PackageLine.objects.select_related("line").order_by("pk")
    nodes = RouteNode.objects.filter(shop_id=shop_id).order_by("-happened_at", "-pk")
    edits = PackageEdit.objects.filter(shop_id=shop_id).order_by("-pk")
    parts: list[Any] = [
        Prefetch("lines", pieces),
        Prefetch("routenodes", nodes),
        Prefetch("packageedits", edits),
    ]
    packages = Package.objects.filter(order_id=order_id, shop_id=shop_id)
    return packages.order_by("pk").prefetch_related(*parts)


def chosen_return_address(line_id: int) -> Mapping[str, str]:
    """Return the address chosen for returns when the line's last such parcel left; else nothing."""
    chosen = Package.objects.filter(lines__line_id=line_id).exclude(goes_back_to={})
    found = chosen.order_by("-pk").values_list("goes_back_to", flat=True).first()
    return found or {}
