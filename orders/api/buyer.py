"""Buyers: cart, quote, checkout, payment, orders."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from kernel.actors import Role
from kernel.api.operations import KEY_HEADER, Ready, idempotency_key, listing, operation
from kernel.api.views import View
from orders.api.bodies import CheckoutBody
from orders.api.fresh import checkout_body
from orders.api.inputs import (
    CartLineIn,
    CashierIn,
    CheckoutIn,
    OrderQueryIn,
    PaymentStartIn,
    QuoteIn,
    lines_of,
    touch_of,
)
from orders.api.outputs import (
    CartOut,
    CheckoutOut,
    OrderGroupOut,
    OrderOut,
    OrderQuoteOut,
    PaymentOut,
    StartedPaymentOut,
)
from orders.api.rendering import order_bodies
from orders.models import Order, OrderGroup, Payment
from orders.selectors import Cart, cart_of, filtered, with_details
from orders.selectors.sheets import plain_orders
from orders.services import cart, cashier, checkout, outgoing, placement, quoting, receipt


class CartView(View):
    """The buyer's cart."""

    audience = Role.BUYER

    @operation(gives=CartOut)
    def get(self, request: Any) -> Cart:
        """Show the cart with the prices of now."""
        return cart_of(request.actor.user_id, at=request.at)


class CartLineView(View):
    """One SKU in the cart."""

    audience = Role.BUYER

    @operation(takes=CartLineIn, gives=CartOut)
    def put(self, request: Any, data: dict[str, Any], sku_id: str) -> Cart:
        """Let the cart hold so many pieces of the SKU."""
        cart.put_in_cart(
            sku_id=sku_id,
            quantity=data["quantity"],
            touch=touch_of(data),
            at=request.at,
            actor=request.actor,
        )
        return cart_of(request.actor.user_id, at=request.at)

    @operation(status=204)
    def delete(self, request: Any, sku_id: str) -> None:
        """Take the SKU out of the cart."""
        cart.remove_from_cart(sku_id=sku_id, actor=request.actor)


class QuotesView(View):
    """What it would cost."""

    audience = Role.BUYER

    @operation(takes=QuoteIn, gives=OrderQuoteOut)
    def post(self, request: Any, data: dict[str, Any]) -> quoting.Quote:
        """Price a checkout; nothing is held. Freight may depend on the destination's region."""
        return quoting.quote(
            lines=lines_of(data),
            address=data.get("destination"),
            at=request.at,
            actor=request.actor,
        )


class CheckoutsView(View):
    """Placing orders. The key is kept on the group itself, in the placement's own transaction."""

    audience = Role.BUYER
    is_replay = False

    @extend_schema(parameters=[KEY_HEADER])
    @operation(takes=CheckoutIn, gives=CheckoutOut, status=201)
    def post(self, request: Any, data: CheckoutBody) -> OrderGroup | Ready:
        """Place a checkout: one order a shop, its pieces held, to be paid once.

        With a gateway its payment is started too, in the same step.
        """
        checkout.limit().spend_here(str(request.actor.user_id))
        messages = data.messages or ()
        gateway = data.gateway or ""
        wanted = placement.PlaceOrder(
            buyer_id=request.actor.user_id,
            key=idempotency_key(request),
            lines=tuple(line.wanted() for line in data.lines),
            receiver=data.sent_to(),
            address_id=data.address_id or "",
            messages=tuple((one.shop_id, one.message) for one in messages),
            expected_pay_amount=data.expected_pay_amount or None,
            gateway=gateway,
        )
        result = checkout.check_out(wanted, at=request.at)
        self.is_replay = result.is_replay
        started = None
        if gateway:
            started = outgoing.start_with(
                result, gateway=gateway, at=request.at, actor=request.actor
            )
        if result.recorded is not None:
            return Ready(checkout_body(result.recorded, started))
        group = _detailed(result.group)
        group.started_payment = started  # type: ignore[attr-defined]
        return group

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Response:
        if self.is_replay:
            response["Idempotent-Replayed"] = "true"
        return super().finalize_response(request, response, *args, **kwargs)


