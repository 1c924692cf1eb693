"""What buyers do: ask what is possible, open cases, follow them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from aftersales.api import cases as doors
from aftersales.api.inputs import (
    CaseCalculationIn,
    CaseEditIn,
    CaseMessageIn,
    CaseOpenIn,
    CaseShipBackIn,
)
from aftersales.api.serializers import (
    CaseCalculationOut,
    CaseDetailOut,
    CaseOptionsOut,
    CaseOut,
)
from aftersales.models import RefundCase
from aftersales.selectors import cases, eligibility
from aftersales.selectors.calculator import Calculation
from aftersales.services import arbitration, opening, records, returns
from aftersales.services.opening import CaseRequest
from kernel import clock
from kernel.api.operations import listing, operation
from kernel.api.views import View
from kernel.errors import NotFound
from orders.models import OrderLine


class LineOptions(View):
    """What may be asked for on one line."""

    @operation(gives=CaseOptionsOut)
    def get(self, request: Any, order_number: str, position: str) -> dict[str, Any]:
        """Show which kinds of case are possible on a line, or why none is (AF-09)."""
        line = _line(request, order_number, position)
        verdict = eligibility.eligibility(line, clock.database_now())
        refusal = verdict.refusal
        return {
            "order_number": line.order.number,
            "position": line.position,
            "refusal": refusal,
            "detail": refusal.label if refusal else "",
            "kinds": verdict.kinds,
            "guarantees": cases.guarantees_seen(line.order),
            "identity": cases.identity_of_order(line.order, request.at),
        }


class Calculations(View):
    """The refund calculator."""

    @operation(takes=CaseCalculationIn, gives=CaseCalculationOut)
    def post(self, request: Any, data: dict[str, Any]) -> Calculation:
        """Calculate what a request would be worth (AF-10). Changes nothing."""
        line = _line(request, data["order_number"], data["position"])
        return eligibility.worth(
            line,
            line.order,
            kind=data["kind"],
            quantity=data["quantity"],
            reason=data["reason"],
            at=clock.database_now(),
            is_edit=eligibility.has_open_case(line),
        )


class Cases(View):
    """The buyer's own cases."""

    @listing(gives=CaseOut, ordering=("-created_at", "-id"))
    def get(self, request: Any) -> QuerySet[RefundCase]:
        """List one's cases, newest first."""
        return cases.for_page(RefundCase.objects.visible_to(request.actor))

    @operation(takes=CaseOpenIn, gives=CaseDetailOut, status=201, idempotent=True)
    def post(self, request: Any, data: dict[str, Any]) -> RefundCase:
        """Open a case on a line of one's own order."""
        line = _line(request, data.pop("order_number"), data.pop("position"))
        case = opening.open_case(
            line_id=line.pk, request=_asked(data), at=clock.database_now(), actor=request.actor
        )
        return doors.show(case.pk)


class Case(View):
    """One case."""

    @operation(gives=CaseDetailOut)
    def get(self, request: Any, number: str) -> RefundCase:
        """Show a case with its identity block, deadline and record."""
        return doors.show(doors.find(request, number).pk)


class CaseWithdrawal(View):
    """Taking a request back."""

    @operation(gives=CaseDetailOut, idempotent=True)
    def post(self, request: Any, number: str) -> RefundCase:
        """Withdraw a case before money is booked back."""
        case = doors.find(request, number)
        opening.withdraw_case(case_id=case.pk, at=request.at, actor=request.actor)
        return doors.show(case.pk)


class CaseEdit(View):
    """Asking differently."""

    @operation(takes=CaseEditIn, gives=CaseDetailOut, idempotent=True)
    def post(self, request: Any, data: dict[str, Any], number: str) -> RefundCase:
        """Ask again, differently, after a rejection (AF-28)."""
        case = doors.find(request, number)
        opening.edit_case(case_id=case.pk, request=_asked(data), at=request.at, actor=request.actor)
        return doors.show(case.pk)


class CaseShipment(View):
    """Sending goods back."""

    @operation(takes=CaseShipBackIn, gives=CaseDetailOut, idempotent=True)
    def post(self, request: Any, data: dict[str, Any], number: str) -> RefundCase:
        """Tell with which parcel the goods go back."""
        case = doors.find(request, number)
        returns.ship_back(case_id=case.pk, at=request.at, actor=request.actor, **data)
        return doors.show(case.pk)


class CaseEscalation(View):
    """Calling the platform."""

    @operation(takes=CaseMessageIn, gives=CaseDetailOut, idempotent=True)
    def post(self, request: Any, data: dict[str, Any], number: str) -> RefundCase:
        """Call platform support; all other clocks stand still (AF-26)."""
        case = doors.find(request, number)
        arbitration.escalate(case_id=case.pk, at=request.at, actor=request.actor, **data)
        return doors.show(case.pk)


class CaseMessage(View):
    """Talking to the shop."""

    @operation(takes=CaseMessageIn, gives=CaseDetailOut, status=201, idempotent=True)
    def post(self, request: Any, data: dict[str, Any], number: str) -> RefundCase:
        """Add words to the negotiation record; they cannot be changed later."""
        case = doors.find(request, number)
        records.say(case_id=case.pk, at=request.at, actor=request.actor, **data)
        return doors.show(case.pk)


def _line(request: Any, order_number: str, position: str | int) -> OrderLine:
    text = str(position)
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= 32_767):
        raise NotFound
    lines = OrderLine.objects.select_related("order__storefront")
    return lines.get_visible(request.actor, order__number=order_number, position=int(text))


def _asked(data: dict[str, Any]) -> CaseRequest:
    images = tuple(data.pop("image_urls", ()))
    return CaseRequest(**data, image_urls=images)
