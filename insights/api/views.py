"""Merchants read their days and how their score came about; support exempts."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from aftersales.models import RefundCase
from insights.api.serializers import (
    BindingEffectOut,
    CaseRowsQueryIn,
    DayQueryIn,
    ExemptionIn,
    ExemptionOut,
    LiftExemptionIn,
    OrderRowsQueryIn,
    ScoredCaseOut,
    ScoredOrderOut,
    ShopCardOut,
    ShopDayOut,
    ShopScoreOut,
)
from insights.enums import ExemptReason, RowPart
from insights.models import BindingEffect, ScoreExemption, ShopDay, ShopScore
from insights.selectors import measures
from insights.selectors.cards import ShopCard, shop_card
from insights.services import exemptions
from kernel.actors import Role
from kernel.api.operations import listing, operation
from kernel.api.views import View
from kernel.errors import NotFound
from orders.models import Order


class ShopDaysView(View):
    """The shop's figures."""

    audience = Role.MERCHANT
    permission = "orders.view"

    @listing(gives=ShopDayOut, ordering=("-day", "-id"), filters=DayQueryIn)
    def get(self, request: Any, query: dict[str, Any], shop_id: str) -> QuerySet[ShopDay]:
        """List the days on which the shop sold or gave back, latest first."""
        lookups = {"since": "day__gte", "until": "day__lte"}
        asked = {lookups[name]: day for name, day in query.items()}
        return ShopDay.objects.visible_to(request.actor).filter(**asked)


class BindingEffectsView(View):
    """What the shop's bindings brought."""

    audience = Role.MERCHANT
    permission = "orders.view"

    @listing(gives=BindingEffectOut, ordering=("-bound_at", "-id"))
    def get(self, request: Any, shop_id: str) -> QuerySet[BindingEffect]:
        """List the shop before and after each account became its face, the latest first."""
        rows = BindingEffect.objects.visible_to(request.actor)
        return rows.select_related("binding__account")


class ShopScoresView(View):
    """The shop's scores."""

    audience = Role.MERCHANT
    permission = "shops.view"

    @listing(gives=ShopScoreOut, ordering=("-day", "-id"))
    def get(self, request: Any, shop_id: str) -> QuerySet[ShopScore]:
        """List the experience scores by day, latest first, each with its measures."""
        return ShopScore.objects.visible_to(request.actor).prefetch_related("metrics")


class ScoredOrdersView(View):
    """The orders behind a measure."""

    audience = Role.MERCHANT
    permission = "orders.view"

    @listing(gives=ScoredOrderOut, ordering=("-paid_at", "-id"), filters=OrderRowsQueryIn)
    def get(
        self, request: Any, query: dict[str, Any], shop_id: str, score_id: str
    ) -> QuerySet[Any, Any]:
        """List the orders that a measure of a score counts: who adds them up gets the score."""
        score = ShopScore.objects.get_visible(request.actor, public_id=score_id)
        window = measures.window_of(score)
        if "metric" not in query:
            return measures.orders_of(window)
        return measures.rows_of(window, query["metric"], query.get("part", RowPart.DENOMINATOR))


class ScoredCasesView(View):
    """The cases behind a measure."""

    audience = Role.MERCHANT
    permission = "aftersales.view"

    @listing(gives=ScoredCaseOut, ordering=("-created_at", "-id"), filters=CaseRowsQueryIn)
    def get(
        self, request: Any, query: dict[str, Any], shop_id: str, score_id: str
    ) -> QuerySet[Any, Any]:
        """List the cases that a measure of a score counts, with their minutes."""
        score = ShopScore.objects.get_visible(request.actor, public_id=score_id)
        window = measures.window_of(score)
        rows: QuerySet[Any, Any] = measures.cases_of(window)
        if "metric" in query:
            rows = measures.rows_of(window, query["metric"], RowPart.DENOMINATOR)
        return rows.select_related("order")


class ShopExemptionsView(View):
    """What does not count."""

    audience = Role.MERCHANT
    permission = "shops.view"

    @listing(gives=ExemptionOut, ordering=("-created_at", "-id"))
    def get(self, request: Any, shop_id: str) -> QuerySet[ScoreExemption]:
        """List the orders and cases that support has exempted from the score."""
        return _exemptions().visible_to(request.actor)


class ShopCardView(View):
    """What buyers are told."""

    audience = Role.ANONYMOUS

    @operation(gives=ShopCardOut)
    def get(self, request: Any, shop_id: str) -> ShopCard:
        """Show a shop's score, followers, on-time rate and guarantees (SH-21)."""
        card = shop_card(shop_id, at=request.at)
        if card is None:
            raise NotFound
        return card


class ExemptionsView(View):
    """Exempting."""

    audience = Role.SUPPORT
    permission = "aftersales.decide"

    @operation(takes=ExemptionIn, gives=ExemptionOut, status=201)
    def post(self, request: Any, data: dict[str, Any]) -> ScoreExemption:
        """Let an order, or one case of it, not count towards its shop's score."""
        order = Order.objects.get_visible(request.actor, number=data["order_number"])
        case = None
        if "case_number" in data:
            cases = RefundCase.objects.filter(order=order)
            case = cases.get_visible(request.actor, number=data["case_number"])
        return exemptions.exempt(
            order=order,
            case=case,
            reason=ExemptReason(data["reason"]),
            note=data["note"],
            at=request.at,
            actor=request.actor,
        )


class LiftExemptionView(View):
    """Counting again."""

    audience = Role.SUPPORT
    permission = "aftersales.decide"

    @operation(takes=LiftExemptionIn, gives=ExemptionOut)
    def post(self, request: Any, data: dict[str, Any], exemption_id: str) -> ScoreExemption:
        """Let what was exempt count again."""
        exemption = _exemptions().get_visible(request.actor, public_id=exemption_id)
        return exemptions.lift(
            exemption=exemption, reason=data["reason"], at=request.at, actor=request.actor
        )


def _exemptions() -> Any:
    return ScoreExemption.objects.select_related("order", "case")
