"""What the platform's own people do with cases."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from aftersales.api import cases as doors
from aftersales.api.inputs import (
    CaseDeadlineIn,
    CaseJudgementIn,
    CaseMessageIn,
    CaseNoteIn,
    CaseQueryIn,
)
from aftersales.api.serializers import (
    CaseCountersOut,
    CaseOut,
    SupportCaseOut,
)
from aftersales.models import RefundCase
from aftersales.selectors import cases
from aftersales.services import arbitration, deadlines, records
from kernel.actors import Role
from kernel.api.operations import listing, operation
from kernel.api.views import View


class SupportView(View):
    """A door for platform support."""

    audience = Role.SUPPORT
    permission = "aftersales.decide"


class SupportCases(SupportView):
    """All cases."""

    @listing(gives=CaseOut, filters=CaseQueryIn)
    def get(
        self, request: Any, query: dict[str, Any]
    ) -> tuple[QuerySet[RefundCase], tuple[str, ...]]:
        """List cases of all shops: what waits comes by its deadline, nearest first."""
        return doors.queue(request, query)


class SupportCounters(SupportView):
    """What waits, in numbers."""

    @operation(gives=CaseCountersOut)
    def get(self, request: Any) -> cases.Counters:
        """Count what waits in all open cases (SU-01)."""
        return cases.counters(request.actor, request.at)


class SupportCase(SupportView):
    """One case."""

    @operation(gives=SupportCaseOut)
    def get(self, request: Any, number: str) -> RefundCase:
        """Show a case with notes, record and who would pay what (SU-02)."""
        return doors.show(doors.find(request, number).pk)


class SupportCaseDecision(SupportView):
    """Deciding."""

    @operation(takes=CaseJudgementIn, gives=SupportCaseOut, idempotent=True)
    def post(self, request: Any, data: dict[str, Any], number: str) -> RefundCase:
        """Decide for the buyer or for the shop (AF-26)."""
        case = doors.find(request, number)
        arbitration.decide(
            case_id=case.pk,
            version=data["version"],
            is_for_buyer=data["decision"] == "buyer",
            reason=data["reason"],
            at=request.at,
            actor=request.actor,
        )
        return doors.show(case.pk)


class SupportCaseEscalation(SupportView):
    """Taking a case up."""

    @operation(takes=CaseMessageIn, gives=SupportCaseOut, idempotent=True)
    def post(self, request: Any, data: dict[str, Any], number: str) -> RefundCase:
        """Take a case up that nobody brought to support."""
        case = doors.find(request, number)
        arbitration.escalate(case_id=case.pk, at=request.at, actor=request.actor, **data)
        return doors.show(case.pk)


class SupportCaseMessage(SupportView):
    """Talking to both sides."""

    @operation(takes=CaseMessageIn, gives=SupportCaseOut, status=201, idempotent=True)
    def post(self, request: Any, data: dict[str, Any], number: str) -> RefundCase:
        """Add words that both sides read."""
        case = doors.find(request, number)
        records.say(case_id=case.pk, at=request.at, actor=request.actor, **data)
        return doors.show(case.pk)


class SupportCaseNote(SupportView):
    """Notes among support."""

    @operation(takes=CaseNoteIn, gives=SupportCaseOut, status=201, idempotent=True)
    def post(self, request: Any, data: dict[str, Any], number: str) -> RefundCase:
        """Add an internal note; neither side reads it."""
        case = doors.find(request, number)
        records.note(case_id=case.pk, at=request.at, actor=request.actor, **data)
        return doors.show(case.pk)


class SandboxDeadlines(View):
    """Time travel, in a sandbox."""

    audience = Role.OPERATOR
    permission = "aftersales.operate"

    @operation(takes=CaseDeadlineIn, gives=CaseOut, idempotent=True)
    def post(self, request: Any, data: dict[str, Any]) -> RefundCase:
        """Make a case's deadline now; the sweep acts on it within seconds. Sandbox only."""
        case = doors.find(request, data["case"])
        deadlines.bring_forward(case_id=case.pk, at=request.at, actor=request.actor)
        return doors.show(case.pk)
