"""Prices: append-only versions, and the price band of a product that follows from them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from catalog.enums import SaleKind
from catalog.errors import BadPrice
from catalog.events import PriceChanged
from catalog.models import PriceVersion, Product, Sku
from catalog.policies import DEFAULT_RULES, MAX_LIST_PRICE_FACTOR, LeafRules
from catalog.selectors import rules_of
from catalog.selectors.sale_modes import OPEN_MODES
from kernel import audit
from kernel.actors import Actor
from kernel.clock import database_now
from kernel.errors import FieldError
from kernel.events import publish
from kernel.money import MAX_AMOUNT

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
    price that the rules of the category do not allow (CA-18), and a beginning in the past.
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
    product_ids = {new.sku.product_id for new in new_prices}
    refused = next(filter(None, judge(new_prices, locked_products(product_ids))), None)
    if refused is not None:
        raise refused
    return append_judged(new_prices, actor_label=actor_label)


def append_judged(new_prices: Sequence[NewPrice], *, actor_label: str) -> list[PriceVersion]:
    """Append versions that `judge` has let pass, or that held before; their products are locked."""
    product_ids = {new.sku.product_id for new in new_prices}
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


def check(
    price: int,
    list_price: int | None,
    *,
    lowest: int | None = None,
    factor: int = MAX_LIST_PRICE_FACTOR,
) -> None:
    """Raise BadPrice unless `price` and `list_price` may stand together (CA-18).

    A list price is above the price, and at most `factor` times the `lowest` price of a SKU of the
    product: of `price`, where no other is known.
    """
    if not 1 <= price <= MAX_AMOUNT:
        raise _bad("/price", "out_of_range", _("A price is from 0.01 to 100 million."))
    floor = price if lowest is None else min(price, lowest)
    if list_price is not None and not price < list_price <= floor * factor:
        detail = _("A list price is above the price, at most %(most)s times the lowest of a SKU.")
        raise _bad("/list_price", "out_of_range", detail % {"most": factor})


def judge(new_prices: Sequence[NewPrice], products: Mapping[int, Product]) -> list[BadPrice | None]:
    """Return why each of `new_prices` may not be, None where it may; as they stand together.

    `products` are theirs by primary key, with category, lowest price and evidence (CA-18).
    """
    with_list_price = [new for new in new_prices if new.list_price is not None]
    rules = rules_of({products[new.sku.product_id].category_id for new in with_list_price})
    lowest = {pk: product.min_price for pk, product in products.items()}
    for new in new_prices:
        known = lowest[new.sku.product_id]
        lowest[new.sku.product_id] = new.price if known is None else min(known, new.price)
    presold = _presold(
        {new.sku.product_id for new in new_prices if new.price < settings.PRESALE_LEAST_PRICE}
    )
    return [
        _refusal(new, products[new.sku.product_id], rules, lowest, presold) for new in new_prices
    ]


def _presold(product_ids: Collection[int]) -> set[int]:
    """Return those of products that are sold before they are there (CA-15); mostly no query."""
    if not product_ids:
        return set()
    presales = OPEN_MODES.filter(product__in=product_ids, kind=SaleKind.PRESALE)
    return set(presales.values_list("product_id", flat=True))


def _refusal(
    new: NewPrice,
    product: Product,
    rules: Mapping[int, LeafRules],
    lowest: Mapping[int, int | None],
    presold: Collection[int],
) -> BadPrice | None:
    if product.pk in presold and new.price < settings.PRESALE_LEAST_PRICE:
        return _bad("/price", "too_low_for_presale", _("The price is too low for a presale."))
    leaf = rules.get(product.category_id, DEFAULT_RULES)
    factor = leaf.max_list_price_factor
    try:
        check(new.price, new.list_price, lowest=lowest[product.pk], factor=factor)
    except BadPrice as refusal:
        return refusal
    if leaf.needs_list_price_evidence and new.list_price is not None and not product.price_evidence:
        detail = _("In this category a list price needs evidence.")
        return _bad("/list_price", "evidence_required", detail)
    return None


def locked_products(product_ids: Collection[int]) -> dict[int, Product]:
    """Lock products and return them by key, with what `judge` asks: before their SKUs' counters.

    Two prices of one product at once: the second must compute the band from both.
    """
    rows = Product.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=product_ids)
    needed = rows.only("category_id", "min_price", "price_evidence").order_by("pk")
    return {product.pk: product for product in needed}


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
    locked_products(product_ids)
    refresh_bands(product_ids)
    return len(product_ids)


def _bad(pointer: str, code: str, detail: object) -> BadPrice:
    text = str(detail)
    return BadPrice(text, errors=[FieldError(pointer, code, text)])
