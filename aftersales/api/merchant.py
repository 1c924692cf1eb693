"""What shops do with the cases of their orders."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from aftersales.api import cases as doors
from aftersales.api.inputs import (
    CaseAcceptReturnIn,
    CaseApproveIn,
    CaseDecisionsIn,
    CaseInspectionIn,
    CaseMessageIn,
    CaseQueryIn,
    CaseRejectAndShipIn,
    CaseRejectIn,
)
from aftersales.api.serializers import (
    CaseCountersOut,
    CaseDecisionsOut,
    CaseDetailOut,
    CaseOut,
)
from aftersales.models import RefundCase
from aftersales.selectors import cases
from aftersales.services import arbitration, deciding, records, returns, shipping_anyway
from aftersales.services.deciding import Decision, DecisionResult, Rejection
from aftersales.services.shipping_anyway import AnywayParcel
from kernel.actors import Role
from kernel.api.operations import idempotency_key, listing, operation
from kernel.api.views import View
from kernel.errors import NotAllowed
from orders.services.shipping import request_id_of


class ShopView(View):
    """A door for staff of the shop in the address."""

    audience = Role.MERCHANT
    permissions = {"GET": "aftersales.view", "POST": "aftersales.decide"}


class ShopCases(ShopView):
    """The shop's cases."""

    @listing(gives=CaseOut, filters=CaseQueryIn)
    def get(
        self, request: Any, query: dict[str, Any], shop_id: str
    ) -> tuple[QuerySet[RefundCase], tuple[str, ...]]:
        """List the shop's cases: what waits comes by its deadline, nearest first (AF-05)."""
        return doors.queue(request, query)


class ShopCaseCounters(ShopView):
    """What waits, in numbers."""

    @operation(gives=CaseCountersOut)
    def get(self, request: Any, shop_id: str) -> cases.Counters:
        """Count what waits in the shop's open cases."""
        return cases.counters(request.actor, request.at)


class ShopCase(ShopView):
    """One case."""

    @operation(gives=CaseDetailOut)
    def get(self, request: Any, shop_id: str, number: str) -> RefundCase:
        """Show a case with its identity block, deadline and record."""
        return doors.show(doors.find(request, number).pk)


class ShopCaseApproval(ShopView):
    """Saying yes."""

    @operation(takes=CaseApproveIn, gives=CaseDetailOut, idempotent=True)
    def post(self, request: Any, data: dict[str, Any], shop_id: str, number: str) -> RefundCase:
        """Grant a request: the money goes back, or the goods may be sent back."""
        case = doors.find(request, number)
        deciding.approve(case_id=case.pk, at=request.at, actor=request.actor, **data)
        return doors.show(case.pk)


class ShopCaseRejection(ShopView):
    """Saying no."""

    @operation(takes=CaseRejectIn, gives=CaseDetailOut, idempotent=True)
    def post(self, request: Any, data: dict[str, Any], shop_id: str, number: str) -> RefundCase:
        """Refuse a request, with a reason the buyer can read (AF-15)."""
        case = doors.find(request, number)
        deciding.reject(
            case_id=case.pk,
            version=data["version"],
            rejection=_rejection(data),
            at=request.at,
            actor=request.actor,
        )
        return doors.show(case.pk)


class ShopCaseShippedAnyway(ShopView):
    """Saying no by shipping."""

    @operation(takes=CaseRejectAndShipIn, gives=CaseDetailOut, idempotent=True)
    def post(self, request: Any, data: dict[str, Any], shop_id: str, number: str) -> RefundCase:
        """Refuse a refund before shipping and ship the order, as one act (OR-13).

        Asks for `orders.ship` too.
        """
        if not request.actor.may("orders.ship"):
            raise NotAllowed
        case = doors.find(request, number)
        shipping_anyway.reject_and_ship(
            case_id=case.pk,
            version=data["version"],
            rejection=_rejection(data),
            parcel=AnywayParcel(
                request_id=request_id_of(idempotency_key(request)),
                carrier_code=data["carrier"],
                tracking_number=data["tracking_number"],
            ),
            at=request.at,
            actor=request.actor,
        )
        return doors.show(case.pk)


