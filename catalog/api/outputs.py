"""Shapes that the catalog's API gives."""

from __future__ import annotations

from django.utils.translation import gettext
from rest_framework import serializers

from catalog.enums import (
    ApiStatus,
    AttributeKind,
    DeductMode,
    DisplayState,
    DraftStatus,
    ImportFormat,
    ImportStatus,
    MovementKind,
    ReviewStatus,
    SaleKind,
    ShelfStatus,
    ShippingTime,
    ShipsFrom,
)
from catalog.models import ImportRowError
from catalog.selectors import PurchaseLimitsOut
from kernel.api.serializers import Money, Out

AVAILABILITY = ("in_stock", "low_stock", "out_of_stock")

#: What the reader of the OpenAPI document is told (CA-21).
STATUS_TOLD = (
    "DELETED, PLATFORM_DEACTIVATED (banned), FREEZE (its shop may not sell), ACTIVATE (on sale),"
    " PENDING (in review), FAILED (rejected), SELLER_DEACTIVATED (off the shelf), else DRAFT."
)


class CategoryOut(Out):
    """A node of the tree; nodes come in tree order, each after its parent."""

    id = serializers.CharField(source="public_id")
    parent_id = serializers.CharField(source="parent.public_id", allow_null=True, default=None)
    name = serializers.CharField()
    name_en = serializers.CharField()
    level = serializers.IntegerField()
    is_leaf = serializers.BooleanField()


class CategoryNameOut(Out):
    """A category by its name."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    name_en = serializers.CharField()


class CategoryAttributeOut(Out):
    """What a product of the category may or must say.

    Several values stand in one text, separated by ``、``. Without choices, or with
    `allows_custom`, other values may be said.
    """

    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=AttributeKind.choices)
    is_required = serializers.BooleanField()
    is_multiple = serializers.BooleanField()
    allows_custom = serializers.BooleanField()
    unit = serializers.CharField()
    choices = serializers.ListField(child=serializers.CharField())


class CategoryRulesOut(Out):
    """All rules of a category in one answer (CA-01); `version` 0 are the defaults.

    Widths are half-width units: a Chinese character counts 2.
    """

    category = CategoryNameOut()
    is_leaf = serializers.BooleanField(source="category.is_leaf")
    version = serializers.IntegerField(source="rules.version")
    attributes = CategoryAttributeOut(source="rules.attributes", many=True)
    max_option_names = serializers.IntegerField(source="rules.max_option_names")
    max_option_values = serializers.IntegerField(source="rules.max_option_values")
    max_skus = serializers.IntegerField(source="rules.max_skus")
    min_title_width = serializers.IntegerField(source="rules.min_title_width")
    max_title_width = serializers.IntegerField(source="rules.max_title_width")
    min_main_images = serializers.IntegerField(source="rules.min_main_images")
    max_main_images = serializers.IntegerField(source="rules.max_main_images")
    max_images = serializers.IntegerField(source="rules.max_images")
    max_list_price_factor = serializers.IntegerField(source="rules.max_list_price_factor")
    needs_list_price_evidence = serializers.BooleanField(source="rules.needs_list_price_evidence")
    needs_spu = serializers.BooleanField(source="rules.needs_spu")
    shipping_times = serializers.ListField(
        source="rules.shipping_times", child=serializers.ChoiceField(choices=ShippingTime.choices)
    )


class BrandOut(Out):
    """A brand."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    description = serializers.CharField()


class BrandNameOut(Out):
    """A brand by its name."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField()


class SpuNameOut(Out):
    """A standard product by its name."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField()


class ProductAttributeOut(Out):
    """One thing a product says of itself."""

    name = serializers.CharField()
    value = serializers.CharField()


class ShopProductOut(Out):
    """A product in its merchant's list."""

    id = serializers.CharField(source="public_id")
    title = serializers.CharField()
    merchant_code = serializers.CharField()
    display_state = serializers.ChoiceField(choices=DisplayState.choices)
    status = serializers.ChoiceField(choices=ApiStatus.choices, help_text=STATUS_TOLD)
    min_price = Money(allow_null=True)
    max_price = Money(allow_null=True)
    available = serializers.IntegerField()
    sales_count = serializers.IntegerField()
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class ShopSkuOut(Out):
    """A variant as its merchant sees it."""

    id = serializers.CharField(source="public_id")
    merchant_code = serializers.CharField()
    supplier_code = serializers.CharField()
    options = serializers.ListField(child=serializers.CharField())
    image_url = serializers.CharField()
    is_active = serializers.BooleanField()
    price = Money(allow_null=True)
    list_price = Money(allow_null=True)
    on_hand = serializers.IntegerField()
    held = serializers.IntegerField()
    available = serializers.IntegerField()


class SaleModeOut(Out):
    """How a product is sold, or one SKU of it."""

    sku_id = serializers.CharField(source="sku.public_id", allow_null=True, default=None)
    kind = serializers.ChoiceField(choices=SaleKind.choices)
    shipping_time = serializers.ChoiceField(choices=ShippingTime.choices, allow_blank=True)
    days = serializers.IntegerField(allow_null=True)
    ships_from = serializers.ChoiceField(choices=ShipsFrom.choices, allow_blank=True)
    presale_ends_at = serializers.DateTimeField(allow_null=True)
    later_pieces = serializers.IntegerField(allow_null=True)
    starts_at = serializers.DateTimeField()


