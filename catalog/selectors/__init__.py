"""Questions about the catalog with named answers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from rest_framework import serializers

from catalog.enums import BucketKind, DeductMode, DisplayState, ShelfStatus
from catalog.models import (
    BundlePart,
    Category,
    CategoryRuleSet,
    PriceVersion,
    Product,
    Sku,
    Stock,
    StockBucket,
)
from catalog.policies import (
    DEFAULT_RULES,
    LOW_STOCK,
    NO_LIMITS,
    AttributeRule,
    LeafRules,
    PurchaseLimits,
    SoldBy,
    availability,
)
from catalog.selectors.bundles import parts_now
from catalog.selectors.channels import sold_by
from kernel.actors import Actor
from kernel.api.serializers import Out
from kernel.asking import Statement, numbers
from kernel.counting import capped_count
from shops.enums import ShopStatus
from shops.selectors import sales_stopped, storefronts
from shops.selectors.shapes import Storefront


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

    One query, two where one of them is not sold everywhere (CA-19), and one more where pieces of
    one are set aside (CA-10).

    Buyable: an active SKU with a price in force, of a product on sale, in an open shop that may
    sell (SH-08). Stock is
    another question (`catalog.services.stock.lock`). `at` is the moment the caller asks for; which
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
        .annotate(has_buckets=Exists(_OPEN_BUCKETS.filter(sku=OuterRef("sku"))))
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
    return {
        version.sku_id: _buyable(version, alone, buckets.get(version.sku_id, ()))
        for version in versions
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
    version: PriceVersion, alone: Mapping[int, SoldBy], buckets: tuple[OfferedBucket, ...]
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
    )


@dataclass(frozen=True)
class SkuView:
    """A SKU with its price in force and its counters; amounts in minor units of `currency`."""

    pk: int
    public_id: str
    merchant_code: str
    supplier_code: str
    options: list[str]
    image_url: str
    is_active: bool
    price: int | None
    list_price: int | None
    currency: str
    on_hand: int
    held: int
    #: What a bundle is put together from now (CA-09).
    parts: Sequence[BundlePart] = ()

    @property
    def available(self) -> int:
        return self.on_hand - self.held

    @property
    def availability(self) -> str:
        return availability(self.available)


@dataclass(frozen=True)
class ProductPage:
    """What a buyer sees of one product, with the identity block of its shop."""

    product: Product
    category_path: list[Category]
    skus: list[SkuView]
    storefront: Storefront


@dataclass(frozen=True)
class ShopProductPage:
    """What a merchant sees of one product."""

    product: Product
    skus: list[SkuView]
    #: The fields that wait for review, or None.
    waiting_changes: dict[str, Any] | None


def skus_of(product_ids: Iterable[int]) -> dict[int, list[SkuView]]:
    """Return the SKUs of each product, oldest first. Three queries for any number of products."""
    skus = list(
        Sku.objects.filter(product_id__in=set(product_ids)).select_related("stock").order_by("pk")
    )
    prices = {
        version.sku_id: version
        for version in PriceVersion.objects.filter(sku__in=[sku.pk for sku in skus]).in_force()
    }
    found: dict[int, list[SkuView]] = {product_id: [] for product_id in set(product_ids)}
    parts = parts_now([sku.pk for sku in skus])
    for sku in skus:
        view = _sku_view(sku, prices.get(sku.pk), parts.get(sku.pk, ()))
        found[sku.product_id].append(view)
    return found


def product_page(product: Product, *, at: datetime) -> ProductPage:
    """Return the page of a product on sale: active SKUs that have a price. Seven queries."""
    skus = skus_of([product.pk])[product.pk]
    return ProductPage(
        product=product,
        category_path=category_path(product.category),
        skus=[sku for sku in skus if sku.is_active and sku.price is not None],
        storefront=storefronts([product.shop_id], at=at)[product.shop_id],
    )


def shop_product_page(product: Product) -> ShopProductPage:
    """Return the merchant's page; category, brand and draft of `product` are loaded."""
    draft = getattr(product, "draft", None)
    return ShopProductPage(
        product=product,
        skus=skus_of([product.pk])[product.pk],
        waiting_changes=draft.changes if draft else None,
    )


