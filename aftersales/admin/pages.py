"""The case list and the case page, as all three consoles draw them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from aftersales.admin import wording
from aftersales.enums import ArbitrationStatus
from aftersales.models import RefundCase
from aftersales.selectors import cases, eligibility
from aftersales.selectors.calculator import calculate
from aftersales.services import previews
from kernel import clock, money
from kernel.admin.base import ConsoleModelAdmin
from kernel.admin.pictures import pictured
from kernel.errors import DomainError
from orders.models import Order

#: Colours of the bearers in the bar, in their order.
BEARER_TONES = ("bg-primary-600", "bg-orange-600", "bg-green-600", "bg-blue-600", "bg-base-400")


class QueueFilter(admin.SimpleListFilter):
    """Which cases; those that wait are shown unless somebody asks otherwise."""

    title = _("queue")
    parameter_name = "queue"
    names = {
        "waiting": _("Waiting"),
        "arbitration": _("With support"),
        "refunding": _("Refunding"),
        "ended": _("Ended"),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*self.names.items(), ("all", _("All"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[RefundCase]
    ) -> QuerySet[RefundCase]:
        name = self.value() or "waiting"
        return cases.in_queue(queryset, name) if name in self.names else queryset

    def choices(self, changelist: Any) -> Iterator[Any]:
        chosen = self.value() or "waiting"
        for name, title in self.lookup_choices:
            yield {
                "selected": chosen == name,
                "query_string": changelist.get_query_string({self.parameter_name: name}),
                "display": title,
            }


class CaseConsole(ConsoleModelAdmin):
    """Cases by deadline, and one case with everything about it on one page (SU-02)."""

    public_field: ClassVar[str] = "number"
    change_form_template = "aftersales/case.html"
    list_display: ClassVar[Any] = (
        "number",
        "deadline_badge",
        "status_badge",
        "kind_badge",
        "goods",
        "shown_amount",
    )
    list_filter: ClassVar[Any] = (QueueFilter, "kind")
    search_exactly: ClassVar[Any] = ("number", "order__number")
    search_help_text = _("Number of a case or an order")
    empty_hint = _("No case waits. Others are behind the filter.")
    sortable_by: Any = ()
    #: Whether the page may show what other rooms know about the money, and the buyer's history.
    is_platform: ClassVar[bool] = False

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Return the order of the chosen queue; all cases together stand newest first."""
        return cases.QUEUES.get(request.GET.get(QueueFilter.parameter_name, "waiting"), ("-pk",))

    def get_queryset(self, request: HttpRequest) -> QuerySet[RefundCase]:
        return cases.for_page(super().get_queryset(request))

    @display(description=_("Deadline"), ordering="due_at", label=wording.CLOCK_TONES)
    def deadline_badge(self, case: RefundCase) -> tuple[str, str]:
        """Return what is left, or how late it is."""
        return wording.countdown(case, clock.now())

    @display(description=_("Status"), ordering="status", label=wording.STATUS_TONES)
    def status_badge(self, case: RefundCase) -> tuple[str, str]:
        """Return the status, coloured."""
        return case.status, case.get_status_display()

    @display(description=_("Kind"), ordering="kind", label=wording.KIND_TONES)
    def kind_badge(self, case: RefundCase) -> tuple[str, str]:
        """Return the kind, coloured."""
        return case.kind, case.get_kind_display()

    @display(description=_("Goods"))
    def goods(self, case: RefundCase) -> str:
        """Return what it is about."""
        note = case.shop.name if self.is_platform else ""
        return pictured(case.line.image_url, f"{case.line.title} × {case.quantity}", note)

    @display(description=_("Amount"), ordering="amount")
    def shown_amount(self, case: RefundCase) -> str:
        """Return the money asked for."""
        return money.display(case.amount, case.currency)

    def page_context(self, request: HttpRequest, target: RefundCase) -> dict[str, Any]:
        now = clock.now()
        tone, words = wording.countdown(target, now)
        return {
            "case": target,
            "line": target.line,
            "order": target.order,
            "order_url": self._order_url(request, target.order),
            "line_options": " / ".join(target.line.options),
            "identity": cases.identity_of_order(target.order, now),
            "guarantee": cases.guarantee_label(target),
            "guarantees": cases.guarantee_labels(target.order),
            "clock_tone": wording.CLOCK_TONES[tone],
            "clock_words": words,
            "overdue": wording.OVERDUE.get(target.overdue_action, ""),
            "status_tone": wording.STATUS_TONES[target.status],
            "is_judged": target.arbitration_status == ArbitrationStatus.JUDGING,
            "entries": wording.entries(cases.timeline(target, self.actor(request))),
            "money": _amounts(target),
            "worth": _worth(target),
            "refund": cases.refund_of(target),
            "parcel": getattr(target, "return_parcel", None),
            "preview": _bar(target) if self.is_platform else None,
            "history": cases.buyer_history(target) if self.is_platform else None,
        }

    def _order_url(self, request: HttpRequest, order: Order) -> str:
        """Return the order's page in this console, when there is one the reader may open."""
        page = self.admin_site.get_page(Order)
        return page.object_url(order) if page and page.has_view_permission(request) else ""


def _amounts(case: RefundCase) -> dict[str, str]:
    """Return the sums of the page as people read them."""
    line, order = case.line, case.order
    sums = {
        "asked": case.amount,
        "goods": case.amount - case.freight_amount,
        "freight": case.freight_amount,
        "line_paid": line.pay_amount,
        "line_refunded": line.refunded_amount,
        "line_left": line.pay_amount - line.refunded_amount,
        "unit_price": line.unit_price,
        "order_paid": order.pay_amount,
        "order_freight": order.freight_amount,
    }
    return {name: money.display(amount, case.currency) for name, amount in sums.items()}


def _worth(case: RefundCase) -> dict[str, str] | None:
    """Return what the calculator allows now; None once nothing more can be asked for."""
    facts = eligibility.facts_of(case.line)
    if case.quantity > facts.pieces_left:
        return None
    worth = calculate(facts, kind=case.kind, quantity=case.quantity, reason=case.reason)
    return {
        "goods": money.display(worth.goods_amount, worth.currency),
        "freight": money.display(worth.freight_amount, worth.currency),
        "amount": money.display(worth.amount, worth.currency),
    }


def _bar(case: RefundCase) -> dict[str, Any] | None:
    """Return who pays what, with each share's part of the bar in percent."""
    try:
        plan = previews.who_pays(case)
    except DomainError:
        return None
    total = sum(abs(one.amount) for one in plan.bearers) or 1
    return {
        "amount": money.display(plan.amount, plan.currency),
        "bearers": [
            {
                "label": one.label,
                "amount": money.display(one.amount, one.currency),
                "percent": abs(one.amount) * 100 // total,
                "tone": BEARER_TONES[min(place, len(BEARER_TONES) - 1)],
            }
            for place, one in enumerate(plan.bearers)
        ],
    }
