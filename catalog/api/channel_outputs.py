"""Shapes of how products are sold (CA-19)."""

from __future__ import annotations

from rest_framework import serializers

from catalog.enums import DisplayState, SellChannel
from kernel.api.serializers import Money, Out


class ChannelAccountOut(Out):
    """An account that sells."""

    id = serializers.CharField(source="public_id")
    handle = serializers.CharField()
    name = serializers.CharField()


class SellChannelOut(Out):
    """Through whom a product is sold; `main_product_id` is set for a channel product."""

    kind = serializers.ChoiceField(choices=SellChannel.choices)
    main_product_id = serializers.CharField(
        source="main_product.public_id", allow_null=True, default=None
    )
    accounts = ChannelAccountOut(many=True)


class ChannelProductOut(Out):
    """A channel product in the list of its main one."""

    id = serializers.CharField(source="product.public_id")
    title = serializers.CharField(source="product.title")
    kind = serializers.ChoiceField(choices=SellChannel.choices)
    display_state = serializers.ChoiceField(
        source="product.display_state", choices=DisplayState.choices
    )
    min_price = Money(source="product.min_price", allow_null=True)
    account_count = serializers.IntegerField()
