"""The shop's door to the alliance."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from affiliates import selectors
from affiliates.api.queries import filtered_commissions
from affiliates.api.serializers import (
    CommissionOut,
    CommissionQueryIn,
    CreatePlanIn,
    MembershipOut,
    PlanOut,
    PlanQueryIn,
    PlanRateIn,
    PlanRateOut,
    ShopPickOut,
)
from affiliates.models import AllianceMembership, Commission, Pick, Plan
from affiliates.services import memberships, plans
from catalog.models import Product
from kernel.actors import Role
from kernel.api.operations import listing, operation
from kernel.api.views import View
from shops.models import Approval, Shop


class MembershipView(View):
    """The shop's place in the alliance."""

    audience = Role.MERCHANT
    permission = "affiliates.edit"
    permissions = {"GET": "affiliates.view"}

    @operation(gives=MembershipOut)
    def get(self, request: Any, shop_id: str) -> AllianceMembership | None:
        """Show the shop's membership; 404 when it never joined."""
        return AllianceMembership.objects.visible_to(request.actor).first()

    @operation(gives=MembershipOut)
    def post(self, request: Any, shop_id: str) -> AllianceMembership:
        """Join the alliance, or stay when leaving."""
        return memberships.join(shop=_shop(request, shop_id), at=request.at, actor=request.actor)

    @operation(gives=MembershipOut)
    def delete(self, request: Any, shop_id: str) -> AllianceMembership:
        """Leave at the next 00:00 in China; all plans close then."""
        return memberships.leave(shop=_shop(request, shop_id), at=request.at, actor=request.actor)


class ShopPlansView(View):
    """The shop's plans."""

    audience = Role.MERCHANT
    permission = "affiliates.edit"
    permissions = {"GET": "affiliates.view"}

    @listing(gives=PlanOut, filters=PlanQueryIn)
    def get(self, request: Any, query: dict[str, Any], shop_id: str) -> QuerySet[Plan]:
        """List the shop's plans, newest first."""
        return selectors.plans_page(Plan.objects.visible_to(request.actor).filter(**query))

    @operation(takes=CreatePlanIn, gives=PlanOut, status=201)
    def post(self, request: Any, data: dict[str, Any], shop_id: str) -> Plan:
        """Open a plan on a product; it runs at once."""
        product = Product.objects.select_related("category").get_visible(
            request.actor, public_id=data["product_id"]
        )
        return plans.create(
            product=product, rate_bp=data["rate_bp"], at=request.at, actor=request.actor
        )


class ShopPlanView(View):
    """One plan."""

    audience = Role.MERCHANT
    permission = "affiliates.view"

    @operation(gives=PlanOut)
    def get(self, request: Any, shop_id: str, plan_id: str) -> Plan:
        """Show a plan."""
        return _plan(request, plan_id)


class PlanRateView(View):
    """A plan's rate."""

    audience = Role.MERCHANT
    permission = "affiliates.edit"

    @operation(takes=PlanRateIn, gives=PlanRateOut)
    def post(self, request: Any, data: dict[str, Any], shop_id: str, plan_id: str) -> Plan:
        """Change the rate: a raise begins now, a cut at the next 00:00 in China.

        A raise above 30 % waits for a second person of the shop: `approval` names the request.
        """
        plan = _plan(request, plan_id)
        done = plans.set_rate(
            plan=plan, rate_bp=data["rate_bp"], at=request.at, actor=request.actor
        )
        shown: Any = _plan(request, plan_id)
        shown.approval = done if isinstance(done, Approval) else None
        return shown


class ClosePlanView(View):
    """The end of a plan."""

    audience = Role.MERCHANT
    permission = "affiliates.edit"

    @operation(gives=PlanOut)
    def post(self, request: Any, shop_id: str, plan_id: str) -> Plan:
        """Close a plan at the next 00:00 in China."""
        return plans.close(plan=_plan(request, plan_id), at=request.at, actor=request.actor)


class ResumePlanView(View):
    """A change of mind."""

    audience = Role.MERCHANT
    permission = "affiliates.edit"

    @operation(gives=PlanOut)
    def post(self, request: Any, shop_id: str, plan_id: str) -> Plan:
        """Let a closing plan run on."""
        return plans.resume(plan=_plan(request, plan_id), at=request.at, actor=request.actor)


class ShopPicksView(View):
    """Who sells the shop's products."""

    audience = Role.MERCHANT
    permission = "affiliates.view"

    @listing(gives=ShopPickOut)
    def get(self, request: Any, shop_id: str) -> QuerySet[Pick]:
        """List the picks of the shop's products, newest first."""
        return selectors.picks_page(Pick.objects.visible_to(request.actor))


class ShopCommissionsView(View):
    """What the shop pays its creators."""

    audience = Role.MERCHANT
    permission = "affiliates.view"

    @listing(gives=CommissionOut, ordering=("-paid_at", "-id"), filters=CommissionQueryIn)
    def get(self, request: Any, query: dict[str, Any], shop_id: str) -> QuerySet[Commission]:
        """List the commission of the shop's orders, latest payment first."""
        return filtered_commissions(request.actor, query)


def _shop(request: Any, shop_id: str) -> Shop:
    return Shop.objects.get_visible(request.actor, public_id=shop_id)


def _plan(request: Any, plan_id: str) -> Plan:
    return selectors.plans_page(Plan.objects.all()).get_visible(request.actor, public_id=plan_id)
