"""Shapes of the catalog that buyers see."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.api.outputs import AVAILABILITY, BrandNameOut, CategoryNameOut, ProductAttributeOut
from catalog.enums import SaleKind
from catalog.models import Product
from catalog.selectors import PurchaseLimitsOut
from kernel.api.serializers import Money, Out
from shops.selectors import ShipsInOut, StorefrontOut, storefronts


class _Cards(serializers.ListSerializer):
    """Fetches the identity blocks of a page at once."""

    def to_representation(self, data: Any) -> Any:
        rows = list(data)
        at = self.context["request"].at
        blocks = storefronts({row.shop_id for row in rows}, at=at)
        self._context = {**self.context, "storefronts": blocks}
        return super().to_representation(rows)


class ProductShownOut(Out):
    """A product in a list of one shop."""

    id = serializers.CharField(source="public_id")
    title = serializers.CharField()
    brief = serializers.CharField()
    image_url = serializers.SerializerMethodField()
    min_price = Money()
    max_price = Money()
    sales_count = serializers.IntegerField()

    def get_image_url(self, product: Product) -> str:
        return next(iter(product.image_urls), "")


class ProductCardOut(ProductShownOut):
    """A product in a list, with who sells it."""

    storefront = serializers.SerializerMethodField()

    class Meta:
        list_serializer_class = _Cards

    @extend_schema_field(StorefrontOut)
    def get_storefront(self, product: Product) -> Any:
        return StorefrontOut(self.context["storefronts"][product.shop_id]).data


class StorefrontCardOut(Out):
    """An account and its shop as one, with what it sells most."""

    storefront = StorefrontOut()
    products = ProductShownOut(many=True)


class SkuPartOut(Out):
    """Pieces of another SKU in each bundle."""

    title = serializers.CharField(source="part.product.title")
    options = serializers.ListField(source="part.options", child=serializers.CharField())
    quantity = serializers.IntegerField()


class PublicSkuOut(Out):
    """A variant as a buyer sees it."""

    id = serializers.CharField(source="public_id")
    options = serializers.ListField(child=serializers.CharField())
    image_url = serializers.CharField()
    price = Money()
    list_price = Money(allow_null=True)
    availability = serializers.ChoiceField(choices=AVAILABILITY)
    parts = SkuPartOut(many=True, help_text="What a bundle is put together from.")
    sale_kind = serializers.ChoiceField(source="sale.kind", choices=SaleKind.choices)
    ships = ShipsInOut(source="sale.ships")
    later_ships = ShipsInOut(
        source="sale.of_the_last", allow_null=True, help_text="Of the last pieces, sold in steps."
    )
    presale_ends_at = serializers.DateTimeField(source="sale.presale_ends_at", allow_null=True)


class ProductPageOut(Out):
    """A product on sale, with who sells it."""

    id = serializers.CharField(source="product.public_id")
    title = serializers.CharField(source="product.title")
    brief = serializers.CharField(source="product.brief")
    description = serializers.CharField(source="product.description")
    unit = serializers.CharField(source="product.unit")
    brand = BrandNameOut(source="product.brand", allow_null=True)
    category_path = CategoryNameOut(many=True)
    attributes = ProductAttributeOut(source="product.attributes", many=True)
    image_urls = serializers.ListField(source="product.image_urls", child=serializers.CharField())
    detail_image_urls = serializers.ListField(
        source="product.detail_image_urls", child=serializers.CharField()
    )
    shipping_time = serializers.CharField(source="product.shipping_time")
    option_names = serializers.ListField(
        source="product.option_names", child=serializers.CharField()
    )
    purchase_limits = PurchaseLimitsOut(source="product")
    skus = PublicSkuOut(many=True)
    sales_count = serializers.IntegerField(source="product.sales_count")
    storefront = StorefrontOut()
