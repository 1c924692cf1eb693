"""Shapes that the catalog's API takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from catalog.enums import (
    ApiStatus,
    AttributeKind,
    BulkLineState,
    DeductMode,
    DisplayState,
    ImportFormat,
    PriceEvidence,
    SellChannel,
    ShippingTime,
    Verdict,
)
from catalog.policies import (
    MAX_CHANGE_BP,
    MAX_CHANNEL_SELLERS,
    MAX_IMAGES,
    MAX_OPTION_NAMES,
    MAX_SKUS,
    MIN_CHANGE_BP,
)
from catalog.selectors.searching import ProductSearchIn
from catalog.services.content import EDITABLE
from catalog.services.counting import MAX_PIECES
from catalog.services.rules import MAX_ATTRIBUTES
from catalog.services.search import ORDERS
from kernel.api.serializers import Amount, Flag, In, Quantity, Text, Whole

MAX_STOCK_EDITS = 200
MAX_BULK_ROWS = 1_000


class CatalogSearchQuery(ProductSearchIn):
    """What a buyer looks for; amounts in minor units."""

    brand_id = Text(required=False, max_length=32)
    shop_id = Text(required=False, max_length=32)
    account_id = Text(
        required=False,
        max_length=32,
        help_text="Whose showcase: what only this account sells is found too.",
    )
    sort = serializers.ChoiceField(required=False, choices=sorted(ORDERS))


class StorefrontQuery(In):
    """What somebody types who looks for a shop, an account or a brand."""

    q = Text(max_length=100)


class ShopProductQuery(In):
    """Which products of the shop; `display_state` or `status` is the state to filter by."""

    display_state = serializers.ChoiceField(required=False, choices=DisplayState.choices)
    status = serializers.ChoiceField(required=False, choices=ApiStatus.choices)
    merchant_code = Text(required=False, max_length=64)


class ProductAttributeIn(In):
    """One thing a product says of itself."""

    name = Text(max_length=60)
    value = Text(max_length=500)


class SkuIn(In):
    """A variant; amounts in minor units."""

    merchant_code = Text(max_length=64)
    options = serializers.ListField(
        child=Text(max_length=60), required=False, max_length=MAX_OPTION_NAMES
    )
    price = Amount()
    list_price = Amount(required=False, allow_null=True)
    stock = Whole(required=False, min_value=0, max_value=MAX_PIECES)
    image_url = Text(required=False, max_length=300, allow_blank=True)


class ProductContentIn(In):
    """The fields of a product's content that can change after it was made; all optional."""

    category_id = Text(required=False, max_length=32)
    brand_id = Text(required=False, max_length=32, allow_null=True)
    spu_id = Text(
        required=False, max_length=32, allow_null=True, help_text="The standard product that it is."
    )
    title = Text(required=False, max_length=120)
    brief = Text(required=False, max_length=200, allow_blank=True)
    description = Text(required=False, max_length=20_000, allow_blank=True)
    unit = Text(required=False, max_length=10, allow_blank=True)
    attributes = ProductAttributeIn(many=True, required=False)
    image_urls = serializers.ListField(
        child=Text(max_length=300), required=False, max_length=MAX_IMAGES
    )
    detail_image_urls = serializers.ListField(
        child=Text(max_length=300), required=False, max_length=MAX_IMAGES
    )
    shipping_time = serializers.ChoiceField(
        choices=ShippingTime.choices,
        required=False,
        allow_blank=True,
        help_text="Empty is what the shop promises.",
    )
    price_evidence = serializers.ChoiceField(
        choices=PriceEvidence.choices, required=False, allow_blank=True
    )
    price_evidence_url = Text(required=False, max_length=300, allow_blank=True)


class ProductIn(ProductContentIn):
    """A new product with its SKUs."""

    category_id = Text(max_length=32)
    title = Text(max_length=120)
    option_names = serializers.ListField(
        child=Text(max_length=30), required=False, max_length=MAX_OPTION_NAMES
    )
    merchant_code = Text(required=False, max_length=64, allow_blank=True)
    skus = serializers.ListField(child=SkuIn(), min_length=1, max_length=MAX_SKUS)
    submit = Flag(required=False, help_text="Send it to review at once instead of only saving it.")
    list_when_approved = Flag(
        required=False, default=True, help_text="False puts it into the warehouse."
    )


