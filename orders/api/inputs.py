"""Shapes that come in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from kernel import text
from kernel.api.serializers import Amount, Flag, In, Quantity, Text, Whole
from kernel.money import MAX_AMOUNT
from orders.api.bodies import CheckoutBody
from orders.enums import (
    AddressChangeStatus,
    AddressRefusal,
    Carrier,
    ExportPreset,
    MediaType,
    OrderFlag,
    OrderStatus,
    PrintKind,
    RefundStatus,
    SandboxProfile,
)
from orders.services.carriers import TRACKING
from orders.services.desk import DEADLINES
from orders.services.requests import Touch, WantedLine
from orders.services.together import MOST_TOGETHER

PHONE = RegexValidator(text.PHONE, _("This is not a telephone number."))

TRACKING_NUMBER = RegexValidator(
    rf"^{TRACKING.pattern}\Z", _("A tracking number has 5 to 40 letters, digits or hyphens.")
)


#: Serial numbers of one line in one parcel.
MAX_SERIALS = 200


def many(shape: Any, **kwargs: Any) -> Any:
    """Return a list field of `shape`: one to as many as an order may have lines."""
    bounds = {"allow_empty": False, "max_length": settings.MAX_ORDER_LINES}
    return shape(many=True, **(bounds | kwargs))


class TouchIn(In):
    """The content that led to a line, as the app knows it (CT-12)."""

    pick_code = Text(max_length=40, required=False)
    media_type = serializers.ChoiceField(
        choices=[one for one in MediaType.choices if one[0]], required=False
    )
    media_id = Text(max_length=64, required=False)
    account_id = Text(max_length=32, required=False)
    is_live = Flag(required=False)
    creative_id = Text(max_length=64, required=False)


class WantedLineIn(In):
    """Pieces of a SKU. Without a touch, the cart's is used."""

    sku_id = Text(max_length=32)
    quantity = Quantity()
    touch = TouchIn(required=False)


class OrderQuoteIn(In):
    """What a checkout might hold."""

    lines = many(WantedLineIn)


class DestinationIn(In):
    """As much of an address as the freight depends on."""

    province = Text(max_length=40)
    city = Text(max_length=40)
    district = Text(max_length=40, required=False)


class QuoteIn(OrderQuoteIn):
    """The same, and where it goes; without that the freight is what most regions pay."""

    destination = DestinationIn(required=False)


class ReceiverIn(In):
    """Where the parcels go."""

    name = Text(max_length=60)
    phone = Text(max_length=20, validators=[PHONE])
    province = Text(max_length=40)
    city = Text(max_length=40)
    district = Text(max_length=40, required=False)
    street = Text(max_length=200)


class ShopMessageIn(In):
    """A word to one of the shops."""

    shop_id = Text(max_length=32)
    message = Text(max_length=200)


