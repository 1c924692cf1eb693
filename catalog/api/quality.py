"""How well a shop's products present themselves (CA-20)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalog.api.merchant import ShopView, shop_product
from catalog.services.quality import diagnose, pass_rate
from kernel.api.operations import operation
from kernel.api.serializers import Out


class QualityProblemOut(Out):
    """What costs points, and what to do about it."""

    field = serializers.CharField()
    points = serializers.IntegerField()
    suggestion = serializers.CharField()


class DiagnosisOut(Out):
    """How well a product presents itself: 0 to 100; `is_passed` from 60 on."""

    score = serializers.IntegerField()
    is_passed = serializers.BooleanField()
    problems = QualityProblemOut(many=True)


class PassRateOut(Out):
    """The share of the shop's products that pass, in basis points; null without products."""

    pass_rate = serializers.IntegerField(allow_null=True)


class ShopProductQuality(ShopView):
    @operation(gives=DiagnosisOut)
    def get(self, request: Any, shop_id: str, product_id: str) -> Any:
        """The score of a product and what would raise it, the dearest first."""
        return diagnose(shop_product(request.actor, product_id))


class ShopQuality(ShopView):
    @operation(gives=PassRateOut)
    def get(self, request: Any, shop_id: str) -> Any:
        """The share of the shop's products whose presentation passes."""
        return {"pass_rate": pass_rate(request.actor)}