class ProductChangesIn(ProductContentIn):
    """Changes of a product, made on the `version` that was read."""

    version = Whole(min_value=1)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) < 2:
            raise serializers.ValidationError(_("Name at least one change."), code="required")
        return attrs


class PurchaseLimitsIn(In):
    """All three together; null is no limit. The least an order has to fit into one line."""

    min_per_order = Quantity()
    max_per_order = Whole(min_value=1, max_value=MAX_PIECES, allow_null=True)
    max_per_buyer = Whole(min_value=1, max_value=MAX_PIECES, allow_null=True)


class DeductModeIn(In):
    """When pieces stop being for sale (CA-11)."""

    mode = serializers.ChoiceField(choices=DeductMode.choices)


class ProductSubmissionIn(In):
    """What happens after the approval."""

    list_when_approved = Flag(required=False, default=True)


class SkuPriceIn(In):
    """A price from a moment on; now, when none is named. Minor units."""

    price = Amount()
    list_price = Amount(required=False, allow_null=True)
    effective_from = serializers.DateTimeField(required=False, allow_null=True)


def _name_one_sku(attrs: dict[str, Any]) -> None:
    if ("sku_id" in attrs) == ("merchant_code" in attrs):
        detail = _("Name the SKU by its id or by its merchant code.")
        raise serializers.ValidationError(detail, code="id_or_code")


class StockEditIn(In):
    """Either `delta`, or `set_to` with the count that was `expected` to be there.

    The SKU is named by its id or by the shop's own code.
    """

    sku_id = Text(required=False, max_length=32)
    merchant_code = Text(required=False, max_length=64)
    delta = Whole(required=False, min_value=-MAX_PIECES, max_value=MAX_PIECES)
    set_to = Whole(required=False, min_value=0, max_value=MAX_PIECES)
    expected = Whole(required=False, min_value=0, max_value=MAX_PIECES)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        _name_one_sku(attrs)
        is_count = "set_to" in attrs and "expected" in attrs and "delta" not in attrs
        is_delta = "delta" in attrs and not {"set_to", "expected"} & set(attrs)
        if not (is_count or is_delta):
            raise serializers.ValidationError(
                _("Send either a delta, or the new count with the expected one."),
                code="delta_or_count",
            )
        return attrs


class StockEditsIn(In):
    """Rows that are applied one by one; a refused row does not stop the others."""

    edits = serializers.ListField(child=StockEditIn(), min_length=1, max_length=MAX_STOCK_EDITS)


class StockCountIn(In):
    """What is on hand, pieces held for orders included; the SKU by its id or the shop's code."""

    sku_id = Text(required=False, max_length=32)
    merchant_code = Text(required=False, max_length=64)
    on_hand = Whole(min_value=0, max_value=MAX_PIECES)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        _name_one_sku(attrs)
        return attrs


class StockCountsIn(In):
    """Counts that replace what is there; SKUs that are not named stay as they are."""

    counts = serializers.ListField(child=StockCountIn(), min_length=1, max_length=MAX_STOCK_EDITS)


class BulkRowIn(In):
    """What is to become of one SKU: minor units, pieces on hand; what is left out stays."""

    merchant_code = Text(max_length=64)
    price = Amount(required=False)
    list_price = Amount(required=False)
    stock = Whole(required=False, min_value=0, max_value=MAX_PIECES)


class BulkEditIn(In):
    """Rows that are looked at, and not changed before they are applied.

    With `price_change_bp` (-1000 is 10 % less) the prices in force are changed by that instead.
    """

    rows = serializers.ListField(child=BulkRowIn(), min_length=1, max_length=MAX_BULK_ROWS)
    price_change_bp = Whole(
        required=False, min_value=MIN_CHANGE_BP, max_value=MAX_CHANGE_BP, allow_null=True
    )


class BulkLineQuery(In):
    """Which rows."""

    state = serializers.ChoiceField(required=False, choices=BulkLineState.choices)


class StockQuery(In):
    """Which counters."""

    sku_id = Text(required=False, max_length=32)
    max_available = serializers.IntegerField(required=False, min_value=0, max_value=MAX_PIECES)


class StockMovementQuery(In):
    """Which movements."""

    sku_id = Text(required=False, max_length=32)


