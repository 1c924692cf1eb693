"""Questions about the catalog with named answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from catalog.enums import DisplayState
from catalog.models import PriceVersion
from shops.enums import ShopStatus


@dataclass(frozen=True)
class BuyableSku:
    """What an order line needs to know of a SKU; `price` in minor units of `currency`."""

    sku_id: int
    public_id: str
    shop_id: int
    product_id: int
    category_id: int
    title: str
    #: One value per option name of the product, in order.
    options: list[str]
    image_url: str
    price_version_id: int
    price: int
    currency: str
    product_version: int


def buyable(sku_ids: Iterable[int], *, at: datetime) -> dict[int, BuyableSku]:
    """Return those of `sku_ids` that can be bought now, by primary key. One query.

    Buyable: an active SKU with a price in force, of a product on sale, in an open shop. Stock is
    another question (`catalog.services.stock.lock`). `at` is the moment the caller asks for; which
    price is in force is for the database's clock, so a wrong application clock sells nothing at
    tomorrow's price.
    """
    versions = (
        PriceVersion.objects.filter(
            sku_id__in=set(sku_ids),
            sku__is_active=True,
            sku__product__display_state__in=[DisplayState.ON_SALE, DisplayState.ON_SALE_EDITING],
            sku__product__shop__status=ShopStatus.OPEN,
        )
        .in_force()
        .select_related("sku__product")
    )
    return {version.sku_id: _buyable(version) for version in versions}


def _buyable(version: PriceVersion) -> BuyableSku:
    sku, product = version.sku, version.sku.product
    return BuyableSku(
        sku_id=sku.pk,
        public_id=sku.public_id,
        shop_id=sku.shop_id,
        product_id=product.pk,
        category_id=product.category_id,
        title=product.title,
        options=sku.options,
        image_url=sku.image_url or next(iter(product.image_urls), ""),
        price_version_id=version.pk,
        price=version.price,
        currency=version.currency,
        product_version=product.version,
    )
