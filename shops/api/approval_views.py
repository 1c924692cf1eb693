"""What waits for a second person of the shop."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from kernel.actors import Role
from kernel.api.operations import listing, operation
from kernel.api.views import View
from kernel.errors import NotFound
from shops.api import serializers as shapes
from shops.models import Approval
from shops.selectors import ApprovalOut
from shops.services import approvals


class ApprovalView(View):
    """A door for the shop's people; who may decide depends on what is asked for."""

    audience = Role.MERCHANT
    permission = "shops.view"


class Approvals(ApprovalView):
    """Requests of the shop."""

    @listing(gives=ApprovalOut, filters=shapes.ApprovalQuery)
    def get(self, request: Any, shop_id: str, query: dict[str, Any]) -> QuerySet[Approval]:
        """List what one could decide or has asked for, the latest first."""
        return approvals.readable(request.actor).filter(**query)


class ApproveApproval(ApprovalView):
    """Saying yes."""

    @operation(gives=ApprovalOut)
    def post(self, request: Any, shop_id: str, approval_id: str) -> Approval:
        """Approve what somebody else asked for; it takes effect at once."""
        return approvals.approve(
            approval=_approval(request, approval_id), at=request.at, actor=request.actor
        )


class RejectApproval(ApprovalView):
    """Saying no."""

    @operation(takes=shapes.ShopReasonIn, gives=ApprovalOut)
    def post(self, request: Any, shop_id: str, approval_id: str, data: dict[str, Any]) -> Approval:
        """Reject it; everything stays as it is."""
        return approvals.reject(
            approval=_approval(request, approval_id),
            reason=data["reason"],
            at=request.at,
            actor=request.actor,
        )


class WithdrawApproval(ApprovalView):
    """Taking it back."""

    @operation(gives=ApprovalOut)
    def post(self, request: Any, shop_id: str, approval_id: str) -> Approval:
        """Take one's own request back."""
        return approvals.withdraw(
            approval=_approval(request, approval_id), at=request.at, actor=request.actor
        )


def _approval(request: Any, approval_id: str) -> Approval:
    approval = approvals.readable(request.actor).filter(public_id=approval_id).first()
    if approval is None:
        raise NotFound
    return approval
