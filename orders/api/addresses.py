"""Another address before the parcel leaves (OR-16): buyers ask, shops answer."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from kernel.actors import Role
from kernel.api.operations import listing, operation
from kernel.api.views import View
from orders.api.desk_outputs import AddressChangeOut, OrderRulesOut, ShopAddressChangeOut
from orders.api.inputs import (
    AddressApproveIn,
    AddressChangeIn,
    AddressChangeQueryIn,
    AddressRefusalIn,
    OrderRulesIn,
)
from orders.models import AddressChange, Order, OrderRules
from orders.services import readdressing
from orders.services.requests import Receiver
from shops.models import Shop


class BuyerAddressChangesView(View):
    """A buyer's wishes for one order."""

    audience = Role.BUYER

    @listing(gives=AddressChangeOut)
    def get(self, request: Any, number: str) -> QuerySet[AddressChange]:
        """What became of the wishes, the newest first."""
        order = Order.objects.get_visible(request.actor, number=number)
        return _changes(request).filter(order=order)

    @operation(takes=AddressChangeIn, gives=AddressChangeOut, status=201, idempotent=True)
    def post(self, request: Any, data: dict[str, Any], number: str) -> AddressChange:
        """Ask to have the order sent elsewhere: it is, it is not, or the shop is asked."""
        order = Order.objects.get_visible(request.actor, number=number)
        receiver = data.get("receiver")
        return readdressing.ask(
            order_id=order.pk,
            receiver=Receiver(**receiver) if receiver else None,
            address_id=data.get("address_id", ""),
            at=request.at,
            actor=request.actor,
        )


class ShopAddressChangesView(View):
    """The shop's queue."""

    audience = Role.MERCHANT
    permission = "orders.view"

    @listing(gives=ShopAddressChangeOut, filters=AddressChangeQueryIn)
    def get(self, request: Any, query: dict[str, Any], shop_id: str) -> QuerySet[AddressChange]:
        """Wishes of the shop's buyers, the newest first; receivers are masked."""
        return _changes(request).filter(**query)


class _AnswerView(View):
    audience = Role.MERCHANT
    permission = "orders.ship"


class AddressApproveView(_AnswerView):
    """Yes."""

    @operation(takes=AddressApproveIn, gives=ShopAddressChangeOut)
    def post(
        self, request: Any, data: dict[str, Any], shop_id: str, address_change_id: str
    ) -> AddressChange:
        """Send the order to the new receiver; say so where the shop bears more freight for it."""
        change = _changes(request).get_visible(request.actor, public_id=address_change_id)
        readdressing.approve(change_id=change.pk, at=request.at, actor=request.actor, **data)
        return _changes(request).get(pk=change.pk)


class AddressRejectView(_AnswerView):
    """No."""

    @operation(takes=AddressRefusalIn, gives=ShopAddressChangeOut)
    def post(
        self, request: Any, data: dict[str, Any], shop_id: str, address_change_id: str
    ) -> AddressChange:
        """Leave the order where it is, and say why."""
        change = _changes(request).get_visible(request.actor, public_id=address_change_id)
        readdressing.reject(
            change_id=change.pk, refusal=data["refusal"], at=request.at, actor=request.actor
        )
        return _changes(request).get(pk=change.pk)


class OrderRulesView(View):
    """What the shop wants to be asked."""

    audience = Role.MERCHANT
    permissions = {"GET": "orders.view", "PUT": "shops.edit"}

    @operation(gives=OrderRulesOut)
    def get(self, request: Any, shop_id: str) -> OrderRules:
        """Whether an address changes only with the shop's approval."""
        known = OrderRules.objects.visible_to(request.actor).first()
        return known or OrderRules(shop_id=request.actor.shop_id)

    @operation(takes=OrderRulesIn, gives=OrderRulesOut)
    def put(self, request: Any, data: dict[str, Any], shop_id: str) -> OrderRules:
        """Say whether the shop wants to be asked before an address changes."""
        shop = Shop.objects.get_visible(request.actor, public_id=shop_id)
        return readdressing.set_rules(shop=shop, at=request.at, actor=request.actor, **data)


def _changes(request: Any) -> Any:
    return AddressChange.objects.visible_to(request.actor).select_related("order")
