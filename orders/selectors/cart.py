"""The cart as it stands now (OR-03): live prices, by shop, and what cannot be bought any more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalog.models import Stock
from catalog.policies import PurchaseLimits
from catalog.selectors.offers import BuyableSku, buyable
from orders.models import CartLine
from shops.selectors import storefronts


@dataclass(frozen=True)
class CartEntry:
    """One line. `state` is ``ok``, ``short`` (fewer are left), ``sold_out`` or ``not_for_sale``."""

    sku_id: str
    product_id: str
    title: str
    options: list[str]
    image_url: str
    quantity: int
    state: str
    #: Minor units of `currency`; None when it is not for sale.
    price: int | None
    goods_amount: int | None
    currency: str
    limits: PurchaseLimits
    touch: Mapping[str, Any]


@dataclass(frozen=True)
class CartShop:
    """The lines that can be bought of one shop, under its identity block."""

    storefront: Mapping[str, Any]
    lines: list[CartEntry]


@dataclass(frozen=True)
class Cart:
    """Sections of a cart: shops in the order their first line was put in, then what is invalid."""

    shops: list[CartShop]
    invalid: list[CartEntry]


def cart_of(buyer_id: int, *, at: datetime) -> Cart:
    """Return the buyer's cart with the prices of now, in a fixed number of queries."""
    rows = list(
        CartLine.objects.filter(buyer_id=buyer_id).select_related("sku__product").order_by("pk")
    )
    offers = buyable([row.sku_id for row in rows], at=at)
    left = dict(
        Stock.objects.filter(sku__in=[row.sku_id for row in rows]).values_list("pk", "available")
    )
    valid: dict[int, list[CartEntry]] = {}
    invalid: list[CartEntry] = []
    for row in rows:
        entry = _entry(row, offers.get(row.sku_id), left.get(row.sku_id, 0))
        if entry.state in ("ok", "short"):
            valid.setdefault(row.sku.shop_id, []).append(entry)
        else:
            invalid.append(entry)
    faces = storefronts(list(valid), at=at)
    shops = [CartShop(faces[shop_id], entries) for shop_id, entries in valid.items()]
    return Cart(shops, invalid)


def _entry(row: CartLine, offer: BuyableSku | None, left: int) -> CartEntry:
    product = row.sku.product
    return CartEntry(
        sku_id=row.sku.public_id,
        product_id=product.public_id,
        title=product.title,
        options=row.sku.options,
        image_url=row.sku.image_url or next(iter(product.image_urls), ""),
        quantity=row.quantity,
        state=_state(offer, row.quantity, left),
        price=offer.price if offer else None,
        goods_amount=offer.price * row.quantity if offer else None,
        currency=offer.currency if offer else product.currency,
        limits=PurchaseLimits.of(product),
        touch=row.touch,
    )


def _state(offer: BuyableSku | None, quantity: int, left: int) -> str:
    if offer is None:
        return "not_for_sale"
    if left <= 0:
        return "sold_out"
    return "ok" if left >= quantity else "short"
