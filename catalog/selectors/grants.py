"""Whose brands a shop may carry (SH-02)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Length, Lower, StrIndex

from catalog.enums import PaperStatus
from catalog.models import Brand, BrandGrant
from shops.policies import BrandHold


def in_force(shop_id: int, *, at: datetime) -> QuerySet[BrandGrant]:
    """Return the accepted grants of the shop that hold at `at`."""
    running = Q(ends_at__isnull=True) | Q(ends_at__gt=at)
    return BrandGrant.objects.filter(
        running, shop_id=shop_id, status=PaperStatus.APPROVED, starts_at__lte=at
    )


def granted_brands(shop_id: int, *, at: datetime) -> set[int]:
    """Return the brands (primary keys) that the shop may carry at `at`. One query."""
    return set(in_force(shop_id, at=at).values_list("brand_id", flat=True))


def brand_holds(shop_id: int, at: datetime) -> list[BrandHold]:
    """Return what the shop holds of brands, and what it waits for, as the shops room asks it."""
    running = Q(ends_at__isnull=True) | Q(ends_at__gt=at)
    rows = BrandGrant.objects.filter(
        running,
        shop_id=shop_id,
        status__in=(PaperStatus.PENDING, PaperStatus.APPROVED),
        starts_at__lte=at,
    )
    columns = ("brand__public_id", "kind", "category__public_id", "status")
    return [
        BrandHold(brand, kind, category or "", status == PaperStatus.APPROVED)
        for brand, kind, category, status in rows.order_by("pk").values_list(*columns)
    ]


def brands_in(text: str) -> list[str]:
    """Return the brands whose names stand in `text`, without regard to case; the longest first.

    Names of one character are words of the language.
    """
    place = StrIndex(Lower(Value(text)), Lower("name"))
    rows = Brand.objects.annotate(size=Length("name"), place=place)
    named = rows.filter(size__gte=2, place__gt=0)
    return list(named.order_by("-size", "name").values_list("name", flat=True))
