"""Where something that was sold goes back to (SH-18)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from shops.models import ReturnAddress
from shops.selectors.regions import find_region, lineage


def return_address(
    shop_id: int, *, product_id: str, buyer: Mapping[str, str]
) -> ReturnAddress | None:
    """Return where a buyer sends a product (public id) back, None where the shop has no address.

    The address bound to the product; else the one bound to the smallest division around the buyer,
    who is known by province, city and district; else the default one. One query.
    """
    addresses = list(ReturnAddress.objects.filter(shop_id=shop_id).order_by("pk"))
    names = (buyer.get(name, "") for name in ("province", "city", "district"))
    around = lineage(find_region(*names))
    return (
        _first(one for one in addresses if product_id in one.product_ids)
        or _first(one for code in reversed(around) for one in addresses if code in one.region_codes)
        or _first(one for one in addresses if one.is_default)
    )


def _first(addresses: Iterable[ReturnAddress]) -> ReturnAddress | None:
    return next(iter(addresses), None)
