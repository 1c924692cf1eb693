"""Questions about shops that other rooms and the doors ask."""

from shops.selectors.freight import FreightTerms, RegionTerms, freight_terms
from shops.selectors.identity import (
    collecting_shops,
    collection_shop,
    official_account,
    presenters,
    shop_of_account,
    storefronts,
)
from shops.selectors.regions import Region, find_region, regions
from shops.selectors.restrictions import (
    OrderTerms,
    is_restricted,
    order_terms,
    restricted,
    sales_stopped,
    unpaid_for,
)
from shops.selectors.returning import return_address
from shops.selectors.shapes import (
    ApprovalOut,
    PresenterOut,
    ShipsInOut,
    StorefrontOut,
    StorefrontShopOut,
)
from shops.selectors.shipping import (
    AS_PROMISED,
    Closure,
    ShippingTerms,
    ShipsIn,
    closures,
    shipping_terms,
)

__all__ = [
    "AS_PROMISED",
    "ApprovalOut",
    "Closure",
    "FreightTerms",
    "OrderTerms",
    "PresenterOut",
    "Region",
    "RegionTerms",
    "ShippingTerms",
    "ShipsIn",
    "ShipsInOut",
    "StorefrontOut",
    "StorefrontShopOut",
    "closures",
    "collecting_shops",
    "collection_shop",
    "find_region",
    "freight_terms",
    "is_restricted",
    "official_account",
    "order_terms",
    "presenters",
    "regions",
    "restricted",
    "return_address",
    "sales_stopped",
    "shipping_terms",
    "shop_of_account",
    "storefronts",
    "unpaid_for",
]
