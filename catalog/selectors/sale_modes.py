"""How SKUs are sold (CA-15): when what is bought is sent, and until when it can be bought."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from catalog.enums import SaleKind, ShippingTime, ShipsFrom
from catalog.models import SaleMode, Sku
from shops.enums import ShippingSpeed
from shops.selectors import AS_PROMISED, ShipsIn

#: What a shipping time of the catalog promises.
_SHIPS = {
    "": AS_PROMISED,
    ShippingTime.SAME_DAY: ShipsIn(ShippingSpeed.SAME_DAY),
    ShippingTime.NEXT_DAY: ShipsIn(ShippingSpeed.NEXT_DAY),
    ShippingTime.H48: ShipsIn(ShippingSpeed.HOURS_48),
    ShippingTime.D5: ShipsIn(days=5),
    ShippingTime.D15: ShipsIn(days=15),
    ShippingTime.D45: ShipsIn(days=45),
}


@dataclass(frozen=True)
class SaleTerms:
    """How one SKU is sold."""

    kind: str = SaleKind.SPOT
    #: When it is sent; the last `later_pieces` of what is for everybody, as `later` says.
    ships: ShipsIn = AS_PROMISED
    later: ShipsIn = AS_PROMISED
    later_pieces: int = 0
    #: Nobody can order it from then on.
    presale_ends_at: datetime | None = None

    @property
    def of_the_last(self) -> ShipsIn | None:
        """When the last pieces are sent, None where they are as the others."""
        return self.later if self.later_pieces else None

    def is_over(self, at: datetime) -> bool:
        """Tell whether nobody can order it at `at`, because its presale is over."""
        return self.presale_ends_at is not None and self.presale_ends_at <= at

    def is_later(self, pieces: int, left: int) -> bool:
        """Tell whether one of `pieces` of the `left` ones for everybody is one that comes later."""
        return self.later_pieces > 0 and pieces > max(0, left - self.later_pieces)

    def ships_in(self, *, is_later: bool) -> ShipsIn:
        """Return when it is sent: what is there, or what comes later."""
        return self.later if is_later else self.ships


FROM_STOCK = SaleTerms()
OPEN_MODES = SaleMode.objects.filter(ended_at__isnull=True)


def terms_of(skus: Collection[Sku], among: Collection[int] | None = None) -> dict[int, SaleTerms]:
    """Return how each of `skus` is sold, by primary key; `product` is loaded.

    A mode of its own comes before one of its product, and that before the product's shipping time.
    `among` are the products that have modes, all when it is None. One query, none for no product.
    """
    products = {sku.product_id for sku in skus} if among is None else among
    open_ones = OPEN_MODES.filter(product__in=products) if products else ()
    modes = {(one.product_id, one.sku_id): one for one in open_ones}
    return {
        sku.pk: sale_terms(
            modes.get((sku.product_id, sku.pk)) or modes.get((sku.product_id, None)),
            sku.product.shipping_time,
        )
        for sku in skus
    }


def sale_terms(mode: SaleMode | None, shipping_time: str) -> SaleTerms:
    """Return what `mode` says; without one, and where it says nothing, `shipping_time` counts."""
    ships = _SHIPS[(mode.shipping_time if mode else "") or shipping_time]
    if mode is None or mode.kind == SaleKind.SPOT:
        return FROM_STOCK if ships is AS_PROMISED else SaleTerms(ships=ships)
    if mode.kind == SaleKind.STEPPED:
        return SaleTerms(SaleKind.STEPPED, ships, ShipsIn(days=mode.days), mode.later_pieces or 0)
    after = mode.presale_ends_at if mode.ships_from == ShipsFrom.PRESALE_END else None
    return SaleTerms(
        SaleKind.PRESALE,
        ShipsIn(days=mode.days, after=after),
        presale_ends_at=mode.presale_ends_at,
    )


def open_modes(product_ids: Iterable[int]) -> list[SaleMode]:
    """Return what holds now of these products, that of all SKUs first. One query."""
    rows = OPEN_MODES.filter(product_id__in=set(product_ids))
    return sorted(rows.select_related("sku"), key=lambda one: one.sku_id or 0)
