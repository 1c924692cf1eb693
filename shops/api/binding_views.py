"""What the shop's side does about its faces (号店绑定)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts.models import Account
from kernel.api.operations import listing, operation
from shops.api import serializers as shapes
from shops.api.buyer_views import SIDES, visible_binding
from shops.api.merchant_views import MerchantView
from shops.models import Binding
from shops.services import bindings, endings, preconditions
from shops.services.endings import Unbinding
from shops.services.preconditions import Precondition


class BindingView(MerchantView):
    """A door for who decides about the shop's face."""

    permission = "shops.binding"


class Bindings(BindingView):
    """The shop's bindings."""

    @listing(gives=shapes.BindingOut, filters=shapes.BindingQuery)
    def get(self, request: Any, shop_id: str, query: dict[str, Any]) -> QuerySet[Binding]:
        """List the shop's bindings, the latest first."""
        rows = Binding.objects.visible_to(request.actor).select_related(*SIDES)
        return rows.filter(**query)

    @operation(takes=shapes.BindingIn, gives=shapes.BindingOut, status=201)
    def post(self, request: Any, shop_id: str, data: dict[str, Any]) -> Binding:
        """Ask an account to be a face of the shop; its owner has 7 days to answer (BI-04)."""
        replaces = data.pop("replaces", None)
        account_id = data.pop("account_id")
        return bindings.start_binding(
            shop_id=request.actor.shop_id,
            account=Account.objects.get_visible(request.actor, public_id=account_id),
            replaces=visible_binding(request.actor, replaces) if replaces else None,
            at=request.at,
            actor=request.actor,
            **data,
        )


class OneBinding(BindingView):
    """One of them."""

    @operation(gives=shapes.BindingOut)
    def get(self, request: Any, shop_id: str, binding_id: str) -> Binding:
        """Show a binding of the shop."""
        return visible_binding(request.actor, binding_id)


class WithdrawBinding(BindingView):
    """Taking the request back."""

    @operation(gives=shapes.BindingOut)
    def post(self, request: Any, shop_id: str, binding_id: str) -> Binding:
        """Take the request back; an account that was to be replaced stays."""
        return bindings.withdraw_binding(
            binding=visible_binding(request.actor, binding_id), at=request.at, actor=request.actor
        )


class Preconditions(BindingView):
    """What stands against an unbinding."""

    @operation(gives=shapes.PreconditionOut, many=True)
    def get(self, request: Any, shop_id: str, binding_id: str) -> list[Precondition]:
        """List what must be clear before the binding ends, with counts (BI-12)."""
        return preconditions.check(visible_binding(request.actor, binding_id))


class Unbind(BindingView):
    """Parting."""

    @operation(gives=shapes.UnbindingOut)
    def post(self, request: Any, shop_id: str, binding_id: str) -> Unbinding:
        """Unbind: over at once, or when all that stands against it is clear (BI-12)."""
        return endings.unbind(
            binding=visible_binding(request.actor, binding_id), at=request.at, actor=request.actor
        )


class KeepBinding(BindingView):
    """Staying."""

    @operation(gives=shapes.BindingOut)
    def post(self, request: Any, shop_id: str, binding_id: str) -> Binding:
        """Take the wish to unbind back."""
        return endings.keep_binding(
            binding=visible_binding(request.actor, binding_id), at=request.at, actor=request.actor
        )
