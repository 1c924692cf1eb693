"""The shop's money in the merchant console."""

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
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from kernel import money
from kernel.actors import Actor
from kernel.admin import home
from kernel.admin.base import Act, ConsoleModelAdmin
from kernel.admin.forms import YuanField
from kernel.admin.sites import merchant_site
from settlements.admin.pages import PAYOUT_TONES, amount_column, by_column, posting
from settlements.models import Payout, SettlementEntry, Statement, StatementLine
from settlements.policies import next_month, starts_at
from settlements.selectors import balance_of, party_of
from settlements.services import payouts
from settlements.services.rates import Fee

LIST = "merchant:settlements_payout_changelist"
#: A statement's page shows its latest lines; the list of lines has them all.
SHOWN_LINES = 200


class PayoutForm(forms.Form):
    """How much."""

    amount = YuanField(label=_("Amount"), min_amount=1)


class RequestPayout(Act):
    name = "request"
    label = _("Request a payout")
    intro = _("The amount leaves the balance at once; an operator pays it to the bank.")
    permission = "settlements.payout"
    on_object = False
    form_class = PayoutForm

    def preview(self, actor: Actor, target: Any) -> Sequence[tuple[str | Promise, Any]]:
        balance = balance_of(party_of(actor))
        return (
            (_("Balance"), money.display(balance.balance_amount, balance.currency)),
            (_("Can be paid out"), money.display(balance.available_amount, balance.currency)),
        )

    def run(
        self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime
    ) -> str | Promise:
        payout = payouts.request(party=party_of(actor), amount=data["amount"], at=at, actor=actor)
        return _("Payout %(number)s is requested.") % {"number": payout.number}


@admin.register(Statement, site=merchant_site)
class MerchantStatementConsole(ConsoleModelAdmin):
    """Monthly statements, and one with its lines."""

    permission = "settlements.view"
    list_display: ClassVar[Any] = (
        "shown_month",
        "opening",
        "settled",
        "taken_back",
        "paid_out",
        "deposited",
        "collected",
        "closing",
        "updated_at",
    )
    ordering: Any = ("-month", "-pk")
    extra_template = "settlements/lines.html"

    fields: Any = (
        ("opening", "closing"),
        ("settled", "taken_back"),
        ("paid_out", "deposited", "collected"),
        "updated_at",
    )

    opening = amount_column("opening_amount", _("Opening"))
    settled = amount_column("settled_amount", _("Settled"))
    taken_back = amount_column("reversed_amount", _("Taken back"))
    paid_out = amount_column("paid_out_amount", _("Paid out"))
    deposited = amount_column("deposited_amount", _("Moved to the deposit"))
    collected = amount_column("collected_amount", _("Collected for accounts"))
    closing = amount_column("closing_amount", _("Closing"))

    @display(description=_("month"), ordering="month")
    def shown_month(self, statement: Statement) -> str:
        """Return the month as ``2026-11``."""
        return str(statement)

    def page_context(self, request: HttpRequest, target: Statement) -> dict[str, Any]:
        lines = StatementLine.objects.visible_to(self.actor(request)).filter(
            currency=target.currency,
            at__gte=starts_at(target.month),
            at__lt=starts_at(next_month(target.month)),
        )
        rows = list(lines.order_by("-at", "-pk")[: SHOWN_LINES + 1])
        return {
            "lines": [
                {
                    "at": line.at,
                    "what": posting(line.reference),
                    "order": line.order_number or "–",
                    "amount": money.display(line.amount, line.currency),
                }
                for line in rows[:SHOWN_LINES]
            ],
            "has_more": len(rows) > SHOWN_LINES,
            "all_lines": reverse("merchant:settlements_statementline_changelist"),
        }


def _rates(entry: SettlementEntry) -> str:
    fee = Fee.of(entry)
    parts = [(fee.channel_bp, gettext("channel")), (fee.unbranded_bp, gettext("no brand"))]
    on_top = [f" + {bp / 100:g} % {name}" for bp, name in parts if bp]
    return f"{fee.base_bp / 100:g} %{''.join(on_top)}"


@admin.register(StatementLine, site=merchant_site)
class MerchantStatementLineConsole(ConsoleModelAdmin):
    """Every posting to the shop's balance."""

    permission = "settlements.view"
    has_object_page = False
    list_display: ClassVar[Any] = (
        "at",
        "what",
        "order_number",
        "paid",
        "commission",
        "fee",
        "shown_amount",
    )
    search_exactly: ClassVar[Any] = ("entry__line__order__number",)
    search_help_text = _("Number of an order")
    list_filter: ClassVar[Any] = ("at",)
    ordering: Any = ("-at", "-pk")
    sortable_by: Any = ("at",)

    shown_amount = amount_column("amount", _("Amount"))

    @display(description=_("What"))
    def what(self, line: StatementLine) -> str:
        """Return what was posted."""
        return posting(line.reference)

    @display(description=_("Paid and subsidies"))
    def paid(self, line: StatementLine) -> str:
        """Return what came in for the goods."""
        entry = line.entry
        if entry is None:
            return "–"
        return money.display(entry.paid_amount + entry.subsidy_amount, line.currency)

    @display(description=_("Commission"))
    def commission(self, line: StatementLine) -> str:
        """Return what creator and agency got of it."""
        return money.display(line.entry.commission_amount, line.currency) if line.entry else "–"

    @display(description=_("Platform fee"))
    def fee(self, line: StatementLine) -> str:
        """Return the fee with its rate, and what of it came on top of the base rate."""
        if line.entry is None:
            return "–"
        shown = money.display(line.entry.platform_fee_amount, line.currency)
        return f"{shown} ({_rates(line.entry)})"

    def get_queryset(self, request: HttpRequest) -> QuerySet[StatementLine]:
        return super().get_queryset(request).select_related("entry")


@admin.register(Payout, site=merchant_site)
class MerchantPayoutConsole(ConsoleModelAdmin):
    """The shop's payouts."""

    permission = "settlements.view"
    public_field = "number"
    list_display: ClassVar[Any] = (
        "number",
        "status_badge",
        "shown_amount",
        "requested_at",
        "by",
        "finished_at",
    )
    list_filter: ClassVar[Any] = ("status",)
    ordering: Any = ("-requested_at", "-pk")
    acts = (RequestPayout,)
    empty_hint = _("Settled orders fill the balance; request a payout when you want it.")

    shown_amount = amount_column("amount", _("Amount"))
    by = by_column("requested_by_label", _("requested by"))

    @display(description=_("Status"), ordering="status", label=PAYOUT_TONES)
    def status_badge(self, payout: Payout) -> tuple[str, str]:
        """Return the status, coloured."""
        return payout.status, payout.get_status_display()


def todo(actor: Actor, at: datetime) -> Sequence[home.Card]:
    """Show the balance on the shop's home page."""
    if not actor.may("settlements.view"):
        return ()
    balance = balance_of(party_of(actor))
    shown = money.display(balance.balance_amount, balance.currency)
    tone: home.Tone = "urgent" if balance.balance_amount < 0 else "plain"
    return (home.Card(_("Balance"), shown, reverse(LIST), tone, order=90),)


home.register("merchant", todo)