class ShopCaseReceipt(ShopView):
    """The parcel arrived."""

    @operation(gives=CaseDetailOut, idempotent=True)
    def post(self, request: Any, shop_id: str, number: str) -> RefundCase:
        """Note that the returned parcel arrived; 48 hours to look at it begin."""
        case = doors.find(request, number)
        returns.mark_received(case_id=case.pk, at=request.at, actor=request.actor)
        return doors.show(case.pk)


class ShopCaseReturnAcceptance(ShopView):
    """Taking goods back."""

    @operation(takes=CaseAcceptReturnIn, gives=CaseDetailOut, idempotent=True)
    def post(self, request: Any, data: dict[str, Any], shop_id: str, number: str) -> RefundCase:
        """Accept returned goods: sellable ones go to stock, the money goes back (AF-20)."""
        case = doors.find(request, number)
        returns.accept_return(case_id=case.pk, at=request.at, actor=request.actor, **data)
        return doors.show(case.pk)


class ShopCaseReturnRejection(ShopView):
    """Not taking goods back."""

    @operation(takes=CaseRejectIn, gives=CaseDetailOut, idempotent=True)
    def post(self, request: Any, data: dict[str, Any], shop_id: str, number: str) -> RefundCase:
        """Refuse to pay for what came back, with a reason and, where asked for, a picture."""
        case = doors.find(request, number)
        deciding.reject_return(
            case_id=case.pk,
            version=data["version"],
            rejection=_rejection(data),
            at=request.at,
            actor=request.actor,
        )
        return doors.show(case.pk)


class ShopCaseInspection(ShopView):
    """Goods that were paid for unseen."""

    @operation(takes=CaseInspectionIn, gives=CaseDetailOut, idempotent=True)
    def post(self, request: Any, data: dict[str, Any], shop_id: str, number: str) -> RefundCase:
        """Say what was in a parcel whose money went back without the shop; stock follows."""
        case = doors.find(request, number)
        returns.record_inspection(case_id=case.pk, at=request.at, actor=request.actor, **data)
        return doors.show(case.pk)


class ShopCaseEscalation(ShopView):
    """Calling the platform."""

    @operation(takes=CaseMessageIn, gives=CaseDetailOut, idempotent=True)
    def post(self, request: Any, data: dict[str, Any], shop_id: str, number: str) -> RefundCase:
        """Call platform support; all other clocks stand still (AF-26)."""
        case = doors.find(request, number)
        arbitration.escalate(case_id=case.pk, at=request.at, actor=request.actor, **data)
        return doors.show(case.pk)


class ShopCaseMessage(ShopView):
    """Talking to the buyer."""

    @operation(takes=CaseMessageIn, gives=CaseDetailOut, status=201, idempotent=True)
    def post(self, request: Any, data: dict[str, Any], shop_id: str, number: str) -> RefundCase:
        """Add words to the negotiation record; they cannot be changed later."""
        case = doors.find(request, number)
        records.say(case_id=case.pk, at=request.at, actor=request.actor, **data)
        return doors.show(case.pk)


class ShopCaseDecisions(ShopView):
    """Many at a time."""

    @operation(takes=CaseDecisionsIn, gives=CaseDecisionsOut, idempotent=True)
    def post(
        self, request: Any, data: dict[str, Any], shop_id: str
    ) -> dict[str, list[DecisionResult]]:
        """Decide up to 20 requests; each succeeds or is refused alone (AF-17)."""
        decisions = [
            Decision(
                number=item["number"],
                version=item["version"],
                rejection=_rejection(item) if item["decision"] == "reject" else None,
            )
            for item in data["decisions"]
        ]
        results = deciding.decide_many(
            shop_id=request.actor.shop_id,
            decisions=decisions,
            at=request.at,
            actor=request.actor,
        )
        return {"results": results}


def _rejection(data: dict[str, Any]) -> Rejection:
    return Rejection(
        code=data["code"],
        remark=data.get("remark", ""),
        image_urls=tuple(data.get("image_urls", ())),
    )
