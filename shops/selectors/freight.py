"""What sending costs."""

from __future__ import annotations

from collections.abc import Mapping

from shops.models import FreightTemplate


def freight_of(shop_id: int, goods_amount: int) -> int:
    """Return the freight of one order of `goods_amount`, both 分; 0 without a template."""
    return freights({shop_id: goods_amount})[shop_id]


def freights(goods_amounts: Mapping[int, int]) -> dict[int, int]:
    """Return shop pk → freight for shop pk → goods amount, both 分, with one query."""
    templates = {
        template.shop_id: template
        for template in FreightTemplate.objects.filter(shop_id__in=list(goods_amounts))
    }
    return {
        shop_id: _freight(templates.get(shop_id), goods_amount)
        for shop_id, goods_amount in goods_amounts.items()
    }


def _freight(template: FreightTemplate | None, goods_amount: int) -> int:
    if template is None:
        return 0
    free_from = template.free_from_amount
    return 0 if free_from is not None and goods_amount >= free_from else template.flat_amount
