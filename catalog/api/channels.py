"""What a shop says of through whom its products are sold (CA-19)."""

from __future__ import annotations

from typing import Any

from django.db.models import Count

from catalog.api.channel_outputs import ChannelProductOut, SellChannelOut
from catalog.api.inputs import ChannelProductIn, SellChannelIn
from catalog.api.merchant import ShopView, shop_product, spec_of
from catalog.api.outputs import ShopProductPageOut
from catalog.enums import SellChannel
from catalog.models import ProductChannel
from catalog.selectors import shop_product_page
from catalog.selectors.channels import channel_of
from catalog.services import channels
from kernel.api.operations import listing, operation


class ShopProductChannel(ShopView):
    @operation(gives=SellChannelOut)
    def get(self, request: Any, shop_id: str, product_id: str) -> Any:
        """Through whom the product is sold."""
        return channel_of(shop_product(request.actor, product_id))

    @operation(takes=SellChannelIn, gives=SellChannelOut)
    def put(self, request: Any, data: dict[str, Any], shop_id: str, product_id: str) -> Any:
        """Say through whom the product is sold; it holds at once, without a review."""
        product = channels.set_channel(
            product=shop_product(request.actor, product_id),
            kind=SellChannel(data["kind"]),
            accounts=channels.accounts_called(data.get("account_ids", ())),
            actor=request.actor,
            at=request.at,
        )
        return channel_of(product)


class ShopChannelProducts(ShopView):
    @listing(gives=ChannelProductOut, ordering=("-pk",))
    def get(self, request: Any, shop_id: str, product_id: str) -> Any:
        """The channel products of a main product, the newest first."""
        main = shop_product(request.actor, product_id)
        rows = ProductChannel.objects.visible_to(request.actor).filter(main_product=main)
        return rows.select_related("product").annotate(account_count=Count("sellers"))

    @operation(takes=ChannelProductIn, gives=ShopProductPageOut, status=201, idempotent=True)
    def post(self, request: Any, data: dict[str, Any], shop_id: str, product_id: str) -> Any:
        """Make a channel product: the main one's content, with prices and stock of its own."""
        product = channels.make_channel_product(
            main=shop_product(request.actor, product_id),
            kind=SellChannel(data["kind"]),
            accounts=channels.accounts_called(data.get("account_ids", ())),
            skus=[spec_of(one) for one in data["skus"]],
            submit_now=data.get("submit", False),
            actor=request.actor,
            at=request.at,
        )
        return shop_product_page(shop_product(request.actor, product.public_id))