class GroupView(View):
    """One checkout."""

    audience = Role.BUYER

    @operation(gives=OrderGroupOut)
    def get(self, request: Any, number: str) -> OrderGroup:
        """Show a checkout and its orders."""
        return _detailed(OrderGroup.objects.get_visible(request.actor, number=number))


class GroupPaymentsView(View):
    """Paying a checkout."""

    audience = Role.BUYER

    @operation(takes=PaymentStartIn, gives=StartedPaymentOut, status=201)
    def post(self, request: Any, data: dict[str, Any], number: str) -> outgoing.Started:
        """Open the cashier for what is unpaid; asked again, it is the same payment."""
        return outgoing.start(
            group_number=number, gateway=data["gateway"], at=request.at, actor=request.actor
        )


class PaymentView(View):
    """One payment."""

    audience = Role.BUYER

    @operation(gives=PaymentOut)
    def get(self, request: Any, number: str) -> Payment:
        """Show how a payment stands."""
        payments = Payment.objects.select_related("group")
        return payments.get_visible(request.actor, number=number)


class CashierView(View):
    """The sandbox gateway's cashier; there is none outside a sandbox."""

    audience = Role.BUYER

    @operation(takes=CashierIn, gives=PaymentOut)
    def post(self, request: Any, data: dict[str, Any], number: str) -> Payment:
        """Pay at the sandbox's cashier; the gateway's notices follow."""
        return cashier.pay_at_cashier(
            payment_number=number,
            profile=data["profile"],
            at=request.at,
            actor=request.actor,
        )


class OrdersView(View):
    """The buyer's orders."""

    audience = Role.BUYER

    @listing(
        gives=OrderOut,
        ordering=("-placed_at", "-id"),
        filters=OrderQueryIn,
        made_by=order_bodies,
    )
    def get(self, request: Any, query: dict[str, Any]) -> QuerySet[Any, Any]:
        """List the orders, newest first."""
        return plain_orders(filtered(Order.objects.visible_to(request.actor), query))


class OrderView(View):
    """One order."""

    audience = Role.BUYER

    @operation(gives=OrderOut)
    def get(self, request: Any, number: str) -> Order:
        """Show an order as it was bought and as it stands."""
        return with_details(Order.objects.all()).get_visible(request.actor, number=number)


class CancelView(View):
    """Cancelling what is not paid."""

    audience = Role.BUYER

    @operation(gives=OrderOut)
    def post(self, request: Any, number: str) -> Order:
        """Cancel an unpaid order; its pieces are free at once."""
        outgoing.cancel(order_number=number, at=request.at, actor=request.actor)
        return with_details(Order.objects.all()).get_visible(request.actor, number=number)


class ReceiptView(View):
    """Confirming receipt."""

    audience = Role.BUYER

    @operation(gives=OrderOut, idempotent=True)
    def post(self, request: Any, number: str) -> Order:
        """Confirm that the goods arrived; the after-sales window runs from now."""
        order = Order.objects.get_visible(request.actor, number=number)
        receipt.confirm_receipt(order_id=order.pk, at=request.at, actor=request.actor)
        return with_details(Order.objects.all()).get(pk=order.pk)


class ExtensionView(View):
    """Waiting longer for a parcel."""

    audience = Role.BUYER

    @operation(gives=OrderOut, idempotent=True)
    def post(self, request: Any, number: str) -> Order:
        """Wait three days longer before receipt confirms itself, once."""
        order = Order.objects.get_visible(request.actor, number=number)
        receipt.extend_receipt(order_id=order.pk, at=request.at, actor=request.actor)
        return with_details(Order.objects.all()).get(pk=order.pk)


def _detailed(group: OrderGroup) -> OrderGroup:
    orders = with_details(Order.objects.filter(group=group)).order_by("pk")
    group.detailed_orders = list(orders)  # type: ignore[attr-defined]
    return group
