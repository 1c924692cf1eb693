"""What shops may not do now, as the rooms that sell, list and promote ask it."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, Min, OuterRef

from shops.enums import RestrictionKind
from shops.models import ShopRestriction


def is_restricted(shop_id: int, kind: RestrictionKind) -> bool:
    """Tell whether the shop (by primary key) may not do what `kind` says. One query."""
    return shop_id in restricted([shop_id], kind)


def restricted(shop_ids: Collection[int], kind: RestrictionKind) -> set[int]:
    """Return those of `shop_ids` that may not do what `kind` says. One query."""
    rows = ShopRestriction.objects.filter(shop_id__in=shop_ids, kind=kind, until__isnull=True)
    return set(rows.values_list("shop_id", flat=True))


def sales_stopped(shop_column: str) -> Exists:
    """Return the condition that the shop named by `shop_column` of the outer row sells nothing.

    For a queryset of what buyers see or buy. Nothing of the row itself is changed, so what was on
    the shelf is there again the moment the restriction ends, and nothing else is.
    """
    return Exists(
        ShopRestriction.objects.filter(
            shop_id=OuterRef(shop_column), kind=RestrictionKind.SALES, until__isnull=True
        )
    )


def order_limits(shop_ids: Collection[int]) -> dict[int, int]:
    """Return shop pk → orders it may take a day, the least where several reasons limit it.

    A shop without a limit is absent. One query.
    """
    rows = ShopRestriction.objects.filter(
        shop_id__in=shop_ids, kind=RestrictionKind.DAILY_ORDERS, until__isnull=True
    )
    least = rows.order_by().values_list("shop_id").annotate(least=Min("limit"))
    return dict(least)
