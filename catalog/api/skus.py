"""SKUs that exist, and what they are put together from (CA-09)."""

from __future__ import annotations

import hashlib
from typing import Any

from rest_framework import serializers

from catalog import selectors
from catalog.api.merchant import ShopView
from catalog.api.outputs import ShopSkuOut, StockOut
from catalog.errors import BadBundle
from catalog.models import Bundle, Sku
from catalog.selectors.bundles import parts_now
from catalog.services import bundles, skus
from catalog.services.bundles import MAX_PART_PIECES, MAX_PARTS, Part
from catalog.services.counting import MAX_PIECES
from kernel.actors import Actor
from kernel.api.operations import idempotency_key, operation
from kernel.api.serializers import Flag, In, Out, Text, Whole


class SkuChangeIn(In):
    """What a merchant says of a SKU without a review; all optional."""

    merchant_code = Text(required=False, max_length=64)
    supplier_code = Text(required=False, max_length=64, allow_blank=True)
    image_url = Text(
        required=False, max_length=300, allow_blank=True, help_text="One of the product's own."
    )
    is_active = Flag(required=False, help_text="False: not sold and not seen by buyers.")


class BundlePartIn(In):
    """Pieces of a SKU in each bundle."""

    sku_id = Text(max_length=32)
    quantity = Whole(min_value=1, max_value=MAX_PART_PIECES)


class BundleIn(In):
    """What a SKU is put together from; no part makes it a plain SKU again."""

    parts = serializers.ListField(child=BundlePartIn(), max_length=MAX_PARTS)
    keep = Whole(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=MAX_PIECES,
        help_text="How many shall always be ready, as far as the parts last.",
    )


class BundleCountIn(In):
    """How many bundles."""

    count = Whole(min_value=1, max_value=MAX_PIECES)


class BundlePartOut(Out):
    """Pieces of a SKU in each bundle."""

    sku_id = serializers.CharField(source="part.public_id")
    merchant_code = serializers.CharField(source="part.merchant_code")
    title = serializers.CharField(source="part.product.title")
    options = serializers.ListField(source="part.options", child=serializers.CharField())
    quantity = serializers.IntegerField()


class BundleOut(Out):
    """A SKU and what it is put together from; without parts it is a plain one."""

    sku_id = serializers.CharField(source="sku.public_id")
    keep = serializers.IntegerField(allow_null=True)
    parts = BundlePartOut(many=True)


def _sku(actor: Actor, sku_id: str) -> Sku:
    return Sku.objects.select_related("product").get_visible(actor, public_id=sku_id)


def _bundle(sku: Sku) -> dict[str, Any]:
    bundle = Bundle.objects.filter(sku=sku).first()
    return {
        "sku": sku,
        "keep": bundle.keep if bundle else None,
        "parts": parts_now([sku.pk]).get(sku.pk, []),
    }


class ShopSku(ShopView):
    @operation(takes=SkuChangeIn, gives=ShopSkuOut)
    def patch(self, request: Any, data: dict[str, Any], shop_id: str, sku_id: str) -> Any:
        """Change codes and picture of a SKU, stop selling it or sell it again; no review."""
        sku = _sku(request.actor, sku_id)
        skus.change(sku=sku, changes=data, actor=request.actor, at=request.at)
        views = selectors.skus_of([sku.product_id])[sku.product_id]
        return next(view for view in views if view.public_id == sku.public_id)


class ShopSkuBundle(ShopView):
    @operation(gives=BundleOut)
    def get(self, request: Any, shop_id: str, sku_id: str) -> Any:
        """What the SKU is put together from."""
        return _bundle(_sku(request.actor, sku_id))

    @operation(takes=BundleIn, gives=BundleOut)
    def put(self, request: Any, data: dict[str, Any], shop_id: str, sku_id: str) -> Any:
        """Say what the SKU is put together from; orders until now keep what was then."""
        sku = _sku(request.actor, sku_id)
        named = [one["sku_id"] for one in data["parts"]]
        rows = Sku.objects.visible_to(request.actor).filter(public_id__in=named)
        found = {one.public_id: one for one in rows}
        if set(named) - found.keys():
            raise BadBundle.about("parts", "of_another_shop")
        parts = [Part(found[one["sku_id"]], one["quantity"]) for one in data["parts"]]
        bundles.set_parts(
            sku=sku, parts=parts, keep=data.get("keep"), actor=request.actor, at=request.at
        )
        return _bundle(sku)


class ShopSkuAssembly(ShopView):
    permission = "catalog.stock"

    @operation(takes=BundleCountIn, gives=StockOut, idempotent=True)
    def post(self, request: Any, data: dict[str, Any], shop_id: str, sku_id: str) -> Any:
        """Put bundles together: pieces of the parts leave the shelf, bundles come on it."""
        return bundles.put_together(**_wanted(request, data, sku_id))


class ShopSkuTakingApart(ShopView):
    permission = "catalog.stock"

    @operation(takes=BundleCountIn, gives=StockOut, idempotent=True)
    def post(self, request: Any, data: dict[str, Any], shop_id: str, sku_id: str) -> Any:
        """Take bundles apart: their parts are for sale again by themselves."""
        return bundles.take_apart(**_wanted(request, data, sku_id))


def _wanted(request: Any, data: dict[str, Any], sku_id: str) -> dict[str, Any]:
    key = f"{request.actor.user_id}\x1f{idempotency_key(request)}"
    return {
        "sku": _sku(request.actor, sku_id),
        "count": data["count"],
        "reference": hashlib.sha256(key.encode()).hexdigest()[:32],
        "actor": request.actor,
        "at": request.at,
    }
