"""Questions about the catalog with named answers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from django.db.models import IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from rest_framework import serializers

from catalog.enums import DisplayState, ShelfStatus
from catalog.models import (
    BundlePart,
    Category,
    CategoryRuleSet,
    PriceVersion,
    Product,
    SaleMode,
    Sku,
    Stock,
)
from catalog.policies import (
    DEFAULT_RULES,
    LOW_STOCK,
    AttributeRule,
    LeafRules,
    availability,
)
from catalog.selectors.bundles import parts_now
from catalog.selectors.sale_modes import FROM_STOCK, SaleTerms, open_modes, terms_of
from kernel.actors import Actor
from kernel.api.serializers import Out
from kernel.counting import capped_count
from shops.selectors import storefronts
from shops.selectors.shapes import Storefront


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
    #: When it is sent, and until when it can be ordered (CA-15).
    sale: SaleTerms = FROM_STOCK
    is_over: bool = False

    @property
    def available(self) -> int:
        return self.on_hand - self.held

    @property
    def availability(self) -> str:
        return availability(0 if self.is_over else self.available)


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
    #: How it is sold, where that is not from stock as promised: of all SKUs, then of single ones.
    sale_modes: list[SaleMode]


def skus_of(product_ids: Iterable[int]) -> dict[int, list[SkuView]]:
    """Return the SKUs of each product, oldest first. Four queries for any number of products."""
    rows = Sku.objects.filter(product_id__in=set(product_ids)).order_by("pk")
    skus = list(rows.select_related("stock", "product"))
    prices = {
        version.sku_id: version
        for version in PriceVersion.objects.filter(sku__in=[sku.pk for sku in skus]).in_force()
    }
    found: dict[int, list[SkuView]] = {product_id: [] for product_id in set(product_ids)}
    parts = parts_now([sku.pk for sku in skus])
    sales = terms_of(skus)
    for sku in skus:
        view = _sku_view(sku, prices.get(sku.pk), parts.get(sku.pk, ()), sales[sku.pk])
        found[sku.product_id].append(view)
    return found


def product_page(product: Product, *, at: datetime) -> ProductPage:
    """Return the page of a product on sale: active SKUs that have a price. Eight queries."""
    skus = skus_of([product.pk])[product.pk]
    return ProductPage(
        product=product,
        category_path=category_path(product.category),
        skus=[
            replace(sku, is_over=sku.sale.is_over(at))
            for sku in skus
            if sku.is_active and sku.price is not None
        ],
        storefront=storefronts([product.shop_id], at=at)[product.shop_id],
    )


def shop_product_page(product: Product) -> ShopProductPage:
    """Return the merchant's page; category, brand and draft of `product` are loaded."""
    draft = getattr(product, "draft", None)
    return ShopProductPage(
        product=product,
        skus=skus_of([product.pk])[product.pk],
        waiting_changes=draft.changes if draft else None,
        sale_modes=open_modes([product.pk]),
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


def _sku_view(
    sku: Sku, version: PriceVersion | None, parts: Sequence[BundlePart], sale: SaleTerms
) -> SkuView:
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
        sale=sale,
    )
