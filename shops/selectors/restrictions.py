"""What shops may not do now, as the rooms that sell, list and promote ask it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, Min, OuterRef, Q

from shops.enums import RestrictionKind
from shops.models import Shop, ShopRestriction


@dataclass(frozen=True)
class OrderTerms:
    """What holds for the orders that a shop takes."""

    #: CA-12: how long one that is not paid holds its pieces.
    unpaid_for: timedelta
    #: SH-16: how many it may take a day; None is no limit.
    orders_a_day: int | None = None


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


def order_terms(shop_ids: Collection[int]) -> dict[int, OrderTerms]:
    """Return shop pk → what holds for its orders, the least limit where several reasons limit it.

    One query.
    """
    limiting = Q(restrictions__kind=RestrictionKind.DAILY_ORDERS, restrictions__until__isnull=True)
    rows = Shop.objects.filter(pk__in=shop_ids).order_by()
    least = rows.annotate(least=Min("restrictions__limit", filter=limiting))
    return {
        pk: OrderTerms(unpaid_for(minutes), limit)
        for pk, minutes, limit in least.values_list("pk", "unpaid_minutes", "least")
    }


def unpaid_for(minutes: int | None) -> timedelta:
    """Return how long an unpaid order holds its pieces: the shop's minutes, or the platform's."""
    return settings.UNPAID_CLOSE_AFTER if minutes is None else timedelta(minutes=minutes)
