"""A shop's page as buyers see it (SH-20): the blocks with what they show now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from catalog.enums import GridSource, ShelfStatus
from catalog.models import Product, ShopPage, ShopPageVersion

_ORDER = {
    GridSource.NEWEST: ("-listed_at", "-pk"),
    GridSource.BEST_SELLING: ("-sales_count", "-pk"),
}
#: Columns that only the search engine reads.
_UNSEEN = ("search_words", "search_vector", "description")


def live_page(shop_id: int) -> ShopPageVersion | None:
    """Return what buyers see, None before anything was published."""
    rows = ShopPageVersion.objects.filter(shop_id=shop_id)
    return rows.order_by("-number").first()


def shown(blocks: Iterable[Mapping[str, Any]], shop_id: int) -> list[dict[str, Any]]:
    """Return the blocks with their products: those on sale, in order; a grid of none is left out.

    One query for all chosen products, one for each order that a grid asks for.
    """
    kept = list(blocks)
    chosen = {key for one in kept for key in one.get("product_ids", ())}
    chosen |= {one["product_id"] for block in kept for one in block.get("pictures", ())} - {""}
    on_sale = Product.objects.filter(shop_id=shop_id, shelf_status=ShelfStatus.ON).defer(*_UNSEEN)
    by_id = {one.public_id: one for one in on_sale.filter(public_id__in=chosen)} if chosen else {}
    found = []
    for block in kept:
        if block["kind"] == "product_grid":
            products = _products(block, by_id, on_sale)
            if products:
                found.append({**block, "products": products})
        elif block["kind"] == "banner":
            pictures = [_picture(one, by_id) for one in block["pictures"]]
            found.append({**block, "pictures": pictures, "products": []})
        else:
            found.append({**block, "products": []})
    return found


def _products(
    block: Mapping[str, Any], by_id: Mapping[str, Product], on_sale: Any
) -> Sequence[Product]:
    if block["source"] == GridSource.CHOSEN:
        return [by_id[key] for key in block["product_ids"] if key in by_id]
    return list(on_sale.order_by(*_ORDER[GridSource(block["source"])])[: block["count"]])


def _picture(one: Mapping[str, str], by_id: Mapping[str, Product]) -> dict[str, str | None]:
    """A picture leads nowhere once its product is not on sale."""
    leads = one["product_id"] if one["product_id"] in by_id else None
    return {"image_url": one["image_url"], "product_id": leads}


def draft(shop_id: int, *, at: datetime) -> ShopPage:
    """Return the draft of the shop's page, an empty one of now, not saved, before there is any."""
    known = ShopPage.objects.filter(shop_id=shop_id).first()
    return known or ShopPage(shop_id=shop_id, updated_at=at)
