"""Plans, picks and commission, as the consoles draw them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from affiliates import policies, selectors
from affiliates.enums import (
    CommissionStatus,
    ContractStatus,
    MembershipStatus,
    PickStatus,
    PlanStatus,
)
from affiliates.models import Commission, Pick, Plan
from kernel import clock, money
from kernel.admin.base import ConsoleModelAdmin
from kernel.admin.pictures import pictured
from kernel.admin.wording import person

PLAN_TONES: dict[str, str] = {
    PlanStatus.RUNNING: "success",
    PlanStatus.CLOSING: "warning",
    PlanStatus.CLOSED: "default",
}
MEMBERSHIP_TONES: dict[str, str] = {
    MembershipStatus.JOINED: "success",
    MembershipStatus.LEAVING: "warning",
    MembershipStatus.LEFT: "default",
}
CONTRACT_TONES: dict[str, str] = {
    ContractStatus.INVITED: "warning",
    ContractStatus.ACTIVE: "success",
    ContractStatus.DECLINED: "danger",
    ContractStatus.ENDED: "default",
}
PICK_TONES: dict[str, str] = {PickStatus.ACTIVE: "success", PickStatus.REMOVED: "default"}
COMMISSION_TONES: dict[str, str] = {
    CommissionStatus.ESTIMATED: "info",
    CommissionStatus.CONFIRMED: "info",
    CommissionStatus.SETTLEABLE: "warning",
    CommissionStatus.SETTLED: "success",
    CommissionStatus.VOID: "default",
    CommissionStatus.REVERSED_PART: "danger",
    CommissionStatus.REVERSED: "danger",
}


def percent(rate_bp: int) -> str:
    """Return a rate as people read it: 1250 is ``12.5 %``."""
    whole, part = divmod(rate_bp, 100)
    return f"{whole}.{part:02d}".rstrip("0").rstrip(".") + " %"


class PlanConsole(ConsoleModelAdmin):
    """Plans with the rate of now and the announced one."""

    permission: ClassVar[str] = "affiliates.view"
    list_display: ClassVar[Any] = (
        "goods",
        "status_badge",
        "rate_now",
        "rate_announced",
        "closes_at",
        "created_at",
    )
    list_filter: ClassVar[Any] = ("status",)
    search_fields: ClassVar[Any] = ("product__title", "=product__public_id")
    search_help_text = _("Title or id of a product")
    fields: Any = (
        ("product", "status_badge"),
        ("rate_now", "rate_announced"),
        ("created_at", "closes_at"),
    )
    extra_template = "affiliates/versions.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Plan]:
        return selectors.plans_page(super().get_queryset(request)).prefetch_related("versions")

    @display(description=_("Product"), ordering="product__title")
    def goods(self, plan: Plan) -> str:
        """Return the product with its picture."""
        return pictured(next(iter(plan.product.image_urls), ""), plan.product.title)

    @display(description=_("Status"), ordering="status", label=PLAN_TONES)
    def status_badge(self, plan: Plan) -> tuple[str, str]:
        """Return the status, coloured."""
        return plan.status, plan.get_status_display()

    @display(description=_("Rate now"))
    def rate_now(self, plan: Plan) -> str:
        """Return the rate in force."""
        version = policies.in_force(plan.versions.all(), clock.now())
        return percent(version.rate_bp) if version else "–"

    @display(description=_("Announced rate"))
    def rate_announced(self, plan: Plan) -> str:
        """Return the announced rate and when it begins (AL-13)."""
        now = clock.now()
        version = policies.announced(plan.versions.all(), now)
        held = policies.in_force(plan.versions.all(), now)
        if version is None or (held is not None and held.rate_bp == version.rate_bp):
            return "–"
        begins = date_format(localtime(version.effective_from), "Y-m-d H:i")
        return _("%(rate)s from %(time)s") % {"rate": percent(version.rate_bp), "time": begins}

    def page_context(self, request: HttpRequest, target: Plan) -> dict[str, Any]:
        versions = sorted(target.versions.all(), key=lambda one: -one.pk)
        rows = [
            {
                "rate": percent(one.rate_bp),
                "begins": one.effective_from,
                "by": person(one.actor_label),
            }
            for one in versions
        ]
        return {"versions": rows}


class PickConsole(ConsoleModelAdmin):
    """Who sells what."""

    permission: ClassVar[str] = "affiliates.view"
    has_object_page = False
    list_display: ClassVar[Any] = ("creator", "product", "status_badge", "created_at")
    list_filter: ClassVar[Any] = ("status",)
    search_fields: ClassVar[Any] = ("product__title", "creator__account__name")
    search_help_text = _("Product or creator")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Pick]:
        return selectors.picks_page(super().get_queryset(request))

    @display(description=_("Status"), ordering="status", label=PICK_TONES)
    def status_badge(self, pick: Pick) -> tuple[str, str]:
        """Return the status, coloured."""
        return pick.status, pick.get_status_display()


class CommissionConsole(ConsoleModelAdmin):
    """What sales earned."""

    permission: ClassVar[str] = "affiliates.view"
    has_object_page = False
    list_display: ClassVar[Any] = (
        "order_number",
        "goods",
        "creator",
        "status_badge",
        "rate",
        "shown_base",
        "shown_amount",
        "hold_badge",
        "paid_at",
    )
    list_filter: ClassVar[Any] = ("status", "is_on_hold")
    search_exactly: ClassVar[Any] = ("line__order__number",)
    search_names: ClassVar[Any] = {"creator": "account__name"}
    search_help_text = _("Number of an order, or a creator's name")
    ordering: Any = ("-paid_at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Commission]:
        return selectors.commissions_page(super().get_queryset(request))

    @display(description=_("Status"), ordering="status", label=COMMISSION_TONES)
    def status_badge(self, commission: Commission) -> tuple[str, str]:
        """Return the status, coloured."""
        return commission.status, commission.get_status_display()

    @display(description=_("On hold"), ordering="is_on_hold", label={"hold": "warning"})
    def hold_badge(self, commission: Commission) -> tuple[str, str] | None:
        """Return a badge while a case holds it."""
        return ("hold", str(_("on hold"))) if commission.is_on_hold else None

    @display(description=_("Goods"))
    def goods(self, commission: Commission) -> str:
        """Return the line's title."""
        return commission.line.title

    @display(description=_("Commission rate"), ordering="rate_bp")
    def rate(self, commission: Commission) -> str:
        """Return the frozen rate."""
        return percent(commission.rate_bp)

    @display(description=_("Base"), ordering="base_amount")
    def shown_base(self, commission: Commission) -> str:
        """Return what the rate applies to, after refunds."""
        return money.display(commission.base_amount, commission.currency)

    @display(description=_("Commission"), ordering="amount")
    def shown_amount(self, commission: Commission) -> str:
        """Return creator's and agency's parts together."""
        return money.display(commission.amount, commission.currency)
