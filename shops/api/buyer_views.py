"""What a signed-in person does before being staff, and what an account's owner answers."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from kernel.actors import Actor
from kernel.api.operations import listing, operation
from kernel.api.views import View
from shops.api import serializers as shapes
from shops.models import Binding, Shop, Staff
from shops.services import admissions, bindings, staff

SIDES = ("shop", "account", "replaces")


def me(actor: Actor) -> User:
    """Return the signed-in user. Raises NotFound when the person was locked out meanwhile."""
    return User.objects.get_visible(actor, pk=actor.user_id, is_active=True)


def visible_binding(actor: Actor, binding_id: str) -> Binding:
    """Return a binding of the actor's account, shop or platform, or raise NotFound."""
    return Binding.objects.select_related(*SIDES).get_visible(actor, public_id=binding_id)


class Shops(View):
    """Opening a shop."""

    @operation(takes=shapes.ShopIn, gives=shapes.ShopOut, status=201)
    def post(self, request: Any, data: dict[str, Any]) -> Shop:
        """Prepare a shop: you are its owner, and its application is a draft (SH-03)."""
        return admissions.create_shop(owner=me(request.actor), at=request.at, **data)


class AcceptInvitation(View):
    """Taking a place."""

    @operation(takes=shapes.InvitationAcceptIn, gives=shapes.StaffOut)
    def post(self, request: Any, data: dict[str, Any]) -> Staff:
        """Take the place that an invitation to your address offers (SH-17)."""
        return staff.accept_invitation(token=data["token"], user=me(request.actor), at=request.at)


class OwnBindings(View):
    """The bindings of one's accounts."""

    @listing(gives=shapes.BindingOut, filters=shapes.BindingQuery)
    def get(self, request: Any, query: dict[str, Any]) -> QuerySet[Binding]:
        """List the bindings of your accounts; ``?status=awaiting_account`` waits for you."""
        return _of_accounts(request.actor).filter(**query)


class OwnBinding(View):
    """One of them."""

    @operation(gives=shapes.BindingOut)
    def get(self, request: Any, binding_id: str) -> Binding:
        """Show a binding of your account."""
        return visible_binding(request.actor, binding_id)


class AcceptBinding(View):
    """Saying yes for the account."""

    @operation(gives=shapes.BindingOut)
    def post(self, request: Any, binding_id: str) -> Binding:
        """Consent: your account becomes a face of the shop, or goes to review (BI-04)."""
        return bindings.accept_binding(
            binding=visible_binding(request.actor, binding_id), at=request.at, actor=request.actor
        )


class DeclineBinding(View):
    """Saying no for the account."""

    @operation(gives=shapes.BindingOut)
    def post(self, request: Any, binding_id: str) -> Binding:
        """Decline, or take your consent back while it is in review."""
        return bindings.decline_binding(
            binding=visible_binding(request.actor, binding_id), at=request.at, actor=request.actor
        )


class ChooseMainShop(View):
    """Which of several shops the account shows."""

    @operation(gives=shapes.BindingOut)
    def post(self, request: Any, binding_id: str) -> Binding:
        """Let your account show this shop of those it is official for (BI-02)."""
        return bindings.choose_main_shop(
            binding=visible_binding(request.actor, binding_id), at=request.at, actor=request.actor
        )


def _of_accounts(actor: Actor) -> QuerySet[Binding]:
    return Binding.objects.visible_to(actor).select_related(*SIDES)
