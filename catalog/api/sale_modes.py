"""How a shop sells its products: from stock, before they are there, step by step (CA-15)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalog.api.merchant import ShopView, page_of, shop_product
from catalog.api.outputs import ShopProductPageOut
from catalog.enums import SaleKind, ShippingTime, ShipsFrom
from catalog.models import Sku
from catalog.services import sale_modes
from catalog.services.sale_modes import DAYS, MOST_PIECES, Mode
from kernel.api.operations import operation
from kernel.api.serializers import In, Text, Whole


class SaleModeIn(In):
    """How a product, or one SKU of it, is sold. From stock and nothing else: as promised again.

    A presale says `days`, `ships_from` and `presale_ends_at`; what is sold step by step says `days`
    and `later_pieces`: of each SKU, the last ones come later.
    """

    sku_id = Text(required=False, max_length=32, help_text="All of its SKUs, when it is left out.")
    kind = serializers.ChoiceField(choices=SaleKind.choices)
    shipping_time = serializers.ChoiceField(
        choices=ShippingTime.choices, required=False, allow_blank=True
    )
    days = Whole(required=False, min_value=DAYS[0], max_value=DAYS[-1], allow_null=True)
    ships_from = serializers.ChoiceField(
        choices=ShipsFrom.choices, required=False, allow_blank=True
    )
    presale_ends_at = serializers.DateTimeField(required=False, allow_null=True)
    later_pieces = Whole(required=False, min_value=1, max_value=MOST_PIECES, allow_null=True)


class ShopProductSaleMode(ShopView):
    @operation(takes=SaleModeIn, gives=ShopProductPageOut)
    def put(self, request: Any, data: dict[str, Any], shop_id: str, product_id: str) -> Any:
        """Say how it is sold; it holds for orders from now on."""
        product = shop_product(request.actor, product_id)
        said = {**data, "kind": SaleKind(data["kind"])}
        sku_id = said.pop("sku_id", None)
        of_product = Sku.objects.filter(product=product)
        sku = of_product.get_visible(request.actor, public_id=sku_id) if sku_id else None
        product = sale_modes.set_sale_mode(
            product=product, sku=sku, mode=Mode(**said), actor=request.actor, at=request.at
        )
        return page_of(request.actor, product)
