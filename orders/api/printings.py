"""Merchants: labels and pick lists of their shop's orders."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from kernel.actors import Role
from kernel.api.operations import listing, operation
from kernel.api.views import View
from kernel.downloads import Download
from orders.api.desk_outputs import PrintingOut
from orders.api.inputs import PrintingIn
from orders.models import OrderView, Printing
from orders.services.printing import runs
from shops.models import Shop


class PrintingsView(View):
    """The shop's printings."""

    audience = Role.MERCHANT
    permission = "orders.ship"

    @listing(gives=PrintingOut)
    def get(self, request: Any, shop_id: str) -> QuerySet[Printing]:
        """Printings of the shop, the newest first."""
        return Printing.objects.visible_to(request.actor)

    @operation(takes=PrintingIn, gives=PrintingOut, status=201, idempotent=True)
    def post(self, request: Any, data: dict[str, Any], shop_id: str) -> Printing:
        """Put orders on a printing. Labels show receivers: they need `orders.reveal` too."""
        filters = None
        if "order_view_id" in data:
            views = OrderView.objects
            filters = views.get_visible(request.actor, public_id=data["order_view_id"]).filters
        return runs.start(
            filters=filters,
            shop=Shop.objects.get_visible(request.actor, public_id=shop_id),
            kind=data["kind"],
            numbers=data.get("orders", ()),
            actor=request.actor,
            at=request.at,
        )


class PrintingFileView(View):
    """The paper. The trail says who took it, so there is no HEAD that takes nothing."""

    http_method_names = ["get", "options"]
    audience = Role.MERCHANT
    permission = "orders.ship"

    @operation(gives_file="application/pdf")
    def get(self, request: Any, shop_id: str, printing_id: str) -> Download:
        """The PDF of a printing; the audit trail says who took it, and of which orders."""
        printing = Printing.objects.get_visible(request.actor, public_id=printing_id)
        return runs.file(printing=printing, actor=request.actor, at=request.at)
