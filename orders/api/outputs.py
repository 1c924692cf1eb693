"""Shapes that go out."""

from __future__ import annotations

from typing import Any

from django.db import models
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.selectors import PurchaseLimitsOut
from kernel.api.serializers import Money, Out
from orders.enums import (
    CloseReason,
    ExportPreset,
    ExportStatus,
    MediaType,
    OrderFlag,
    OrderStatus,
    ParcelState,
    PaymentStatus,
    RefundReason,
    RefundStatus,
    TrafficChannel,
)
from orders.models import Order, OrderGroup, OrderLine, Payment
from orders.selectors import NowKnownAsOut, attach_identity
from shops.selectors import PresenterOut, ShipsInOut, StorefrontOut


class CartEntryOut(Out):
    """One line of the cart, with the price of now."""

    sku_id = serializers.CharField()
    product_id = serializers.CharField()
    title = serializers.CharField()
    options = serializers.ListField(child=serializers.CharField())
    image_url = serializers.CharField()
    quantity = serializers.IntegerField()
    purchase_limits = PurchaseLimitsOut(source="limits")
    state = serializers.ChoiceField(choices=["ok", "short", "sold_out", "not_for_sale"])
    price = Money(allow_null=True)
    goods_amount = Money(allow_null=True)


class CartShopOut(Out):
    """One shop's part of the cart."""

    storefront = StorefrontOut()
    lines = CartEntryOut(many=True)


class CartOut(Out):
    """The cart: what can be bought, by shop, and what cannot any more."""

    shops = CartShopOut(many=True)
    invalid = CartEntryOut(many=True)


class QuotedLineOut(Out):
    """One line of a quote."""

    sku_id = serializers.CharField()
    title = serializers.CharField()
    options = serializers.ListField(child=serializers.CharField())
    image_url = serializers.CharField()
    unit_price = Money()
    quantity = serializers.IntegerField()
    goods_amount = Money()
    freight_amount = Money()
    pay_amount = Money()
    is_available = serializers.BooleanField()
    ships = ShipsInOut()
    presenter = PresenterOut(allow_null=True)


class QuotedOrderOut(Out):
    """One shop's order of a quote."""

    storefront = StorefrontOut()
    lines = QuotedLineOut(many=True)
    goods_amount = Money()
    freight_amount = Money()
    pay_amount = Money()


class OrderQuoteOut(Out):
    """What a checkout would cost now."""

    orders = QuotedOrderOut(many=True)
    goods_amount = Money()
    freight_amount = Money()
    pay_amount = Money()


class OrderLineOut(Out):
    """One SKU of an order."""

    id = serializers.SerializerMethodField()
    position = serializers.IntegerField()
    sku_id = serializers.CharField(source="sku.public_id")
    product_id = serializers.CharField(source="product.public_id")
    title = serializers.CharField()
    options = serializers.ListField(child=serializers.CharField())
    image_url = serializers.CharField()
    unit_price = Money()
    quantity = serializers.IntegerField()
    goods_amount = Money()
    freight_amount = Money()
    promotion_amount = Money()
    pay_amount = Money()
    shipped_quantity = serializers.IntegerField()
    cancelled_quantity = serializers.IntegerField()
    refunded_quantity = serializers.IntegerField()
    refunded_amount = Money()
    ships = ShipsInOut()
    presenter = PresenterOut(source="presenter.body", allow_null=True, default=None)

    def get_id(self, line: OrderLine) -> str:
        return f"{line.order.number}-{line.position}"


class ShopOrderLineOut(OrderLineOut):
    """A line as its shop sees it: with what led to it."""

    promotion_shop_amount = Money()
    promotion_platform_amount = Money()
    promotion_talent_amount = Money()
    traffic_channel = serializers.ChoiceField(choices=TrafficChannel.choices)
    content_account_id = serializers.CharField()
    media_type = serializers.ChoiceField(choices=MediaType.choices, allow_blank=True)
    media_id = serializers.CharField()
    is_live_scene = serializers.BooleanField()
    pick_code = serializers.CharField()


class ExportJobOut(Out):
    """How far an export is, and what was asked for."""

    id = serializers.CharField(source="public_id")
    preset = serializers.ChoiceField(choices=ExportPreset.choices)
    filters = serializers.DictField()
    is_unmasked = serializers.BooleanField()
    reason = serializers.CharField()
    status = serializers.ChoiceField(choices=ExportStatus.choices)
    row_count = serializers.IntegerField()
    is_cut = serializers.BooleanField()
    filename = serializers.CharField()
    error = serializers.CharField()
    by = serializers.CharField(source="actor_label")
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)


class ParcelLineOut(Out):
    """Pieces of a line in a parcel."""

    position = serializers.IntegerField(source="line.position")
    quantity = serializers.IntegerField()


class ParcelOut(Out):
    """A parcel."""

    carrier = serializers.CharField(source="carrier_code")
    tracking_number = serializers.CharField()
    shipped_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=ParcelState.choices)
    moved_at = serializers.DateTimeField(allow_null=True)
    lines = ParcelLineOut(many=True, source="lines.all")


