"""Payouts, waterfalls and fee rates in the operator console."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from catalog.models import Category
from kernel import clock
from kernel.actors import Actor
from kernel.admin import home
from kernel.admin.base import Act, ConsoleModelAdmin
from kernel.admin.sites import operator_site
from kernel.errors import NotFound
from orders.enums import TrafficChannel
from settlements.admin.pages import PAYOUT_TONES, amount_column, by_column
from settlements.enums import EntryKind, FeeKind, PayoutStatus
from settlements.models import FeeRate, Payout, SettlementEntry
from settlements.services import fees, payout_accounts, payouts
from settlements.services.audit import audit

LIST = "operator:settlements_payout_changelist"


class RefuseForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class FeeRateForm(forms.Form):
    """What for, a rate, a day."""

    kind = forms.ChoiceField(label=_("Kind"), choices=FeeKind.choices, initial=FeeKind.BASE)
    channel = forms.ChoiceField(
        label=_("Channel"),
        choices=[("", "–"), *TrafficChannel.choices],
        required=False,
        help_text=_("For the supplement of a channel alone."),
    )
    category = forms.ModelChoiceField(
        label=_("Category"),
        queryset=Category.objects.order_by("path"),
        to_field_name="public_id",
        required=False,
        empty_label=_("every other category"),
    )
    rate = forms.DecimalField(
        label=_("Fee rate in percent"),
        min_value=Decimal(0),
        max_value=Decimal(30),
        decimal_places=2,
        max_digits=4,
    )
    effective_from = forms.DateTimeField(
        label=_("Takes effect"),
        widget=forms.DateTimeInput,
        help_text=_("In China time, in the future."),
    )


class PayoutAct(Act):
    """An act on a payout that waits."""

    permission = "settlements.operate"

    def applies(self, actor: Actor, target: Payout) -> bool:
        return target.status == PayoutStatus.REQUESTED


class Pay(PayoutAct):
    name = "pay"
    label = _("Mark as paid")
    intro = _("Only after the bank has confirmed it.")

    def run(
        self, *, actor: Actor, target: Payout, data: dict[str, Any], at: datetime
    ) -> str | Promise:
        payouts.pay(payout=target, at=at, actor=actor)
        return _("Payout %(number)s is paid.") % {"number": target.number}


class ShowAccount(PayoutAct):
    """The page answers the POST itself: nothing of it is kept."""

    name = "show-account"
    label = _("Show the account")
    intro = _("It is written down who looked.")

    def applies(self, actor: Actor, target: Payout) -> bool:
        return super().applies(actor, target) and target.account_id is not None


class Refuse(PayoutAct):
    name = "refuse"
    label = _("Refuse")
    intro = _("The amount goes back to the balance.")
    form_class = RefuseForm
    is_dangerous = True

    def run(
        self, *, actor: Actor, target: Payout, data: dict[str, Any], at: datetime
    ) -> str | Promise:
        payouts.refuse(payout=target, at=at, actor=actor, reason=data["reason"])
        return _("Payout %(number)s is refused.") % {"number": target.number}


class CheckBooks(Act):
    name = "check-books"
    label = _("Check the books")
    intro = _("Reads all orders, cases, commissions, settlements and the ledger.")
    permission = "settlements.operate"
    on_object = False

    def run(
        self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime
    ) -> str | Promise:
        breaches = [breach for found in audit().values() for breach in found]
        if not breaches:
            return _("All books are right.")
        text = ngettext(
            "%(count)s violation: %(first)s", "%(count)s violations: %(first)s", len(breaches)
        )
        return text % {"count": len(breaches), "first": breaches[0]}


class SetFeeRate(Act):
    name = "set"
    label = _("Set a fee rate")
    intro = _("For orders placed from then on; earlier ones keep their rate.")
    permission = "settlements.operate"
    on_object = False
    form_class = FeeRateForm

    def run(
        self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime
    ) -> str | Promise:
        fees.set_rate(
            kind=FeeKind(data["kind"]),
            channel=data["channel"],
            category=data["category"],
            rate_bp=int(data["rate"].scaleb(2)),
            effective_from=data["effective_from"],
            at=at,
            actor=actor,
        )
        return _("The fee rate is set.")


@admin.register(Payout, site=operator_site)
class OperatorPayoutConsole(ConsoleModelAdmin):
    """Payouts of all payees; those that wait first."""

    permission = "settlements.operate"
    public_field = "number"
    list_display: ClassVar[Any] = (
        "number",
        "payee",
        "party",
        "status_badge",
        "shown_amount",
        "requested_at",
        "by",
        "finished_at",
    )
    list_filter: ClassVar[Any] = ("status", "party")
    search_fields: ClassVar[Any] = ("=number", "shop__name", "creator__account__name")
    search_help_text = _("Number of a payout, or a name")
    ordering: Any = ("finished_at", "requested_at", "pk")
    acts = (Pay, ShowAccount, Refuse)

    shown_amount = amount_column("amount", _("Amount"))
    by = by_column("requested_by_label", _("requested by"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payout]:
        rows = super().get_queryset(request)
        return rows.select_related("shop", "creator__account", "agency", "account")

    def act_view(self, request: HttpRequest, object_id: str, act: str) -> HttpResponse:
        if act == ShowAccount.name and request.method == "POST":
            return self._show_account(request, object_id)
        return super().act_view(request, object_id, act)

    def _show_account(self, request: HttpRequest, number: str) -> HttpResponse:
        """Answer with the account. Not by a message: those are stored."""
        target = self.get_object(request, number) if self.has_view_permission(request) else None
        if target is None:
            raise Http404
        try:
            shown = payout_accounts.reveal(payout=target, at=clock.now(), actor=self.actor(request))
        except NotFound:
            raise Http404 from None
        context = {
            **self.admin_site.each_context(request),
            "title": ShowAccount.label,
            "subtitle": str(target),
            "crumbs": self._crumbs(target),
            "account": target.account,
            "number": " ".join(shown[start : start + 4] for start in range(0, len(shown), 4)),
            "back": self.object_url(target),
            "opts": self.opts,
            "media": self.media,
        }
        return TemplateResponse(request, "settlements/account.html", context)

    @display(description=_("Payee"))
    def payee(self, payout: Payout) -> str:
        """Return whose money it is."""
        return str(getattr(payout, payout.party))

    @display(description=_("Status"), ordering="status", label=PAYOUT_TONES)
    def status_badge(self, payout: Payout) -> tuple[str, str]:
        """Return the status, coloured."""
        return payout.status, payout.get_status_display()


@admin.register(SettlementEntry, site=operator_site)
class SettlementEntryConsole(ConsoleModelAdmin):
    """The waterfall of each posting (AL-44)."""

    permission = "settlements.operate"
    has_object_page = False
    list_display: ClassVar[Any] = (
        "order_number",
        "kind_badge",
        "shop",
        "paid",
        "to_shop",
        "to_creator",
        "to_agency",
        "to_platform",
        "at",
    )
    list_filter: ClassVar[Any] = ("kind",)
    search_exactly: ClassVar[Any] = ("line__order__number", "reference")
    search_help_text = _("Number of an order, or a reference")
    sortable_by: Any = ()
    acts = (CheckBooks,)

    paid = amount_column("paid_amount", _("Buyer paid"))
    to_shop = amount_column("shop_amount", _("Shop"))
    to_creator = amount_column("creator_amount", _("Creator"))
    to_agency = amount_column("agency_amount", _("Agency"))
    to_platform = amount_column("platform_fee_amount", _("Platform fee"))

    @display(
        description=_("Kind"),
        ordering="kind",
        label={EntryKind.SETTLE: "success", EntryKind.REVERSE: "warning"},
    )
    def kind_badge(self, entry: SettlementEntry) -> tuple[str, str]:
        """Return whether it was settled or taken back."""
        return entry.kind, entry.get_kind_display()

    def get_queryset(self, request: HttpRequest) -> QuerySet[SettlementEntry]:
        return super().get_queryset(request).select_related("shop")


@admin.register(FeeRate, site=operator_site)
class FeeRateConsole(ConsoleModelAdmin):
    """The dated rates of the technical service fee."""

    permission = "settlements.operate"
    has_object_page = False
    list_display: ClassVar[Any] = ("kind", "channel", "shown_category", "rate", "effective_from")
    list_filter: ClassVar[Any] = ("kind",)
    empty_hint = _("Until a rate is set, the standard rate of the settings holds.")
    ordering: Any = ("-effective_from", "-pk")
    acts = (SetFeeRate,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[FeeRate]:
        return super().get_queryset(request).select_related("category")

    @display(description=_("Category"))
    def shown_category(self, rate: FeeRate) -> str:
        """Return the category; without one the rate is for all others."""
        return str(rate.category or _("every other category"))

    @display(description=_("Rate"), ordering="rate_bp")
    def rate(self, rate: FeeRate) -> str:
        """Return the rate in percent."""
        return str(rate)


def todo(actor: Actor, at: datetime) -> Sequence[home.Card]:
    """Say on the operators' home page which payouts wait."""
    if not actor.may("settlements.operate"):
        return ()
    waiting = Payout.objects.visible_to(actor).filter(status=PayoutStatus.REQUESTED).count()
    url = f"{reverse(LIST)}?status__exact={PayoutStatus.REQUESTED}"
    return (home.Card(_("Payouts to pay"), waiting, url, "warning", order=50),)


home.register("operator", todo)
