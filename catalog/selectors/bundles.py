"""What bundles are put together from (CA-09)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from catalog.models import BundlePart


def parts_now(sku_ids: Collection[int]) -> Mapping[int, list[BundlePart]]:
    """Return the parts of each SKU that is a bundle now, by its primary key. One query."""
    rows = BundlePart.objects.filter(bundle__in=sku_ids, ends_at__isnull=True)
    found: dict[int, list[BundlePart]] = {}
    for row in rows.select_related("part__product").order_by("pk"):
        found.setdefault(row.bundle_id, []).append(row)
    return found


def parts_of(
    asked: Collection[tuple[int, datetime]],
) -> Mapping[tuple[int, datetime], list[BundlePart]]:
    """Return what each (SKU pk, moment) was put together from then; absent for what is no bundle.

    One query for any number.
    """
    rows = (
        BundlePart.objects.filter(bundle__in={sku_id for sku_id, _at in asked})
        .select_related("part__product")
        .order_by("pk")
    )
    found: dict[tuple[int, datetime], list[BundlePart]] = {}
    for row in rows if asked else ():
        for sku_id, at in set(asked):
            if row.bundle_id == sku_id and row.holds(at):
                found.setdefault((sku_id, at), []).append(row)
    return found
