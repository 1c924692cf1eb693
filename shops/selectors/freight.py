"""What sending costs, and where it goes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from shops.models import FreightRule, FreightTemplate
from shops.selectors.regions import lineage


@dataclass(frozen=True)
class RegionTerms:
    """What sending to some regions costs. Minor units and pieces."""

    codes: frozenset[str]
    is_delivered: bool = True
    first_pieces: int = 1
    first_amount: int = 0
    further_pieces: int = 1
    further_amount: int = 0
    #: From this goods amount, or this many pieces on, sending is free; None for never.
    free_from_amount: int | None = None
    free_from_pieces: int | None = None

    def of(self, goods_amount: int, pieces: int) -> int | None:
        """Return the freight of one order, None where nothing is sent."""
        if not self.is_delivered:
            return None
        if self.free_from_amount is not None and goods_amount >= self.free_from_amount:
            return 0
        if self.free_from_pieces is not None and pieces >= self.free_from_pieces:
            return 0
        further = max(pieces - self.first_pieces, 0)
        return self.first_amount + -(-further // self.further_pieces) * self.further_amount


@dataclass(frozen=True)
class FreightTerms:
    """What a shop asks for sending an order. Minor units."""

    flat_amount: int = 0
    #: Goods amount from which sending is free; None for never.
    free_from_amount: int | None = None
    #: Regions with terms of their own; elsewhere the flat amount holds.
    rules: tuple[RegionTerms, ...] = ()

    def of(self, goods_amount: int, pieces: int = 1, region: str = "") -> int | None:
        """Return the freight of one order to `region`, None where the shop does not send.

        `region` is a code of `find_region`; the rule of the smallest division around it holds,
        and without one (or without a region) the flat amount.
        """
        for code in reversed(lineage(region) if region and self.rules else ()):
            for rule in self.rules:
                if code in rule.codes:
                    return rule.of(goods_amount, pieces)
        free_from = self.free_from_amount
        return 0 if free_from is not None and goods_amount >= free_from else self.flat_amount


def freight_terms(shop_ids: Collection[int]) -> dict[int, FreightTerms]:
    """Return the terms of each shop (by primary key), free ones without a template. Two queries."""
    rules: dict[int, list[RegionTerms]] = defaultdict(list)
    for one in FreightRule.objects.filter(shop_id__in=shop_ids).order_by("pk"):
        rules[one.shop_id].append(
            RegionTerms(
                codes=frozenset(one.region_codes),
                is_delivered=one.is_delivered,
                first_pieces=one.first_pieces,
                first_amount=one.first_amount,
                further_pieces=one.further_pieces,
                further_amount=one.further_amount,
                free_from_amount=one.free_from_amount,
                free_from_pieces=one.free_from_pieces,
            )
        )
    terms = dict.fromkeys(shop_ids, FreightTerms())
    for row in FreightTemplate.objects.filter(shop_id__in=shop_ids):
        own = tuple(rules[row.shop_id])
        terms[row.shop_id] = FreightTerms(row.flat_amount, row.free_from_amount, own)
    return terms
