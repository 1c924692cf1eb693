"""What operators do with applications, letters of authorisation and shops."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from kernel.actors import Actor, Role
from kernel.api.operations import listing, operation
from kernel.api.views import View
from shops.api import admission_serializers as applying
from shops.api import serializers as shapes
from shops.api.buyer_views import SIDES, visible_binding
from shops.models import Admission, Binding, Checklist, Shop
from shops.services import bindings, checklists, reviewing, standing


class OperatorView(View):
    """A door for operators of this room."""

    audience = Role.OPERATOR
    permission = "shops.operate"


class AdmissionQueue(OperatorView):
    """Applications of all shops."""

    @listing(gives=applying.AdmissionOut, filters=applying.AdmissionQuery)
    def get(self, request: Any, query: dict[str, Any]) -> QuerySet[Admission]:
        """List applications, the latest first."""
        rows = Admission.objects.visible_to(request.actor).select_related("shop")
        return rows.filter(**query)


class OneAdmission(OperatorView):
    """One application."""

    @operation(gives=applying.AdmissionOut)
    def get(self, request: Any, admission_id: str) -> Admission:
        """Show an application."""
        return _admission(request.actor, admission_id)


class ClaimAdmission(OperatorView):
    """Taking one."""

    @operation(gives=applying.AdmissionOut)
    def post(self, request: Any, admission_id: str) -> Admission:
        """Take an application to review it; others wait (SH-03)."""
        return reviewing.claim_admission(
            admission=_admission(request.actor, admission_id), at=request.at, actor=request.actor
        )


class Checklists(OperatorView):
    """What applications are asked for."""

    @listing(gives=applying.ChecklistOut)
    def get(self, request: Any) -> QuerySet[Checklist]:
        """List every version, the latest first (SH-04)."""
        return Checklist.objects.visible_to(request.actor)

    @operation(takes=applying.ChecklistIn, gives=applying.ChecklistOut, status=201)
    def post(self, request: Any, data: dict[str, Any]) -> Checklist:
        """Publish a version: it holds for what is sent from now on (SH-04)."""
        return checklists.publish_checklist(at=request.at, actor=request.actor, **data)


class ApproveAdmission(OperatorView):
    """Saying yes."""

    @operation(gives=applying.AdmissionOut)
    def post(self, request: Any, admission_id: str) -> Admission:
        """Approve: the contract waits for the signature of the applicant (SH-03)."""
        return reviewing.approve_admission(
            admission=_admission(request.actor, admission_id), at=request.at, actor=request.actor
        )


class RejectAdmission(OperatorView):
    """Saying what to correct."""

    @operation(takes=applying.AdmissionRejectIn, gives=applying.AdmissionOut)
    def post(self, request: Any, admission_id: str, data: dict[str, Any]) -> Admission:
        """Send an application back with the fields to correct (SH-03)."""
        return reviewing.reject_admission(
            admission=_admission(request.actor, admission_id),
            rejections=data["rejections"],
            at=request.at,
            actor=request.actor,
        )


class BindingQueue(OperatorView):
    """Bindings of all shops."""

    @listing(gives=shapes.BindingOut, filters=shapes.BindingQuery)
    def get(self, request: Any, query: dict[str, Any]) -> QuerySet[Binding]:
        """List bindings; ``?status=awaiting_review`` waits for you."""
        rows = Binding.objects.visible_to(request.actor).select_related(*SIDES)
        return rows.filter(**query)


class ApproveBinding(OperatorView):
    """Accepting the letter."""

    @operation(gives=shapes.BindingOut)
    def post(self, request: Any, binding_id: str) -> Binding:
        """Accept the letter of authorisation: the two are bound (BI-04)."""
        return bindings.approve_binding(
            binding=visible_binding(request.actor, binding_id), at=request.at, actor=request.actor
        )


class RejectBinding(OperatorView):
    """Refusing the letter."""

    @operation(takes=shapes.ShopReasonIn, gives=shapes.BindingOut)
    def post(self, request: Any, binding_id: str, data: dict[str, Any]) -> Binding:
        """Refuse the letter of authorisation."""
        return bindings.reject_binding(
            binding=visible_binding(request.actor, binding_id),
            reason=data["reason"],
            at=request.at,
            actor=request.actor,
        )


class ShopList(OperatorView):
    """All shops."""

    @listing(gives=shapes.OperatorShopOut, filters=shapes.ShopQuery)
    def get(self, request: Any, query: dict[str, Any]) -> QuerySet[Shop]:
        """List shops, the latest first."""
        rows = Shop.objects.visible_to(request.actor).select_related("merchant")
        return rows.filter(**query)


class SuspendShop(OperatorView):
    """Stopping sales."""

    @operation(takes=shapes.ShopReasonIn, gives=shapes.ShopOut)
    def post(self, request: Any, shop_id: str, data: dict[str, Any]) -> Shop:
        """Suspend a shop: no sales, orders that exist go on."""
        return standing.suspend_shop(
            shop=_shop(request.actor, shop_id),
            reason=data["reason"],
            at=request.at,
            actor=request.actor,
        )


class ReopenShop(OperatorView):
    """Letting it sell again."""

    @operation(takes=shapes.ShopReasonIn, gives=shapes.ShopOut)
    def post(self, request: Any, shop_id: str, data: dict[str, Any]) -> Shop:
        """Let a suspended shop sell again."""
        return standing.reopen_shop(
            shop=_shop(request.actor, shop_id),
            reason=data["reason"],
            at=request.at,
            actor=request.actor,
        )


class CloseShop(OperatorView):
    """Closing for good."""

    @operation(takes=shapes.ShopReasonIn, gives=shapes.ShopOut)
    def post(self, request: Any, shop_id: str, data: dict[str, Any]) -> Shop:
        """Close a shop for good; its accounts are unbound first."""
        return standing.close_shop(
            shop=_shop(request.actor, shop_id),
            reason=data["reason"],
            at=request.at,
            actor=request.actor,
        )


def _admission(actor: Actor, admission_id: str) -> Admission:
    rows = Admission.objects.select_related("shop")
    return rows.get_visible(actor, public_id=admission_id)


def _shop(actor: Actor, shop_id: str) -> Shop:
    return Shop.objects.get_visible(actor, public_id=shop_id)
