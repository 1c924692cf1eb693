"""What sending costs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from shops.models import FreightTemplate


@dataclass(frozen=True)
class FreightTerms:
    """What a shop asks for sending an order. Minor units."""

    flat_amount: int = 0
    #: Goods amount from which sending is free; None for never.
    free_from_amount: int | None = None

    def of(self, goods_amount: int) -> int:
        """Return the freight of one order of `goods_amount`."""
        free_from = self.free_from_amount
        return 0 if free_from is not None and goods_amount >= free_from else self.flat_amount


def freight_terms(shop_ids: Collection[int]) -> dict[int, FreightTerms]:
    """Return the terms of each shop (by primary key), free ones without a template. One query."""
    terms = dict.fromkeys(shop_ids, FreightTerms())
    for row in FreightTemplate.objects.filter(shop_id__in=shop_ids):
        terms[row.shop_id] = FreightTerms(row.flat_amount, row.free_from_amount)
    return terms