class OrderRefundOut(Out):
    """Money on its way back."""

    number = serializers.CharField()
    reason = serializers.ChoiceField(choices=RefundReason.choices)
    amount = Money()
    status = serializers.ChoiceField(choices=RefundStatus.choices)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class MaskedReceiverOut(Out):
    """The receiver as lists show it."""

    name = serializers.CharField()
    phone = serializers.CharField()
    province = serializers.CharField()
    city = serializers.CharField()
    district = serializers.CharField()


class RevealedReceiverOut(MaskedReceiverOut):
    """The receiver in clear."""

    street = serializers.CharField()


class OrderList(serializers.ListSerializer):
    """Orders whose identity blocks are looked up together."""

    def to_representation(self, data: Any) -> Any:
        rows = list(data.all() if isinstance(data, models.Manager) else data)
        attach_identity(rows, at=self.context["request"].at)
        return super().to_representation(rows)


class OrderOut(Out):
    """An order: its block as the buyer saw it, and the shop's name of today when it differs."""

    number = serializers.CharField()
    group_number = serializers.CharField(source="group.number")
    status = serializers.ChoiceField(choices=OrderStatus.choices)
    close_reason = serializers.ChoiceField(choices=CloseReason.choices, allow_blank=True)
    is_frozen = serializers.BooleanField()
    storefront = StorefrontOut(source="identity.storefront")
    presenter = PresenterOut(source="identity.presenter", allow_null=True)
    now_known_as = NowKnownAsOut(source="identity.now_known_as", allow_null=True)
    lines = OrderLineOut(many=True, source="lines.all")
    goods_amount = Money()
    freight_amount = Money()
    promotion_amount = Money()
    pay_amount = Money()
    receiver = MaskedReceiverOut(source="receiver_masked")
    buyer_message = serializers.CharField()
    packages = ParcelOut(many=True, source="packages.all")
    refunds = OrderRefundOut(many=True, source="refunds.all")
    placed_at = serializers.DateTimeField()
    pay_by_at = serializers.DateTimeField()
    paid_at = serializers.DateTimeField(allow_null=True)
    ship_by_at = serializers.DateTimeField(allow_null=True)
    shipped_at = serializers.DateTimeField(allow_null=True)
    confirm_by_at = serializers.DateTimeField(allow_null=True)
    completed_at = serializers.DateTimeField(allow_null=True)
    aftersales_until_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)

    class Meta:
        list_serializer_class = OrderList

    def to_representation(self, order: Order) -> Any:
        if not hasattr(order, "identity"):
            attach_identity([order], at=self.context["request"].at)
        return super().to_representation(order)


class ShopOrderOut(OrderOut):
    """An order as its shop, and the platform, see it."""

    lines = ShopOrderLineOut(many=True, source="lines.all")
    remark = serializers.CharField()
    flag = serializers.ChoiceField(choices=OrderFlag.choices)
    address_hash = serializers.CharField()
    updated_at = serializers.DateTimeField()


class OrderGroupOut(Out):
    """One checkout: paid once, one order a shop."""

    number = serializers.CharField()
    pay_amount = Money()
    placed_at = serializers.DateTimeField()
    unpaid_amount = serializers.SerializerMethodField()
    orders = OrderOut(many=True, source="detailed_orders")

    @extend_schema_field(Money)
    def get_unpaid_amount(self, group: OrderGroup) -> dict[str, Any]:
        orders = group.detailed_orders  # type: ignore[attr-defined]
        unpaid = [one for one in orders if one.status == OrderStatus.UNPAID]
        amount = sum(order.pay_amount for order in unpaid)
        return {"amount": amount, "currency": group.currency}


class PaymentOut(Out):
    """A payment of a group."""

    number = serializers.CharField()
    group_number = serializers.CharField(source="group.number")
    gateway = serializers.CharField()
    amount = Money()
    status = serializers.ChoiceField(choices=PaymentStatus.choices)
    paid_at = serializers.DateTimeField(allow_null=True)


class StartedPaymentOut(PaymentOut):
    """A payment with what opens its cashier."""

    pay_url = serializers.CharField()

    def to_representation(self, started: Any) -> Any:
        payment: Payment = started.payment
        payment.pay_url = started.pay.pay_url  # type: ignore[attr-defined]
        return super().to_representation(payment)


class CheckoutOut(OrderGroupOut):
    """A checkout, with the payment that waits for the buyer.

    `payment` is null when no gateway was named, it did not answer, or nothing waits for money any
    more: the payment can be started by itself.
    """

    payment = StartedPaymentOut(allow_null=True, source="started_payment")


class PlatformRefundOut(OrderRefundOut):
    """A refund as operators see it."""

    reference = serializers.CharField()
    payment_number = serializers.CharField(source="payment.number")
    order_number = serializers.CharField(source="order.number", allow_null=True, default=None)
    attempts = serializers.IntegerField()
    due_at = serializers.DateTimeField(allow_null=True)
    last_error = serializers.CharField()


class NoticeOut(Out):
    """What gateways are answered."""

    outcome = serializers.CharField()
