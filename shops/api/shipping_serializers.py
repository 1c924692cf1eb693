"""The shapes of freight, promises, special dates and holidays."""

from __future__ import annotations

from datetime import UTC

from rest_framework import serializers

from kernel.api.serializers import Flag, In, Money, Out, Text, Whole
from kernel.money import MAX_AMOUNT
from shops.enums import ShippingSpeed


class RegionTermsIn(In):
    """What sending to some regions costs, in minor units: first pieces, then each further batch."""

    region_codes = serializers.ListField(
        child=Text(max_length=6), min_length=1, max_length=4_000, source="codes"
    )
    is_delivered = Flag(default=True)
    first_pieces = Whole(min_value=1, max_value=10_000, default=1)
    first_amount = Whole(min_value=0, max_value=MAX_AMOUNT, default=0)
    further_pieces = Whole(min_value=1, max_value=10_000, default=1)
    further_amount = Whole(min_value=0, max_value=MAX_AMOUNT, default=0)
    free_from_amount = Whole(min_value=0, max_value=MAX_AMOUNT, allow_null=True, default=None)
    free_from_pieces = Whole(min_value=1, max_value=10_000, allow_null=True, default=None)


class FreightIn(In):
    """Minor units (分); `version` is the one that was looked at, 0 when there was none.

    `rules`, where they are sent, take the place of all there were.
    """

    flat_amount = Whole(min_value=0, max_value=MAX_AMOUNT)
    free_from_amount = Whole(min_value=0, max_value=MAX_AMOUNT, allow_null=True)
    rules = RegionTermsIn(many=True, required=False)
    version = Whole(min_value=0, max_value=1_000_000)


class RegionTermsOut(Out):
    """What sending to some regions costs."""

    id = serializers.CharField(source="public_id")
    region_codes = serializers.ListField(child=serializers.CharField())
    is_delivered = serializers.BooleanField()
    first_pieces = serializers.IntegerField()
    first_amount = Money()
    further_pieces = serializers.IntegerField()
    further_amount = Money()
    free_from_amount = Money(allow_null=True)
    free_from_pieces = serializers.IntegerField(allow_null=True)


class FreightOut(Out):
    """What sending costs, and from which goods amount on it is free."""

    flat_amount = Money()
    free_from_amount = Money(allow_null=True)
    version = serializers.IntegerField()
    rules = RegionTermsOut(many=True)


class FreightPreviewIn(In):
    """An order that might be placed."""

    region_code = Text(max_length=6)
    goods_amount = Whole(min_value=0, max_value=MAX_AMOUNT)
    pieces = Whole(min_value=1, max_value=10_000)


class FreightPreviewOut(Out):
    """What sending it would cost; null where the shop does not send."""

    region = serializers.CharField()
    freight = Money(source="freight_amount", allow_null=True)


class PromiseIn(In):
    """How soon the shop sends."""

    speed = serializers.ChoiceField(choices=ShippingSpeed.choices)


class HolidayIn(In):
    """From when until when the shop is closed, and what buyers read."""

    closed_from = serializers.DateTimeField(default_timezone=UTC)
    closed_to = serializers.DateTimeField(default_timezone=UTC)
    note = Text(max_length=100, required=False, allow_blank=True, default="")


class HolidayOut(Out):
    """A holiday, announced or begun."""

    closed_from = serializers.DateTimeField()
    closed_to = serializers.DateTimeField()
    note = serializers.CharField()


class SpecialDateIn(In):
    """Orders paid in the window are sent by the end of a day, or else some days later."""

    paid_from = serializers.DateTimeField(default_timezone=UTC)
    paid_to = serializers.DateTimeField(default_timezone=UTC)
    ship_on = serializers.DateField(required=False, allow_null=True, default=None)
    plus_days = Whole(min_value=1, max_value=30, required=False, allow_null=True, default=None)


class SpecialDateOut(Out):
    """A special date."""

    id = serializers.CharField(source="public_id")
    paid_from = serializers.DateTimeField()
    paid_to = serializers.DateTimeField()
    ship_on = serializers.DateField(allow_null=True)
    plus_days = serializers.IntegerField(allow_null=True)


class ShippingOut(Out):
    """When the shop sends."""

    speed = serializers.ChoiceField(choices=ShippingSpeed.choices)
    holiday = HolidayOut(allow_null=True)
    special_dates = SpecialDateOut(many=True)