class ProductReviewQuery(In):
    """Which reviews."""

    verdict = serializers.ChoiceField(required=False, choices=Verdict.choices)
    shop_id = Text(required=False, max_length=32)


class ProductApprovalIn(In):
    """A verdict on the version that was read."""

    version = Whole(min_value=1)


class RejectionReasonIn(In):
    """Why one field was refused."""

    field = Text(max_length=60, allow_blank=True)
    code = Text(max_length=60)
    message = Text(max_length=300)


class ProductRejectionIn(In):
    """A verdict on the version that was read, field by field."""

    version = Whole(min_value=1)
    reasons = serializers.ListField(child=RejectionReasonIn(), min_length=1, max_length=50)


class ProductBanIn(In):
    """Why a product may not be sold."""

    reason = Text(max_length=200)


class CategoryIn(In):
    """A new leaf."""

    name = Text(max_length=60)
    name_en = Text(required=False, max_length=60, allow_blank=True)
    parent_id = Text(required=False, max_length=32, allow_null=True)


class CategoryAttributeIn(In):
    """What products of the leaf may or must say; no choices mean free text."""

    name = Text(max_length=60)
    kind = serializers.ChoiceField(choices=AttributeKind.choices, required=False)
    is_required = Flag(required=False)
    is_multiple = Flag(required=False)
    allows_custom = Flag(required=False)
    unit = Text(required=False, max_length=10, allow_blank=True)
    choices = serializers.ListField(child=Text(max_length=60), required=False, max_length=200)


class CategoryRulesIn(In):
    """The next version of a leaf's rules, made on the `version` that was read (0: the defaults).

    A number that is left out keeps its value; widths are half-width units.
    """

    version = Whole(min_value=0)
    attributes = serializers.ListField(
        child=CategoryAttributeIn(), required=False, max_length=MAX_ATTRIBUTES
    )
    max_option_names = Whole(required=False)
    max_option_values = Whole(required=False)
    max_skus = Whole(required=False)
    min_title_width = Whole(required=False)
    max_title_width = Whole(required=False)
    min_main_images = Whole(required=False)
    max_main_images = Whole(required=False)
    max_images = Whole(required=False)
    max_list_price_factor = Whole(required=False)
    needs_list_price_evidence = Flag(required=False)
    needs_spu = Flag(required=False, help_text="Listed against a standard product only.")
    shipping_times = serializers.ListField(
        child=serializers.ChoiceField(choices=ShippingTime.choices), required=False, max_length=10
    )
    reason = Text(required=False, max_length=200, allow_blank=True)


class BrandIn(In):
    """A new brand."""

    name = Text(max_length=80)
    description = Text(required=False, max_length=2_000, allow_blank=True)


class ImportIn(In):
    """A file of products, as a form with a file in it (multipart/form-data)."""

    file = serializers.FileField(max_length=200, allow_empty_file=False)
    format = serializers.ChoiceField(
        choices=[ImportFormat.TEMPLATE, ImportFormat.SHOPIFY], required=False
    )
    is_dry_run = serializers.BooleanField(required=False)
    category_id = Text(required=False, max_length=32)


class PictureIn(In):
    """A picture, as a form with a file in it (multipart/form-data)."""

    file = serializers.FileField(max_length=200, allow_empty_file=False)


def content_changes(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content fields of validated `data`, but for category and brand."""
    changes = {name: data[name] for name in EDITABLE if name in data}
    if "attributes" in changes:
        changes["attributes"] = [dict(one) for one in changes["attributes"]]
    return changes


class SellChannelIn(In):
    """Through whom a product is sold; `account_ids` for `named` and `exclusive` alone."""

    kind = serializers.ChoiceField(choices=SellChannel.choices)
    account_ids = serializers.ListField(
        child=Text(max_length=32), required=False, max_length=MAX_CHANNEL_SELLERS
    )


class ChannelProductIn(In):
    """A channel product of a main one: its content, with SKUs, prices and stock of its own."""

    kind = serializers.ChoiceField(choices=SellChannel.choices[1:])
    account_ids = serializers.ListField(
        child=Text(max_length=32), required=False, max_length=MAX_CHANNEL_SELLERS
    )
    skus = serializers.ListField(child=SkuIn(), min_length=1, max_length=MAX_SKUS)
    submit = Flag(required=False)
