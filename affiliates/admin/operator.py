"""The alliance in the operator console."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from affiliates.admin.pages import CONTRACT_TONES, CommissionConsole, PlanConsole, percent
from affiliates.models import AgencyContract, Commission, Plan
from kernel.admin.base import ConsoleModelAdmin
from kernel.admin.sites import operator_site


@admin.register(Plan, site=operator_site)
class OperatorPlanConsole(PlanConsole):
    """The plans of all shops."""

    permission = "affiliates.operate"
    list_display: ClassVar[Any] = ("goods", "shop", *PlanConsole.list_display[1:])
    fields: Any = (
        ("product", "shop"),
        ("status_badge", "created_at"),
        ("rate_now", "rate_announced"),
        "closes_at",
    )


@admin.register(Commission, site=operator_site)
class OperatorCommissionConsole(CommissionConsole):
    """The commission of all shops."""

    permission = "affiliates.operate"
    list_display: ClassVar[Any] = (
        *CommissionConsole.list_display[:2],
        "shop",
        *(name for name in CommissionConsole.list_display[2:] if name != "shown_base"),
    )


@admin.register(AgencyContract, site=operator_site)
class OperatorContractConsole(ConsoleModelAdmin):
    """Agencies and their creators."""

    permission = "affiliates.operate"
    list_display: ClassVar[Any] = (
        "agency",
        "creator",
        "share",
        "status_badge",
        "starts_at",
        "ends_at",
    )
    list_filter: ClassVar[Any] = ("status",)
    search_fields: ClassVar[Any] = ("agency__name", "creator__account__name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[AgencyContract]:
        return super().get_queryset(request).select_related("agency", "creator__account")

    @display(description=_("Agency's share"), ordering="share_bp")
    def share(self, contract: AgencyContract) -> str:
        """Return the agency's part of the commission."""
        return percent(contract.share_bp)

    @display(description=_("Status"), ordering="status", label=CONTRACT_TONES)
    def status_badge(self, contract: AgencyContract) -> tuple[str, str]:
        """Return the status, coloured."""
        return contract.status, contract.get_status_display()
