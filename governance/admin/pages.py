"""The pages that merchants, support and operators share."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from governance.admin.drawing import (
    KIND_TONES,
    STATUS_TONES,
    amount_column,
    badge_column,
    page_of,
    reckoning,
    remedy,
    restricted,
)
from governance.models import Deposit, DepositAssessment
from kernel.admin.base import ConsoleModelAdmin
from kernel.admin.wording import person
from shops.models import ShopRestriction


class DepositPage(ConsoleModelAdmin):
    """A deposit: due and why, there, set aside, refundable (SH-08)."""

    list_display: ClassVar[Any] = (
        "shown_due",
        "shown_balance",
        "shown_frozen",
        "shown_refundable",
        "status_badge",
        "short_since",
    )
    fields: ClassVar[Any] = (
        ("status_badge", "short_since"),
        ("shown_base", "shown_experience"),
        ("shown_due", "shown_coming"),
        ("shown_balance", "shown_frozen"),
        ("shown_refundable", "withdrawn_at"),
    )
    extra_template = "governance/deposit.html"
    sortable_by: Any = ()
    empty_hint = _("What is due is worked out the night after a shop opens.")

    status_badge = badge_column("status", _("Status"), STATUS_TONES)
    shown_base = amount_column("base_amount", _("Base deposit"))
    shown_experience = amount_column("experience_amount", _("Experience deposit"))
    shown_due = amount_column("due_amount", _("Due"))
    shown_coming = amount_column("coming_amount", _("Due soon"))
    shown_balance = amount_column("balance_amount", _("In the deposit"))
    shown_frozen = amount_column("frozen_amount", _("Set aside"))
    shown_refundable = amount_column("refundable_amount", _("Can be withdrawn"))

    def page_context(self, request: HttpRequest, target: Deposit) -> dict[str, Any]:
        return page_of(target)


class EntryPage(ConsoleModelAdmin):
    """Every movement of a deposit."""

    has_object_page = False
    list_display: ClassVar[Any] = (
        "number",
        "at",
        "kind_badge",
        "shown_amount",
        "shown_frozen",
        "after",
        "reference",
        "reason",
        "by",
    )
    list_filter: ClassVar[Any] = ("kind", "at")
    search_exactly: ClassVar[Any] = ("number", "reference")
    search_help_text = _("Number of an entry, a case, a violation or a payment")
    ordering: Any = ("-at", "-pk")
    sortable_by: Any = ()
    empty_hint = _("Nothing went into the deposit yet.")

    kind_badge = badge_column("kind", _("Kind"), KIND_TONES)
    shown_amount = amount_column("amount", _("Amount"))
    shown_frozen = amount_column("frozen_amount", _("Of which set aside"))
    after = amount_column("after_amount", _("Balance after"))

    @display(description=_("By"))
    def by(self, entry: Any) -> str:
        """Return who did it, with the role in the reader's language."""
        return person(entry.by_label) or "–"


class AssessmentPage(ConsoleModelAdmin):
    """How what is due was worked out, each time (SH-06, SH-07)."""

    has_object_page = False
    list_display: ClassVar[Any] = (
        "announced_at",
        "cause",
        "arithmetic",
        "effective_at",
        "applied_at",
    )
    list_filter: ClassVar[Any] = ("cause",)
    ordering: Any = ("-announced_at", "-pk")
    sortable_by: Any = ()
    empty_hint = _("What is due is worked out on the first of each month.")

    @display(description=_("How it came about"))
    def arithmetic(self, assessment: DepositAssessment) -> str:
        """Return the arithmetic in a sentence."""
        return reckoning(assessment)


class RestrictionPage(ConsoleModelAdmin):
    """What the platform restricts, why, and what to do (SH-08, SH-16)."""

    has_object_page = False
    list_display: ClassVar[Any] = ("what", "reason", "since", "until", "what_to_do")
    list_filter: ClassVar[Any] = ("kind", "reason")
    ordering: Any = ("-since", "-pk")
    sortable_by: Any = ("since",)
    empty_hint = _("Nothing is restricted.")

    @display(description=_("Restricted"))
    def what(self, one: ShopRestriction) -> str:
        """Return what the shop may not do."""
        return restricted(one)

    @display(description=_("What to do"))
    def what_to_do(self, one: ShopRestriction) -> str:
        """Return how it ends."""
        return remedy(one) or "–"
