"""Support and operators."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from kernel.actors import Role
from kernel.api.operations import listing, operation
from kernel.api.views import View
from orders.api.inputs import DeadlineIn, RefundQueryIn
from orders.api.outputs import PlatformRefundOut, RevealedReceiverOut, ShopOrderOut
from orders.models import Order, Refund
from orders.selectors import with_details
from orders.services import desk


class SupportOrderView(View):
    """One order, for support."""

    audience = Role.SUPPORT
    permission = "orders.view"

    @operation(gives=ShopOrderOut)
    def get(self, request: Any, number: str) -> Order:
        """Show an order; the receiver is masked."""
        return with_details(Order.objects.all()).get_visible(request.actor, number=number)


class SupportReceiverView(View):
    """The receiver in clear, for support."""

    audience = Role.SUPPORT
    permission = "orders.reveal"

    @operation(gives=RevealedReceiverOut)
    def post(self, request: Any, number: str) -> dict[str, Any]:
        """Reveal the receiver; the audit trail says who looked."""
        order = Order.objects.get_visible(request.actor, number=number)
        return desk.reveal_receiver(order_id=order.pk, at=request.at, actor=request.actor)


class OperatorRefundsView(View):
    """Money on its way back."""

    audience = Role.OPERATOR
    permission = "orders.operate"

    @listing(gives=PlatformRefundOut, filters=RefundQueryIn)
    def get(self, request: Any, query: dict[str, Any]) -> QuerySet[Refund]:
        """List refunds, newest first."""
        refunds = Refund.objects.visible_to(request.actor).select_related("payment", "order")
        return refunds.filter(**query)


class SandboxDeadlinesView(View):
    """Bringing a deadline forward; there is no such thing outside a sandbox."""

    audience = Role.OPERATOR
    permission = "orders.operate"

    @operation(takes=DeadlineIn, gives=ShopOrderOut)
    def post(self, request: Any, data: dict[str, Any]) -> Order:
        """Let one deadline of one order be now."""
        order = Order.objects.get_visible(request.actor, number=data["order"])
        desk.bring_forward(
            order_id=order.pk, deadline=data["deadline"], at=request.at, actor=request.actor
        )
        return with_details(Order.objects.all()).get(pk=order.pk)
