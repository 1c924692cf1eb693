"""Merchants: named filters of the order list, each person's own."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from kernel.actors import Role
from kernel.api.operations import listing, operation
from kernel.api.views import View
from orders.api.desk_outputs import OrderViewOut
from orders.api.inputs import OrderViewIn
from orders.models import OrderView
from orders.services import views
from shops.models import Shop


class OrderViewsView(View):
    """One's own views of the shop's orders."""

    audience = Role.MERCHANT
    permission = "orders.view"

    @listing(gives=OrderViewOut, ordering=("id",))
    def get(self, request: Any, shop_id: str) -> QuerySet[OrderView]:
        """One's own views, the first made first."""
        return OrderView.objects.visible_to(request.actor)

    @operation(takes=OrderViewIn, gives=OrderViewOut, status=201)
    def post(self, request: Any, data: dict[str, Any], shop_id: str) -> OrderView:
        """Keep a filter under a name; one of that name is replaced."""
        return views.save_view(
            shop=Shop.objects.get_visible(request.actor, public_id=shop_id),
            name=data.pop("name"),
            filters=data,
            actor=request.actor,
            at=request.at,
        )


class OrderViewView(View):
    """One view."""

    audience = Role.MERCHANT
    permission = "orders.view"

    @operation(status=204)
    def delete(self, request: Any, shop_id: str, order_view_id: str) -> None:
        """Forget a view."""
        view = OrderView.objects.get_visible(request.actor, public_id=order_view_id)
        views.remove_view(view_id=view.pk)
