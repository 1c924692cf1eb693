"""All shops' deposits for operators, and what support advances."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from aftersales.models import RefundCase
from governance.admin.drawing import (
    DEDUCTION_TONES,
    PAYMENT_TONES,
    amount_column,
    badge_column,
)
from governance.admin.pages import AssessmentPage, DepositPage, EntryPage, RestrictionPage
from governance.enums import SHORT, DeductionStatus, DepositStatus
from governance.models import (
    Deduction,
    Deposit,
    DepositAssessment,
    DepositEntry,
    DepositPayment,
)
from governance.policies import needs_second_operator
from governance.services import deductions, moving
from kernel import money
from kernel.actors import Actor
from kernel.admin import home
from kernel.admin.base import Act, ConsoleModelAdmin
from kernel.admin.forms import YuanField
from kernel.admin.sites import operator_site, support_site
from kernel.admin.wording import person
from shops.enums import ShopStatus
from shops.models import ShopRestriction


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class AmountForm(ReasonForm):
    """How much, and why."""

    amount = YuanField(label=_("Amount"), min_amount=1)
    field_order: Any = ("amount", "reason")


class DeductForm(AmountForm):
    """For which violation, how much, and why."""

    violation = forms.CharField(
        label=_("Number of the violation"), max_length=60, help_text=_("It costs once.")
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("The shop can read it.")
    )
    field_order = ("violation", "amount", "reason")


class AdvanceForm(AmountForm):
    """For which case, how much, and why."""

    number = forms.CharField(label=_("Number of the case"), max_length=20)
    field_order = ("number", "amount", "reason")

    def clean_number(self) -> str:
        """Find the case; the form keeps it as `case`."""
        number = str(self.cleaned_data["number"]).strip()
        self.case = RefundCase.objects.filter(number=number).first()
        if self.case is None:
            raise forms.ValidationError(_("There is no case of this number."))
        return number

    def clean(self) -> dict[str, Any]:
        """Hand on the case with the values."""
        return (super().clean() or {}) | {"case": getattr(self, "case", None)}


class DepositAct(Act):
    """An act on one shop's deposit."""

    permission = "governance.operate"

    def applies(self, actor: Actor, target: Deposit) -> bool:
        return target.status != DepositStatus.REFUNDED

    def preview(self, actor: Actor, target: Deposit) -> Sequence[tuple[str | Promise, Any]]:
        free = target.balance_amount - target.frozen_amount
        return (
            (_("Shop"), target.shop),
            (_("In the deposit"), money.display(target.balance_amount)),
            (_("Set aside"), money.display(target.frozen_amount)),
            (_("Neither"), money.display(free)),
        )


class Deduct(DepositAct):
    name = "deduct"
    label = _("Deduct for a violation")
    intro = _("Above the limit of one person it waits, set aside, for a second operator.")
    form_class = DeductForm
    is_dangerous = True

    def run(
        self, *, actor: Actor, target: Deposit, data: dict[str, Any], at: datetime
    ) -> str | Promise:
        deductions.deduct(shop_id=target.shop_id, at=at, actor=actor, **data)
        if needs_second_operator(data["amount"]):
            return _("It is set aside and waits for a second operator.")
        return _("It is deducted.")


class Freeze(DepositAct):
    name = "freeze"
    label = _("Set aside")
    intro = _("It stays in the deposit and is not paid back.")
    form_class = AmountForm

    def run(
        self, *, actor: Actor, target: Deposit, data: dict[str, Any], at: datetime
    ) -> str | Promise:
        moving.freeze(shop_id=target.shop_id, at=at, actor=actor, **data)
        return _("It is set aside.")


class Unfreeze(DepositAct):
    name = "unfreeze"
    label = _("Set free")
    intro = _("What waits for a second operator stays set aside.")
    form_class = AmountForm

    def applies(self, actor: Actor, target: Deposit) -> bool:
        return super().applies(actor, target) and target.frozen_amount > 0

    def run(
        self, *, actor: Actor, target: Deposit, data: dict[str, Any], at: datetime
    ) -> str | Promise:
        moving.unfreeze(shop_id=target.shop_id, at=at, actor=actor, **data)
        return _("It is free again.")