def with_available(products: QuerySet[Product]) -> QuerySet[Product]:
    """Add to each product the pieces that can be sold of it, as `available`."""
    counters = Stock.objects.filter(sku__product=OuterRef("pk"), sku__is_active=True)
    total = counters.order_by().values("sku__product").annotate(total=Sum("available"))
    return products.annotate(
        available=Coalesce(Subquery(total.values("total"), output_field=IntegerField()), 0)
    )


def category_rules(category: Category) -> LeafRules:
    """Return what products of `category` must obey (CA-01). One query."""
    return rules_of([category.pk])[category.pk]


def rules_of(category_ids: Collection[int]) -> dict[int, LeafRules]:
    """Return the rules in force of each category: its latest version, or the defaults. One query,
    none for no category.
    """
    found = {}
    if category_ids:
        rows = CategoryRuleSet.objects.filter(category_id__in=category_ids)
        latest = rows.order_by("category_id", "-version").distinct("category_id")
        found = {row.category_id: _leaf_rules(row) for row in latest}
    return {pk: found.get(pk, DEFAULT_RULES) for pk in category_ids}


def _leaf_rules(row: CategoryRuleSet) -> LeafRules:
    values = {one.name: getattr(row, one.name) for one in fields(LeafRules)}
    attributes = (
        AttributeRule(**{**one, "choices": tuple(one["choices"])}) for one in row.attributes
    )
    return LeafRules(
        **values | {"attributes": tuple(attributes), "shipping_times": tuple(row.shipping_times)}
    )


def categories_in_tree_order() -> list[Category]:
    """Return all categories, each after its parent, siblings by name. One query."""
    children: dict[int | None, list[Category]] = {}
    for node in Category.objects.select_related("parent").order_by("name", "pk"):
        children.setdefault(node.parent_id, []).append(node)
    ordered: list[Category] = []

    def walk(parent_id: int | None) -> None:
        for node in children.get(parent_id, []):
            ordered.append(node)
            walk(node.pk)

    walk(None)
    return ordered


def category_titles() -> list[tuple[Category, str]]:
    """Return all categories in tree order with their whole path as text. One query."""
    titles: dict[int | None, str] = {}
    named = []
    for node in categories_in_tree_order():
        above = titles.get(node.parent_id)
        titles[node.pk] = f"{above} / {node.name}" if above else node.name
        named.append((node, titles[node.pk]))
    return named


def category_path(category: Category) -> list[Category]:
    """Return the categories from the root down to `category`. One query."""
    ids = [int(pk) for pk in category.path.strip("/").split("/")]
    nodes = Category.objects.in_bulk(ids)
    return [nodes[pk] for pk in ids if pk in nodes]


@dataclass(frozen=True)
class ShopTodo:
    """What of the catalog waits for its merchant."""

    rejected: int
    low: int
    sold_out: int


def shop_todo(actor: Actor) -> ShopTodo:
    """Count what waits for the shop of `actor`, as far as `kernel.counting` goes. Three queries.

    Only what sells counts as short.
    """
    products = Product.objects.visible_to(actor)
    counters = Stock.objects.visible_to(actor).filter(
        sku__is_active=True, sku__product__shelf_status=ShelfStatus.ON
    )
    return ShopTodo(
        rejected=capped_count(products.filter(display_state=DisplayState.REJECTED)),
        low=capped_count(counters.filter(available__gte=1, available__lt=LOW_STOCK)),
        sold_out=capped_count(counters.filter(available__lt=1)),
    )


class PurchaseLimitsOut(Out):
    """How many pieces of all its SKUs together a buyer may take; null is no limit."""

    min_per_order = serializers.IntegerField()
    max_per_order = serializers.IntegerField(allow_null=True)
    max_per_buyer = serializers.IntegerField(allow_null=True)


def _sku_view(sku: Sku, version: PriceVersion | None, parts: Sequence[BundlePart]) -> SkuView:
    counters = getattr(sku, "stock", None)
    return SkuView(
        pk=sku.pk,
        public_id=sku.public_id,
        merchant_code=sku.merchant_code,
        supplier_code=sku.supplier_code,
        options=sku.options,
        image_url=sku.image_url,
        is_active=sku.is_active,
        price=version.price if version else None,
        list_price=version.list_price if version else None,
        currency=version.currency if version else "CNY",
        on_hand=counters.on_hand if counters else 0,
        held=counters.held if counters else 0,
        parts=parts,
    )