class ShopProductPageOut(Out):
    """A product as its merchant sees it: live content, what waits, the three axes and the SKUs."""

    id = serializers.CharField(source="product.public_id")
    title = serializers.CharField(source="product.title")
    brief = serializers.CharField(source="product.brief")
    description = serializers.CharField(source="product.description")
    unit = serializers.CharField(source="product.unit")
    brand = BrandNameOut(source="product.brand", allow_null=True)
    category = CategoryNameOut(source="product.category")
    spu = SpuNameOut(source="product.spu", allow_null=True)
    attributes = ProductAttributeOut(source="product.attributes", many=True)
    image_urls = serializers.ListField(source="product.image_urls", child=serializers.CharField())
    detail_image_urls = serializers.ListField(
        source="product.detail_image_urls", child=serializers.CharField()
    )
    shipping_time = serializers.CharField(source="product.shipping_time")
    price_evidence = serializers.CharField(source="product.price_evidence")
    price_evidence_url = serializers.CharField(source="product.price_evidence_url")
    option_names = serializers.ListField(
        source="product.option_names", child=serializers.CharField()
    )
    merchant_code = serializers.CharField(source="product.merchant_code")
    shelf_status = serializers.ChoiceField(
        source="product.shelf_status", choices=ShelfStatus.choices
    )
    review_status = serializers.ChoiceField(
        source="product.review_status", choices=ReviewStatus.choices
    )
    draft_status = serializers.ChoiceField(
        source="product.draft_status", choices=DraftStatus.choices
    )
    display_state = serializers.ChoiceField(
        source="product.display_state", choices=DisplayState.choices
    )
    status = serializers.ChoiceField(
        source="product.status", choices=ApiStatus.choices, help_text=STATUS_TOLD
    )
    purchase_limits = PurchaseLimitsOut(source="product")
    deduct_mode = serializers.ChoiceField(source="product.deduct_mode", choices=DeductMode.choices)
    sale_modes = SaleModeOut(many=True, help_text="Where it is not from stock as promised.")
    version = serializers.IntegerField(source="product.version")
    #: The fields that wait for review and their new values.
    waiting_changes = serializers.DictField(allow_null=True)
    skus = ShopSkuOut(many=True)


class PriceVersionOut(Out):
    """A price from a moment on."""

    price = Money()
    list_price = Money(allow_null=True)
    effective_from = serializers.DateTimeField()
    set_by = serializers.CharField(source="actor_label")


class StockOut(Out):
    """The counters of a SKU."""

    sku_id = serializers.CharField(source="sku.public_id")
    merchant_code = serializers.CharField(source="sku.merchant_code")
    product_title = serializers.CharField(source="sku.product.title")
    options = serializers.ListField(source="sku.options", child=serializers.CharField())
    on_hand = serializers.IntegerField()
    held = serializers.IntegerField(help_text="For orders that are not paid yet, or set aside.")
    set_aside = serializers.IntegerField(help_text="Of what is held; see the shop's buckets.")
    available = serializers.IntegerField()


class StockEditResultOut(Out):
    """What became of one row, in the order of the rows, and the counters after it."""

    sku_id = serializers.CharField(source="sku.public_id", allow_null=True, default=None)
    merchant_code = serializers.CharField(source="sku.merchant_code", allow_null=True, default=None)
    is_ok = serializers.BooleanField()
    code = serializers.CharField()
    on_hand = serializers.IntegerField()
    held = serializers.IntegerField()
    available = serializers.IntegerField()


class StockMovementOut(Out):
    """One change of the counters."""

    sku_id = serializers.CharField(source="sku.public_id")
    kind = serializers.ChoiceField(choices=MovementKind.choices)
    on_hand_delta = serializers.IntegerField()
    held_delta = serializers.IntegerField()
    reference = serializers.CharField()
    moved_by = serializers.CharField(source="actor_label")
    at = serializers.DateTimeField()


class PictureOut(Out):
    """A picture of the shop; products name it by its `url`."""

    id = serializers.CharField(source="public_id")
    url = serializers.CharField()
    filename = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    size = serializers.IntegerField(help_text="Bytes of the file.")
    created_at = serializers.DateTimeField()


class ImportJobOut(Out):
    """How far an import is, and what came of it."""

    id = serializers.CharField(source="public_id")
    format = serializers.ChoiceField(choices=ImportFormat.choices)
    filename = serializers.CharField()
    is_dry_run = serializers.BooleanField()
    status = serializers.ChoiceField(choices=ImportStatus.choices)
    percent = serializers.IntegerField()
    total_count = serializers.IntegerField()
    done_count = serializers.IntegerField()
    good_count = serializers.IntegerField()
    bad_count = serializers.IntegerField()
    error = serializers.CharField()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class ImportRowErrorOut(Out):
    """What is wrong with one cell; a note did not stop its row."""

    row = serializers.IntegerField(source="row_number")
    column = serializers.CharField()
    code = serializers.CharField()
    fix = serializers.SerializerMethodField()
    is_note = serializers.BooleanField()

    def get_fix(self, fault: ImportRowError) -> str:
        return gettext(fault.fix)
