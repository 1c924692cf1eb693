"""What an order line needs to know of a SKU, and whether it can be bought."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef

from catalog.enums import BucketKind, DeductMode, DisplayState
from catalog.models import PriceVersion, StockBucket
from catalog.policies import NO_LIMITS, PurchaseLimits, SoldBy
from catalog.selectors.channels import sold_by
from catalog.selectors.sale_modes import FROM_STOCK, OPEN_MODES, SaleTerms, terms_of
from kernel.asking import Statement, numbers
from shops.enums import ShopStatus
from shops.selectors import sales_stopped


@dataclass(frozen=True)
class OfferedBucket:
    """Pieces set aside for the orders that come by an account (CA-10)."""

    pk: int
    kind: str
    #: Public.
    account_id: str
    ends_at: datetime | None


@dataclass(frozen=True)
class BuyableSku:
    """What an order line needs to know of a SKU; `price` in minor units of `currency`."""

    sku_id: int
    public_id: str
    shop_id: int
    product_id: int
    product_public_id: str
    category_id: int
    title: str
    #: One value per option name of the product, in order.
    options: list[str]
    image_url: str
    price_version_id: int
    price: int
    currency: str
    product_version: int
    limits: PurchaseLimits = NO_LIMITS
    #: CA-19; None is everywhere.
    sold_by: SoldBy | None = None
    #: CA-11: an order holds its pieces; otherwise they are anybody's until it is paid.
    is_held: bool = True
    #: What is set aside of it for accounts (CA-10).
    buckets: tuple[OfferedBucket, ...] = ()
    #: When it is sent, and until when it can be ordered (CA-15).
    sale: SaleTerms = FROM_STOCK

    def bucket_for(self, account_id: str, *, is_live: bool, at: datetime) -> int | None:
        """Return the pk of the bucket for who comes by this account, its live session's first."""
        if not account_id:
            return None
        kinds = (BucketKind.LIVE, BucketKind.CHANNEL) if is_live else (BucketKind.CHANNEL,)
        open_ones = {
            one.kind: one.pk
            for one in self.buckets
            if one.account_id == account_id and (one.ends_at is None or one.ends_at > at)
        }
        return next((open_ones[kind] for kind in kinds if kind in open_ones), None)


_OPEN_BUCKETS = StockBucket.objects.filter(ended_at__isnull=True, account__isnull=False)


def buyable(sku_ids: Iterable[int], *, at: datetime) -> dict[int, BuyableSku]:
    """Return those of `sku_ids` that can be bought now, by primary key.

    One query, and one more for each of these that there is among them: what is not sold everywhere
    (CA-19), pieces set aside (CA-10), a sale mode (CA-15).

    Buyable: an active SKU with a price in force, of a product on sale, in an open shop that may
    sell (SH-08), and no presale that is over. Stock is another question
    (`catalog.services.stock.lock`). `at` is the moment the caller asks for; which
    price is in force is for the database's clock, so a wrong application clock sells nothing at
    tomorrow's price.
    """
    versions = (
        PriceVersion.objects.filter(
            ~sales_stopped("sku__product__shop_id"),
            sku_id__in=set(sku_ids),
            sku__is_active=True,
            sku__product__display_state__in=[DisplayState.ON_SALE, DisplayState.ON_SALE_EDITING],
            sku__product__shop__status=ShopStatus.OPEN,
        )
        .in_force()
        .select_related("sku__product__channel")
        .annotate(
            has_buckets=Exists(_OPEN_BUCKETS.filter(sku=OuterRef("sku"))),
            has_modes=Exists(OPEN_MODES.filter(product=OuterRef("sku__product"))),
        )
    )
    channels = {
        channel.pk: channel
        for version in versions
        if (channel := getattr(version.sku.product, "channel", None))
    }
    alone = sold_by(channels.values())
    buckets = _offered_buckets(
        {one.sku_id for one in versions if one.has_buckets}  # type: ignore[attr-defined]
    )
    sales = terms_of(
        [one.sku for one in versions],
        among={one.sku.product_id for one in versions if one.has_modes},  # type: ignore[attr-defined]
    )
    return {
        version.sku_id: _buyable(
            version, alone, buckets.get(version.sku_id, ()), sales[version.sku_id]
        )
        for version in versions
        if not sales[version.sku_id].is_over(at)
    }


def _offered_buckets(sku_ids: Collection[int]) -> dict[int, tuple[OfferedBucket, ...]]:
    """Return SKU pk → what is set aside of it for accounts. No query for nothing."""
    found: dict[int, tuple[OfferedBucket, ...]] = {}
    if sku_ids:
        rows = _OPEN_BUCKETS.filter(sku__in=sku_ids).order_by("pk")
        for row in rows.annotate(account_name=F("account__public_id")):
            bucket = OfferedBucket(row.pk, row.kind, row.account_name, row.ends_at)
            found[row.sku_id] = (*found.get(row.sku_id, ()), bucket)
    return found


def to_read_prices(sku_ids: Iterable[int]) -> Statement[dict[int, int]]:
    """Return the statement that tells SKU pk → pk of its price in force, by the database's clock.

    A SKU without one is absent.
    """
    return Statement(PRICES_IN_FORCE, [numbers(sku_ids)], dict)


#: One short walk of an index for each SKU.
PRICES_IN_FORCE = """
SELECT asked.sku_id, in_force.id
FROM unnest(%s::bigint[]) AS asked (sku_id)
CROSS JOIN LATERAL (
    SELECT id FROM catalog_priceversion
    WHERE sku_id = asked.sku_id AND effective_from <= statement_timestamp()
    ORDER BY effective_from DESC, id DESC LIMIT 1
) AS in_force
"""


def _buyable(
    version: PriceVersion,
    alone: Mapping[int, SoldBy],
    buckets: tuple[OfferedBucket, ...],
    sale: SaleTerms,
) -> BuyableSku:
    sku, product = version.sku, version.sku.product
    return BuyableSku(
        sku_id=sku.pk,
        public_id=sku.public_id,
        shop_id=sku.shop_id,
        product_id=product.pk,
        product_public_id=product.public_id,
        category_id=product.category_id,
        title=product.title,
        options=sku.options,
        image_url=sku.image_url or next(iter(product.image_urls), ""),
        price_version_id=version.pk,
        price=version.price,
        currency=version.currency,
        product_version=product.version,
        limits=PurchaseLimits.of(product),
        sold_by=alone.get(product.pk),
        is_held=product.deduct_mode == DeductMode.ORDER,
        buckets=buckets,
        sale=sale,
    )
