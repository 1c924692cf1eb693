"""Questions about shops that other rooms and the doors ask."""

from shops.selectors.freight import FreightTerms, freight_terms
from shops.selectors.identity import (
    collection_shop,
    official_account,
    presenters,
    shop_of_account,
    storefronts,
)
from shops.selectors.shapes import PresenterOut, StorefrontOut, StorefrontShopOut

__all__ = [
    "FreightTerms",
    "PresenterOut",
    "StorefrontOut",
    "StorefrontShopOut",
    "collection_shop",
    "freight_terms",
    "official_account",
    "presenters",
    "shop_of_account",
    "storefronts",
]
