"""Merchants: their shop's orders and parcels."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from kernel.actors import Role
from kernel.api.operations import idempotency_key, listing, operation
from kernel.api.pagination import Feed
from kernel.api.views import View
from orders.api.inputs import OrderRemarkIn, ParcelIn, PriceIn, ShopOrderQueryIn, TogetherIn
from orders.api.outputs import RevealedReceiverOut, ShopOrderOut
from orders.api.rendering import shop_order_bodies
from orders.models import Order
from orders.selectors import companions_of, filtered, with_details
from orders.selectors.changes import settled_until
from orders.selectors.sheets import plain_orders
from orders.services import desk, receipt, repricing, shipping, together


class ShopOrdersView(View):
    """The shop's orders."""

    audience = Role.MERCHANT
    permission = "orders.view"

    @listing(
        gives=ShopOrderOut,
        ordering=("-placed_at", "-id"),
        filters=ShopOrderQueryIn,
        made_by=shop_order_bodies,
    )
    def get(
        self, request: Any, query: dict[str, Any], shop_id: str
    ) -> Feed | tuple[QuerySet[Any, Any], tuple[str, ...]]:
        """List the shop's orders, newest first, or by their last change to keep a copy (OR-24)."""
        sort = query.pop("sort", "-placed_at")
        orders = Order.objects.visible_to(request.actor)
        if sort == "updated_at":
            known = orders.filter(updated_at__lt=settled_until())
            return Feed(plain_orders(filtered(known, query)), ("updated_at", "id"))
        order = ("placed_at", "id") if sort == "placed_at" else ("-placed_at", "-id")
        return plain_orders(filtered(orders, query)), order


class ShopOrderView(View):
    """One order of the shop."""

    audience = Role.MERCHANT
    permission = "orders.view"

    @operation(gives=ShopOrderOut)
    def get(self, request: Any, shop_id: str, number: str) -> Order:
        """Show an order; the receiver is masked."""
        return _order(request, number)


class ShopParcelsView(View):
    """Shipping."""

    audience = Role.MERCHANT
    permission = "orders.ship"

    @operation(takes=ParcelIn, gives=ShopOrderOut, status=201, idempotent=True)
    def post(self, request: Any, data: dict[str, Any], shop_id: str, number: str) -> Order:
        """Ship one parcel: all that is left, or the pieces of `lines`."""
        order = Order.objects.get_visible(request.actor, number=number)
        lines = data.get("lines")
        shipping.ship_order(
            order_id=order.pk,
            request_id=shipping.request_id_of(idempotency_key(request)),
            carrier_code=data["carrier"],
            tracking_number=data["tracking_number"],
            pieces={one["position"]: one["quantity"] for one in lines} if lines else None,
            serials={one["position"]: one.get("serials", ()) for one in lines or ()},
            sent_from_id=data.get("sent_from_id", ""),
            goes_back_to_id=data.get("goes_back_to_id", ""),
            at=request.at,
            actor=request.actor,
        )
        return _order(request, number)


class ShopExtensionView(View):
    """More time for the buyer to wait for a parcel."""

    audience = Role.MERCHANT
    permission = "orders.ship"

    @operation(gives=ShopOrderOut, idempotent=True)
    def post(self, request: Any, shop_id: str, number: str) -> Order:
        """Give the buyer three days more before receipt confirms itself, once an order (OR-10)."""
        order = Order.objects.get_visible(request.actor, number=number)
        receipt.extend_receipt(order_id=order.pk, at=request.at, actor=request.actor)
        return _order(request, number)


class ShopPriceView(View):
    """The price before payment."""

    audience = Role.MERCHANT
    permission = "catalog.price"

    @operation(takes=PriceIn, gives=ShopOrderOut)
    def put(self, request: Any, data: dict[str, Any], shop_id: str, number: str) -> Order:
        """Take something off the goods or change the freight of an order that is not paid."""
        order = Order.objects.get_visible(request.actor, number=number)
        repricing.change_price(order_id=order.pk, at=request.at, actor=request.actor, **data)
        return _order(request, number)


class ShopCompanionsView(View):
    """What may lie in one parcel with an order."""

    audience = Role.MERCHANT
    permission = "orders.view"

    @listing(gives=ShopOrderOut, ordering=("-placed_at", "-id"), made_by=shop_order_bodies)
    def get(self, request: Any, shop_id: str, number: str) -> QuerySet[Any, Any]:
        """List the other orders of the same buyer to the same address that wait to be shipped."""
        order = Order.objects.get_visible(request.actor, number=number)
        return plain_orders(companions_of(order))


class ShopTogetherView(View):
    """Several orders in one parcel."""

    audience = Role.MERCHANT
    permission = "orders.ship"

    @operation(takes=TogetherIn, gives=ShopOrderOut, many=True, status=201, idempotent=True)
    def post(self, request: Any, data: dict[str, Any], shop_id: str) -> list[Order]:
        """Ship all that is left of several orders of one receiver in one parcel, or nothing."""
        orders = Order.objects.visible_to(request.actor)
        together.ship_together(
            shop_id=request.actor.shop_id,
            numbers=data["orders"],
            request_id=shipping.request_id_of(idempotency_key(request)),
            carrier_code=data["carrier"],
            tracking_number=data["tracking_number"],
            at=request.at,
            actor=request.actor,
        )
        return list(with_details(orders.filter(number__in=data["orders"]).order_by("pk")))


class ShopReceiverView(View):
    """The receiver in clear."""

    audience = Role.MERCHANT
    permission = "orders.reveal"

    @operation(gives=RevealedReceiverOut)
    def post(self, request: Any, shop_id: str, number: str) -> dict[str, Any]:
        """Reveal the receiver; the audit trail says who looked."""
        order = Order.objects.get_visible(request.actor, number=number)
        return desk.reveal_receiver(order_id=order.pk, at=request.at, actor=request.actor)


class ShopRemarkView(View):
    """The shop's note on an order."""

    audience = Role.MERCHANT
    permission = "orders.remark"

    @operation(takes=OrderRemarkIn, gives=ShopOrderOut)
    def put(self, request: Any, data: dict[str, Any], shop_id: str, number: str) -> Order:
        """Replace the remark."""
        order = Order.objects.get_visible(request.actor, number=number)
        desk.remark_order(
            order_id=order.pk,
            remark=data["remark"],
            flag=data.get("flag"),
            at=request.at,
            actor=request.actor,
        )
        return _order(request, number)


def _order(request: Any, number: str) -> Order:
    return with_details(Order.objects.all()).get_visible(request.actor, number=number)
