"""Prices: append-only versions, and the price band of a product that follows from them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from catalog.errors import BadPrice
from catalog.events import PriceChanged
from catalog.models import PriceVersion, Product, Sku
from kernel import audit
from kernel.actors import Actor
from kernel.clock import database_now
from kernel.errors import FieldError
from kernel.events import publish
from kernel.money import MAX_AMOUNT

#: A strike-through price is at most so many times the price (CA-18).
MAX_LIST_PRICE_FACTOR = 10
#: How far back the sweep looks for prices that began meanwhile.
SWEEP_WINDOW = timedelta(days=2)

_REFRESH = """
UPDATE catalog_product AS p SET min_price = band.low, max_price = band.high
FROM (
    SELECT sku.product_id, min(v.price) AS low, max(v.price) AS high
    FROM catalog_sku AS sku
    CROSS JOIN LATERAL (
        SELECT price FROM catalog_priceversion
        WHERE sku_id = sku.id AND effective_from <= statement_timestamp()
        ORDER BY effective_from DESC, id DESC LIMIT 1
    ) AS v
    WHERE sku.product_id = ANY(%s) AND sku.is_active
    GROUP BY sku.product_id
) AS band
WHERE p.id = band.product_id AND (p.min_price, p.max_price) IS DISTINCT FROM (band.low, band.high)
"""


@dataclass(frozen=True)
class NewPrice:
    """A price to be: minor units; `effective_from` None is "from now on", by database time."""

    sku: Sku
    price: int
    list_price: int | None = None
    effective_from: datetime | None = None


@transaction.atomic
def set_price(
    *,
    sku: Sku,
    price: int,
    list_price: int | None = None,
    effective_from: datetime | None = None,
    actor: Actor,
    at: datetime,
) -> PriceVersion:
    """Append a price version and return it; orders placed before keep the version they point at.

    Review is not needed (CA-04). Raises BadPrice for a price outside 1 to `MAX_AMOUNT`, a list
    price below the price or above ten times it, and for a beginning in the past.
    """
    if effective_from is not None and effective_from < at:
        raise _bad("/effective_from", "in_the_past", _("A price cannot begin in the past."))
    new = NewPrice(sku, price, list_price, effective_from)
    before = PriceVersion.objects.filter(sku=sku).in_force().first()
    version = append([new], actor_label=actor.label)[0]
    audit.record(
        actor=actor,
        action="catalog.set_price",
        target=sku,
        at=at,
        before={"price": before.price, "list_price": before.list_price} if before else {},
        after={
            "price": price,
            "list_price": list_price,
            "effective_from": effective_from.isoformat() if effective_from else None,
        },
    )
    return version


@transaction.atomic
def append(new_prices: Sequence[NewPrice], *, actor_label: str) -> list[PriceVersion]:
    """Append a version for each of `new_prices` and bring the products' bands up to date.

    The audit is the caller's: one entry a decision. Raises BadPrice; nothing is appended then.
    """
    for new in new_prices:
        check(new.price, new.list_price)
    product_ids = {new.sku.product_id for new in new_prices}
    _lock_products(product_ids)
    now = database_now()
    versions = PriceVersion.objects.bulk_create(
        [
            PriceVersion(
                shop_id=new.sku.shop_id,
                sku=new.sku,
                price=new.price,
                list_price=new.list_price,
                effective_from=new.effective_from or now,
                actor_label=actor_label[:120],
            )
            for new in new_prices
        ]
    )
    refresh_bands(product_ids)
    publish(
        *(
            PriceChanged(
                sku_id=version.sku_id,
                product_id=new.sku.product_id,
                shop_id=version.shop_id,
                price_version_id=version.pk,
            )
            for new, version in zip(new_prices, versions, strict=True)
        )
    )
    return versions


def check(price: int, list_price: int | None) -> None:
    """Raise BadPrice unless `price` and `list_price` may stand together."""
    if not 1 <= price <= MAX_AMOUNT:
        raise _bad("/price", "out_of_range", _("A price is from 0.01 to 100 million."))
    if list_price is not None and not price <= list_price <= price * MAX_LIST_PRICE_FACTOR:
        detail = _("A list price is at least the price and at most ten times it.")
        raise _bad("/list_price", "out_of_range", detail)


@transaction.atomic
def refresh_bands(product_ids: Collection[int]) -> None:
    """Bring the price bands of the products up to what their active SKUs cost now."""
    with connection.cursor() as cursor:
        cursor.execute(_REFRESH, [list(product_ids)])


@transaction.atomic
def apply_begun(*, limit: int = 1000) -> int:
    """Refresh the bands of products with a scheduled price that began lately; return how many.

    What a buyer pays never waits for this: `buyable` reads the versions. It is for lists.
    """
    begun = (
        PriceVersion.objects.filter(
            effective_from__gt=F("created_at"),
            effective_from__lte=Now(),
            effective_from__gte=Now() - SWEEP_WINDOW,
        )
        .order_by("effective_from")
        .values_list("sku__product_id", flat=True)[:limit]
    )
    product_ids = set(begun)
    _lock_products(product_ids)
    refresh_bands(product_ids)
    return len(product_ids)


def _lock_products(product_ids: Collection[int]) -> None:
    # Two prices of one product at once: the second must compute the band from both.
    rows = Product.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=product_ids)
    list(rows.order_by("pk").values_list("pk", flat=True))


def _bad(pointer: str, code: str, detail: object) -> BadPrice:
    text = str(detail)
    return BadPrice(text, errors=[FieldError(pointer, code, text)])