class Refund(DepositAct):
    name = "refund"
    label = _("Pay back")
    intro = _("The whole deposit goes to the balance of the closed shop; nothing is due any more.")

    def applies(self, actor: Actor, target: Deposit) -> bool:
        return super().applies(actor, target) and target.shop.status == ShopStatus.CLOSED

    def run(
        self, *, actor: Actor, target: Deposit, data: dict[str, Any], at: datetime
    ) -> str | Promise:
        moving.refund(shop=target.shop, at=at, actor=actor)
        return _("The deposit is paid back.")


class Advance(Act):
    name = "advance"
    label = _("Advance for a case")
    intro = _("The shop's debt for the case is paid with its deposit, and beyond with our money.")
    permission = "aftersales.decide"
    form_class = AdvanceForm
    on_object = False

    def run(
        self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime
    ) -> str | Promise:
        entry = moving.advance(
            case=data["case"], amount=data["amount"], reason=data["reason"], at=at, actor=actor
        )
        shown = money.display(entry.after_amount)
        return _("It is advanced. The shop's deposit holds %(balance)s.") % {"balance": shown}


class AllDeposits(DepositPage):
    """Those that are too low first."""

    list_display: ClassVar[Any] = ("shop", *DepositPage.list_display)
    fields: ClassVar[Any] = (("shop", "is_trial"), *DepositPage.fields)
    list_filter: ClassVar[Any] = ("status", "is_trial")
    list_select_related: ClassVar[Any] = ("shop",)
    search_exactly: ClassVar[Any] = ("public_id", "shop__public_id")
    search_names: ClassVar[Any] = {"shop": "name"}
    search_help_text = _("Name of a shop")
    ordering: Any = ("short_since", "pk")
    empty_hint = _("What is due is worked out the night after a shop opens.")


@admin.register(Deposit, site=operator_site)
class OperatorDepositConsole(AllDeposits):
    """Operators deduct, set aside and pay back."""

    permission = "governance.operate"
    acts = (Deduct, Freeze, Unfreeze, Refund)


@admin.register(Deposit, site=support_site)
class SupportDepositConsole(AllDeposits):
    """Support advances for a case."""

    permission = "aftersales.decide"
    acts = (Advance,)


class AllEntries(EntryPage):
    """The movements of all deposits."""

    list_display: ClassVar[Any] = ("number", "shop", *EntryPage.list_display[1:])
    list_select_related: ClassVar[Any] = ("shop",)
    search_names: ClassVar[Any] = {"shop": "name"}


@admin.register(DepositEntry, site=operator_site)
class OperatorEntryConsole(AllEntries):
    """Operators look."""

    permission = "governance.operate"


@admin.register(DepositAssessment, site=operator_site)
class OperatorAssessmentConsole(AssessmentPage):
    """How what shops owe was worked out."""

    permission = "governance.operate"
    list_display: ClassVar[Any] = ("shop", *AssessmentPage.list_display)
    list_select_related: ClassVar[Any] = ("shop",)
    search_names: ClassVar[Any] = {"shop": "name"}


@admin.register(DepositPayment, site=operator_site)
class OperatorPaymentConsole(ConsoleModelAdmin):
    """Payments into deposits; those that wait first."""

    permission = "governance.operate"
    has_object_page = False
    list_display: ClassVar[Any] = (
        "number",
        "shop",
        "status_badge",
        "shown_amount",
        "gateway",
        "created_at",
        "finished_at",
    )
    list_filter: ClassVar[Any] = ("status",)
    list_select_related: ClassVar[Any] = ("shop",)
    search_exactly: ClassVar[Any] = ("number", "gateway_txn")
    search_names: ClassVar[Any] = {"shop": "name"}
    ordering: Any = ("-created_at", "-pk")
    sortable_by: Any = ()

    status_badge = badge_column("status", _("Status"), PAYMENT_TONES)
    shown_amount = amount_column("amount", _("Amount"))


