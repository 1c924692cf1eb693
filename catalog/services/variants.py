"""SKUs: how they come in, with price and first count (CA-09)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction

from catalog.enums import MovementKind
from catalog.errors import DuplicateCode
from catalog.models import Product, Sku
from catalog.services import prices, stock
from kernel.actors import Actor


@dataclass(frozen=True)
class SkuSpec:
    """A variant to be: amounts in minor units, `stock` in pieces."""

    merchant_code: str
    price: int
    list_price: int | None = None
    stock: int = 0
    options: Sequence[str] = field(default_factory=tuple)
    image_url: str = ""


def add_skus(pairs: Sequence[tuple[Product, SkuSpec]], *, actor: Actor, at: datetime) -> list[Sku]:
    """Write checked SKUs of several products with prices and first counts, as a set.

    Raises DuplicateCode when a merchant code is taken in the shop.
    """
    if not pairs:
        return []
    skus = [
        Sku(
            shop_id=product.shop_id,
            product=product,
            merchant_code=spec.merchant_code,
            options=list(spec.options),
            image_url=spec.image_url,
        )
        for product, spec in pairs
    ]
    try:
        with transaction.atomic():
            Sku.objects.bulk_create(skus)
    except IntegrityError:
        raise DuplicateCode from None
    stock.open_counters(skus)
    with_specs = list(zip(skus, (spec for _product, spec in pairs), strict=True))
    stock.apply(
        [
            stock.Move(
                sku.pk,
                sku.shop_id,
                MovementKind.INITIAL,
                spec.stock,
                f"initial:{sku.public_id}",
                actor.label,
            )
            for sku, spec in with_specs
            if spec.stock
        ],
        at,
    )
    prices.append(
        [prices.NewPrice(sku, spec.price, spec.list_price) for sku, spec in with_specs],
        actor_label=actor.label,
    )
    return skus
