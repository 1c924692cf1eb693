"""What can be asked of products on sale, in every list of them (CA-22)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from kernel.api.serializers import In, Text
from kernel.money import MAX_AMOUNT
from shops.enums import GuaranteeKind, ShopType

MAX_SOLD = 2**31 - 1


class GuaranteesField(serializers.CharField):
    """Kinds of guarantees with commas between them: those that the shop gives, all of them."""

    default_error_messages = {
        "invalid_choice": serializers.ChoiceField.default_error_messages["invalid_choice"]
    }

    def __init__(self, **kwargs: Any) -> None:
        told = "With commas between them: " + ", ".join(GuaranteeKind.values)
        super().__init__(max_length=200, help_text=told, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        kinds = tuple(dict.fromkeys(super().to_internal_value(data).split(",")))
        for kind in kinds:
            if kind not in GuaranteeKind.values:
                self.fail("invalid_choice", input=kind)
        return kinds


class ProductSearchIn(In):
    """What is looked for; amounts in minor units, sales in pieces."""

    q = Text(required=False, max_length=100, help_text="Words, Chinese or English.")
    category_id = Text(required=False, max_length=32, help_text="Everything below it is meant too.")
    min_price = serializers.IntegerField(required=False, min_value=0, max_value=MAX_AMOUNT)
    max_price = serializers.IntegerField(required=False, min_value=0, max_value=MAX_AMOUNT)
    min_sales = serializers.IntegerField(required=False, min_value=0, max_value=MAX_SOLD)
    max_sales = serializers.IntegerField(required=False, min_value=0, max_value=MAX_SOLD)
    shop_type = serializers.ChoiceField(required=False, choices=ShopType.choices)
    guarantees = GuaranteesField(required=False)