class DeductionAct(Act):
    """A decision about a deduction that waits."""

    permission = "governance.operate"

    def applies(self, actor: Actor, target: Deduction) -> bool:
        return target.status == DeductionStatus.PENDING


class ApproveDeduction(DeductionAct):
    name = "approve"
    label = _("Deduct")
    intro = _("Whoever asked for it cannot.")
    is_dangerous = True

    def run(
        self, *, actor: Actor, target: Deduction, data: dict[str, Any], at: datetime
    ) -> str | Promise:
        deductions.approve(deduction=target, at=at, actor=actor)
        return _("It is deducted.")


class RejectDeduction(DeductionAct):
    name = "reject"
    label = _("Reject")
    intro = _("What is set aside becomes free again.")
    form_class = ReasonForm

    def run(
        self, *, actor: Actor, target: Deduction, data: dict[str, Any], at: datetime
    ) -> str | Promise:
        deductions.reject(deduction=target, reason=data["reason"], at=at, actor=actor)
        return _("It is rejected.")


@admin.register(Deduction, site=operator_site)
class DeductionConsole(ConsoleModelAdmin):
    """Deductions for violations; those that wait first."""

    permission = "governance.operate"
    list_display: ClassVar[Any] = (
        "violation",
        "shop",
        "status_badge",
        "shown_amount",
        "asked_at",
        "asker",
        "decider",
    )
    fields: ClassVar[Any] = (
        ("violation", "shop"),
        ("status_badge", "shown_amount"),
        "reason",
        ("asked_at", "asker"),
        ("decided_at", "decider"),
    )
    list_filter: ClassVar[Any] = ("status",)
    search_exactly: ClassVar[Any] = ("violation",)
    search_help_text = _("Number of a violation")
    ordering: Any = ("decided_at", "-asked_at", "-pk")
    sortable_by: Any = ()
    acts = (ApproveDeduction, RejectDeduction)
    empty_hint = _("Deduct on the page of a deposit.")

    status_badge = badge_column("status", _("Status"), DEDUCTION_TONES)
    shown_amount = amount_column("amount", _("Amount"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Deduction]:
        return super().get_queryset(request).select_related("deposit__shop")

    @display(description=_("Shop"))
    def shop(self, one: Deduction) -> str:
        """Return whose deposit it is."""
        return str(one.deposit.shop)

    @display(description=_("asked by"))
    def asker(self, one: Deduction) -> str:
        """Return who asked for it."""
        return person(one.asked_by_label) or "–"

    @display(description=_("decided by"))
    def decider(self, one: Deduction) -> str:
        """Return who decided."""
        return person(one.decided_by_label) or "–"


@admin.register(ShopRestriction, site=operator_site)
class OperatorRestrictionConsole(RestrictionPage):
    """What is restricted where, and since when."""

    permission = "governance.operate"
    list_display: ClassVar[Any] = ("shop", "what", "reason", "source", "since", "until")
    list_select_related: ClassVar[Any] = ("shop",)
    search_names: ClassVar[Any] = {"shop": "name"}
    search_help_text = _("Name of a shop")


def todo(actor: Actor, at: datetime) -> Sequence[home.Card]:
    """Say on the operators' first page which deposits are too low and what waits for a second."""
    if not actor.may("governance.operate"):
        return ()
    short = Deposit.objects.visible_to(actor).filter(status__in=SHORT).count()
    waiting = Deduction.objects.visible_to(actor).filter(status=DeductionStatus.PENDING).count()
    deposits = reverse("operator:governance_deposit_changelist")
    url = reverse("operator:governance_deduction_changelist")
    return (
        home.Card(
            _("Deposits too low"),
            short,
            f"{deposits}?status__exact={DepositStatus.SHORTFALL}",
            "warning",
            order=60,
        ),
        home.Card(
            _("Deductions to decide"),
            waiting,
            f"{url}?status__exact={DeductionStatus.PENDING}",
            "warning",
            order=61,
        ),
    )


home.register("operator", todo)
