"""Orders and their money in the operator console."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from kernel import money
from kernel.actors import Actor
from kernel.admin import home
from kernel.admin.base import ConsoleModelAdmin
from kernel.admin.lists import KnownValuesFilter
from kernel.admin.sites import operator_site
from kernel.admin.wording import reference
from orders.admin import acts, wording
from orders.admin.pages import PlatformOrderConsole
from orders.models import GatewayNotice, Order, Payment, Refund
from orders.selectors.counters import stuck_refunds
from orders.services import gateways


@admin.register(Order, site=operator_site)
class OperatorOrderConsole(PlatformOrderConsole):
    """The orders of all shops."""

    permission = "orders.operate"
    acts = (acts.BringForward, acts.MoveOn)


class GatewayFilter(KnownValuesFilter):
    """Which gateway the money went through."""

    title = _("gateway")
    parameter_name = "gateway"

    def known(self) -> Sequence[tuple[str, str]]:
        return [(name, name) for name in sorted(gateways.offered())]


class MoneyConsole(ConsoleModelAdmin):
    """A list of money with its state and its sum, as it came in."""

    permission: ClassVar[str] = "orders.operate"
    public_field: ClassVar[str] = "number"
    sortable_by: Any = ()

    @display(description=_("Amount"), ordering="amount")
    def shown_amount(self, row: Any) -> str:
        """Return the sum as people read it."""
        return money.display(row.amount, row.currency)


@admin.register(Payment, site=operator_site)
class PaymentConsole(MoneyConsole):
    """Money in."""

    list_display: Any = (
        "number",
        "status_badge",
        "shown_amount",
        "gateway",
        "is_effective",
        "created_at",
        "paid_at",
    )
    list_filter: Any = ("status", GatewayFilter, "is_effective", "created_at")
    search_exactly: ClassVar[Any] = ("number", "gateway_txn", "group__number")
    fieldsets: Any = (
        (None, {"fields": (("number", "status_badge"), ("shown_amount", "is_effective"))}),
        (_("Gateway"), {"fields": (("gateway", "gateway_txn"), ("created_at", "paid_at"))}),
        (_("Polling"), {"fields": (("poll_at", "poll_count"),)}),
    )

    @display(description=_("Status"), ordering="status", label=wording.PAYMENT_TONES)
    def status_badge(self, row: Payment) -> tuple[str, str]:
        """Return the status, coloured."""
        return row.status, row.get_status_display()


@admin.register(Refund, site=operator_site)
class RefundConsole(MoneyConsole):
    """Money on its way back."""

    list_display: Any = (
        "number",
        "status_badge",
        "reason",
        "shown_amount",
        "attempts",
        "due_at",
        "last_error",
        "created_at",
    )
    list_filter: Any = ("status", "reason", "created_at")
    search_exactly: ClassVar[Any] = ("number", "reference", "payment__number", "order__number")
    fieldsets: Any = (
        (None, {"fields": (("number", "status_badge"), ("shown_amount", "reason"), "cause")}),
        (_("Gateway"), {"fields": (("gateway_refund_id", "attempts"), ("due_at", "last_error"))}),
        (_("Time"), {"fields": (("created_at", "finished_at"),)}),
    )

    @display(description=_("reference"))
    def cause(self, row: Refund) -> str:
        """Return the case or order behind it."""
        return reference(row.reference)

    @display(description=_("Status"), ordering="status", label=wording.REFUND_TONES)
    def status_badge(self, row: Refund) -> tuple[str, str]:
        """Return the status, coloured."""
        return row.status, row.get_status_display()


@admin.register(GatewayNotice, site=operator_site)
class NoticeConsole(ConsoleModelAdmin):
    """What gateways told us; nothing that nobody signed is in it."""

    permission = "orders.operate"
    has_object_page = False
    list_display: Any = ("notice_id", "gateway", "outcome_badge", "refusal", "received_at")
    list_filter: Any = ("outcome", GatewayFilter, "received_at")
    search_exactly: ClassVar[Any] = ("notice_id",)
    sortable_by: Any = ()

    @display(description=_("Outcome"), ordering="outcome", label=wording.NOTICE_TONES)
    def outcome_badge(self, row: GatewayNotice) -> tuple[str, str]:
        """Return the outcome, coloured."""
        return row.outcome, row.get_outcome_display()


def watch(actor: Actor, at: datetime) -> Sequence[home.Card]:
    """Say on the operators' home page which refunds do not get through."""
    if not actor.may("orders.operate"):
        return ()
    url = reverse("operator:orders_refund_changelist")
    return (home.Card(_("Refunds that do not get through"), stuck_refunds(), url, "urgent"),)


home.register("operator", watch)
