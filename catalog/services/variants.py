"""SKUs: their rules and how they come in, with price and first count (CA-09)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.enums import MovementKind
from catalog.errors import DuplicateCode, InvalidProduct
from catalog.models import Product, Sku
from catalog.policies import MAX_SKUS, is_plain_text, is_web_address
from catalog.services import prices, stock
from kernel.actors import Actor
from kernel.errors import FieldError

_OPTIONS = _("Each SKU has its own values, one for each option of the product.")
_CODE = _("A merchant code has 1 to 64 characters.")
_PICTURE = _("A picture is an http address.")


@dataclass(frozen=True)
class SkuSpec:
    """A variant to be: amounts in minor units, `stock` in pieces."""

    merchant_code: str
    price: int
    list_price: int | None = None
    stock: int = 0
    options: Sequence[str] = field(default_factory=tuple)
    image_url: str = ""


def check_skus(
    option_names: Sequence[str],
    specs: Sequence[SkuSpec],
    *,
    standing: Sequence[tuple[str, ...]] = (),
) -> None:
    """Raise InvalidProduct or BadPrice unless `specs` may stand beside the `standing` options."""
    if not specs or len(specs) + len(standing) > MAX_SKUS:
        detail = _("A product has 1 to %(most)s SKUs.") % {"most": MAX_SKUS}
        raise InvalidProduct(detail, errors=[FieldError("/skus", "bad_count", detail)])
    taken = set(standing)
    faults = []
    for place, spec in enumerate(specs):
        prices.check(spec.price, spec.list_price)
        options = tuple(spec.options)
        is_bad = len(options) != len(option_names) or options in taken
        if is_bad or not all(is_plain_text(value, 1, 60) for value in options):
            faults.append(_fault(place, "options", "bad_options", _OPTIONS))
        if not is_plain_text(spec.merchant_code, 1, 64):
            faults.append(_fault(place, "merchant_code", "bad_text", _CODE))
        if spec.image_url and not is_web_address(spec.image_url):
            faults.append(_fault(place, "image_url", "bad_address", _PICTURE))
        taken.add(options)
    if faults:
        raise InvalidProduct(str(faults[0].detail), errors=faults)


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


def _fault(place: int, name: str, code: str, detail: str | Promise) -> FieldError:
    return FieldError(f"/skus/{place}/{name}", code, detail)
