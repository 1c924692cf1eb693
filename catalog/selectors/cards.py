"""One card for an account and its shop, as search shows it (BI-18)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from catalog.models import Product
from catalog.selectors.channels import sold_through
from shops.selectors import storefronts
from shops.selectors.shapes import Storefront

#: Products of a card, the ones sold most.
SHOWN = 4
#: Columns that only the search engine reads.
_UNSEEN = ("search_words", "search_vector", "description")


@dataclass(frozen=True)
class StorefrontCard:
    """An identity, account and shop in one, with what it sells most."""

    storefront: Storefront
    products: Sequence[Product]


def storefront_cards(shop_ids: Sequence[int], *, at: datetime) -> list[StorefrontCard]:
    """Return the card of each shop, in their order. Four queries, none for no shop."""
    if not shop_ids:
        return []
    best: dict[int, list[Product]] = defaultdict(list)
    on_sale = Product.objects.on_sale().filter(sold_through("")).defer(*_UNSEEN)
    several = [
        on_sale.filter(shop_id=pk).order_by("-sales_count", "-id")[:SHOWN] for pk in shop_ids
    ]
    for product in several[0].union(*several[1:], all=True) if several[1:] else several[0]:
        best[product.shop_id].append(product)
    blocks = storefronts(shop_ids, at=at)
    return [
        StorefrontCard(
            blocks[pk], sorted(best[pk], key=lambda one: (one.sales_count, one.pk), reverse=True)
        )
        for pk in shop_ids
    ]