class CheckoutIn(OrderQuoteIn):
    """One checkout. The receiver is given here, or a saved address is named.

    `expected_pay_amount` is what the buyer was shown, in minor units: it is compared, never used.
    With a `gateway`, the payment waits for the buyer at once; the answer says where.
    """

    struct = CheckoutBody

    receiver = ReceiverIn(required=False)
    address_id = Text(max_length=32, required=False)
    messages = many(ShopMessageIn, required=False, allow_empty=True)
    expected_pay_amount = Amount(required=False)
    gateway = Text(max_length=20, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Demand exactly one way of naming the receiver."""
        if ("receiver" in attrs) == ("address_id" in attrs):
            raise serializers.ValidationError(
                {"receiver": _("Send either a receiver or an address_id.")}, code="required"
            )
        return attrs


class CartLineIn(In):
    """How many pieces the cart shall hold."""

    quantity = Quantity()
    touch = TouchIn(required=False)


class PaymentStartIn(In):
    """With which gateway to pay."""

    gateway = Text(max_length=20)


class CashierIn(In):
    """How the sandbox gateway shall behave towards this payment."""

    profile = serializers.ChoiceField(choices=SandboxProfile.choices, default=SandboxProfile.OK)


class ParcelLineIn(In):
    """Pieces of one line, and the serial numbers of those that have one (15 to 17 digits)."""

    position = Whole(min_value=1, max_value=32_767)
    quantity = Quantity()
    serials = serializers.ListField(
        child=Text(max_length=17), required=False, max_length=MAX_SERIALS
    )


class ParcelLabelIn(In):
    """Another carrier and number, and why."""

    carrier = serializers.ChoiceField(choices=Carrier.choices)
    tracking_number = Text(max_length=40, validators=[TRACKING_NUMBER])
    reason = Text(max_length=200, required=False, allow_blank=True)


class ParcelIn(In):
    """One parcel. Without `lines`: everything that is left. The Idempotency-Key names it.

    The two ids are of addresses of the shop (`…/return-addresses`): where the parcel leaves, and
    where returns of what is in it go.
    """

    carrier = serializers.ChoiceField(choices=Carrier.choices)
    tracking_number = Text(max_length=40, validators=[TRACKING_NUMBER])
    lines = many(ParcelLineIn, required=False)
    sent_from_id = Text(max_length=32, required=False)
    goes_back_to_id = Text(max_length=32, required=False)

    def validate_lines(self, lines: list[dict[str, int]]) -> list[dict[str, int]]:
        """Refuse a position that comes twice."""
        if len({line["position"] for line in lines}) != len(lines):
            raise serializers.ValidationError(_("Name each line once."), code="duplicate_line")
        return lines


class ShippingFileIn(In):
    """Parcels: a CSV or XLSX `file` (multipart/form-data), or the same lines as `text`.

    Columns: order, carrier, tracking_number, and for a part of an order sku_code and pieces.
    """

    file = serializers.FileField(max_length=200, allow_empty_file=False, required=False)
    text = Text(max_length=1_000_000, required=False)
    is_dry_run = serializers.BooleanField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Demand exactly one way of sending the lines."""
        if ("file" in attrs) == ("text" in attrs):
            raise serializers.ValidationError(
                {"file": _("Send either a file or a text.")}, code="required"
            )
        return attrs


class PrintingIn(In):
    """Paper for the warehouse. Without `orders`: what waits and was not printed so yet, as far as
    it is in the view."""

    kind = serializers.ChoiceField(choices=PrintKind.choices)
    orders = serializers.ListField(
        child=Text(max_length=20), required=False, max_length=settings.MAX_PRINTED_ORDERS
    )
    order_view_id = Text(max_length=32, required=False)


class ExportIn(In):
    """A file of orders: which columns, which orders, and whether receivers are in clear."""

    preset = serializers.ChoiceField(choices=ExportPreset.choices)
    status = serializers.ChoiceField(choices=OrderStatus.choices, required=False)
    placed_from = serializers.DateTimeField(required=False)
    placed_until = serializers.DateTimeField(required=False)
    is_unmasked = Flag(required=False)
    reason = Text(required=False, allow_blank=True)


class OrderRemarkIn(In):
    """The shop's note, at most 60 characters, and its flag; without a flag it stays."""

    remark = Text(max_length=60, allow_blank=True)
    flag = serializers.ChoiceField(choices=OrderFlag.choices, required=False)


class AddressChangeIn(In):
    """Where the order shall go: given here, or a saved address is named."""

    receiver = ReceiverIn(required=False)
    address_id = Text(max_length=32, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Demand exactly one way of naming the receiver."""
        if ("receiver" in attrs) == ("address_id" in attrs):
            raise serializers.ValidationError(
                {"receiver": _("Send either a receiver or an address_id.")}, code="required"
            )
        return attrs


class AddressApproveIn(In):
    """A yes; `bears_freight` where sending there costs more."""

    bears_freight = Flag(required=False)


class AddressRefusalIn(In):
    """Why the address stays."""

    refusal = serializers.ChoiceField(choices=AddressRefusal.choices)


class AddressChangeQueryIn(In):
    """Filters of the shop's queue."""

    status = serializers.ChoiceField(choices=AddressChangeStatus.choices, required=False)


class OrderRulesIn(In):
    """What the shop wants to be asked."""

    asks_for_addresses = Flag()


class OrderViewIn(In):
    """A named filter: at least one of status, flag and is_frozen."""

    name = Text(max_length=30)
    status = serializers.ChoiceField(choices=OrderStatus.choices, required=False)
    flag = serializers.ChoiceField(choices=OrderFlag.choices, required=False)
    is_frozen = Flag(required=False)


class PriceIn(In):
    """What the shop takes off the goods, and what it asks for sending: totals in minor units."""

    discount_amount = serializers.IntegerField(min_value=0, max_value=MAX_AMOUNT)
    freight_amount = serializers.IntegerField(min_value=0, max_value=MAX_AMOUNT)
    reason = Text(max_length=200)


class TogetherIn(In):
    """One parcel with all that is left of several orders. The Idempotency-Key names it."""

    orders = serializers.ListField(
        child=Text(max_length=20), min_length=2, max_length=MOST_TOGETHER
    )
    carrier = serializers.ChoiceField(choices=Carrier.choices)
    tracking_number = Text(max_length=40, validators=[TRACKING_NUMBER])


class DeadlineIn(In):
    """Which deadline of which order is now."""

    order = Text(max_length=20)
    deadline = serializers.ChoiceField(choices=sorted(DEADLINES))


class OrderQueryIn(In):
    """Filters of order lists."""

    status = serializers.ChoiceField(choices=OrderStatus.choices, required=False)
    placed_from = serializers.DateTimeField(required=False)
    placed_until = serializers.DateTimeField(required=False)


class Statuses(Text):
    """Some of the states of an order, separated by commas; it comes out as a list."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the states. Raises ValidationError for a word that is none."""
        words = super().to_internal_value(data).split(",")
        if not set(words) <= set(OrderStatus.values):
            raise serializers.ValidationError(_("These are no states of orders."), "invalid_choice")
        return words


class ShopOrderQueryIn(OrderQueryIn):
    """Filters of a shop's list: by its flag too.

    `sort` is `-placed_at` (newest first), `placed_at`, or `updated_at`: the list to keep a copy by
    (OR-24). That one begins at `updated_from` and ends before `updated_until`, which ask for it. It
    names each state of an order once, in the order they came to be; its `next` never ends: a page
    with fewer rows than its limit is the newest there is, and `next` waits for what comes.
    """

    statuses = Statuses(max_length=120, required=False)
    flag = serializers.ChoiceField(choices=OrderFlag.choices, required=False)
    is_frozen = serializers.ChoiceField(choices=["true", "false"], required=False)
    updated_from = serializers.DateTimeField(required=False)
    updated_until = serializers.DateTimeField(required=False)
    sort = serializers.ChoiceField(
        choices=["-placed_at", "placed_at", "updated_at"], required=False
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a range of changes in a list that is sorted otherwise."""
        if "is_frozen" in attrs:
            attrs["is_frozen"] = attrs["is_frozen"] == "true"
        asks = {"updated_from", "updated_until"} & attrs.keys()
        if asks and attrs.setdefault("sort", "updated_at") != "updated_at":
            text = _("Changes are sorted by updated_at.")
            raise serializers.ValidationError({"sort": text}, "invalid")
        return attrs


class RefundQueryIn(In):
    """Filters of the refund list."""

    status = serializers.ChoiceField(choices=RefundStatus.choices, required=False)


def touch_of(data: dict[str, Any]) -> Touch | None:
    """Return the touch of validated `data`, None when it has none."""
    return Touch(**data["touch"]) if "touch" in data else None


def lines_of(data: dict[str, Any]) -> tuple[WantedLine, ...]:
    """Return the lines of validated `data`."""
    return tuple(
        WantedLine(line["sku_id"], line["quantity"], touch_of(line)) for line in data["lines"]
    )
