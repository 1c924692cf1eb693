"""The shop's deposit and its restrictions in the merchant console."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from governance.admin.drawing import PAYMENT_TONES, amount_column, badge_column, day_of
from governance.admin.pages import AssessmentPage, DepositPage, EntryPage, RestrictionPage
from governance.enums import SHORT, PaymentStatus
from governance.models import Deposit, DepositAssessment, DepositEntry, DepositPayment
from governance.services import moving, payments
from kernel import money
from kernel.actors import Actor
from kernel.admin import home
from kernel.admin.base import Act, ConsoleModelAdmin
from kernel.admin.forms import YuanField
from kernel.admin.sites import merchant_site
from orders.services import gateways
from settlements.selectors import balance_of, party_of
from shops.models import ShopRestriction

Rows = Sequence[tuple[str | Promise, Any]]


class AmountForm(forms.Form):
    """How much."""

    amount = YuanField(label=_("Amount"), min_amount=1)


class PaymentForm(AmountForm):
    """How much, and by which gateway."""

    gateway = forms.ChoiceField(
        label=_("Gateway"), choices=lambda: [(name, name) for name in gateways.offered()]
    )


def figures(actor: Actor) -> Rows:
    """Return how the shop's deposit stands, for the top of a form."""
    deposit = Deposit.objects.visible_to(actor).first()
    if deposit is None:
        return ()
    return (
        (_("Due"), money.display(deposit.due_amount)),
        (_("In the deposit"), money.display(deposit.balance_amount)),
        (_("Missing"), money.display(deposit.missing_amount)),
        (_("Can be withdrawn"), money.display(deposit.refundable_amount)),
    )


class TopUp(Act):
    name = "top-up"
    label = _("Pay in from the balance")
    intro = _("The amount leaves the shop's balance and stays the shop's: it is staked.")
    permission = "settlements.payout"
    form_class = AmountForm
    on_object = False

    def preview(self, actor: Actor, target: Any) -> Rows:
        balance = balance_of(party_of(actor))
        shown = (_("Balance of the shop"), money.display(balance.available_amount))
        return (*figures(actor), shown)

    def run(
        self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime
    ) -> str | Promise:
        entry = moving.top_up(shop_id=actor.shop_id or 0, amount=data["amount"], at=at, actor=actor)
        shown = money.display(entry.after_amount)
        return _("Paid in. The deposit holds %(balance)s.") % {"balance": shown}


class Pay(Act):
    name = "pay"
    label = _("Pay in by a gateway")
    intro = _("The payment waits half an hour for its money.")
    permission = "settlements.payout"
    form_class = PaymentForm
    on_object = False

    def preview(self, actor: Actor, target: Any) -> Rows:
        return figures(actor)

    def run(
        self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime
    ) -> str | Promise:
        payment = payments.start(shop_id=actor.shop_id or 0, at=at, actor=actor, **data)
        return _("Payment %(number)s waits for its money.") % {"number": payment.number}


class Withdraw(Act):
    name = "withdraw"
    label = _("Withdraw surplus")
    intro = _("Once in seven days, into the shop's balance.")
    permission = "settlements.payout"
    form_class = AmountForm
    on_object = False

    def preview(self, actor: Actor, target: Any) -> Rows:
        return figures(actor)

    def run(
        self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime
    ) -> str | Promise:
        entry = moving.withdraw(
            shop_id=actor.shop_id or 0, amount=data["amount"], at=at, actor=actor
        )
        shown = money.display(entry.after_amount)
        return _("It is in the shop's balance. The deposit holds %(balance)s.") % {"balance": shown}


class TopUpHere(TopUp):
    name = "top-up-here"
    on_object = True


class PayHere(Pay):
    name = "pay-here"
    on_object = True


class WithdrawHere(Withdraw):
    name = "withdraw-here"
    on_object = True

    def applies(self, actor: Actor, target: Deposit) -> bool:
        return target.refundable_amount > 0


class PayAtSandbox(Act):
    """The sandbox's cashier as a button."""

    name = "pay-in-sandbox"
    label = _("Pay at the sandbox's cashier")
    intro = _("No real money moves. It is in the deposit in a moment.")
    permission = "settlements.payout"

    def applies(self, actor: Actor, target: DepositPayment) -> bool:
        is_waiting = target.status == PaymentStatus.PENDING and not target.is_paid_in_sandbox
        return settings.HAODIAN_SANDBOX and is_waiting

    def run(
        self, *, actor: Actor, target: DepositPayment, data: dict[str, Any], at: datetime
    ) -> str | Promise:
        payments.pay_in_sandbox(payment=target, at=at, actor=actor)
        return _("Paid. It is in the deposit in a moment.")


@admin.register(Deposit, site=merchant_site)
class MerchantDepositConsole(DepositPage):
    """The shop's deposit."""

    permission = "settlements.view"
    acts = (TopUp, Pay, Withdraw, TopUpHere, PayHere, WithdrawHere)


@admin.register(DepositEntry, site=merchant_site)
class MerchantEntryConsole(EntryPage):
    """The movements of the shop's deposit."""

    permission = "settlements.view"


@admin.register(DepositAssessment, site=merchant_site)
class MerchantAssessmentConsole(AssessmentPage):
    """How what the shop owes was worked out."""

    permission = "settlements.view"


@admin.register(DepositPayment, site=merchant_site)
class MerchantPaymentConsole(ConsoleModelAdmin):
    """Payments into the shop's deposit."""

    permission = "settlements.view"
    public_field = "number"
    list_display: ClassVar[Any] = (
        "number",
        "status_badge",
        "shown_amount",
        "gateway",
        "created_at",
        "closes_at",
        "finished_at",
    )
    list_filter: ClassVar[Any] = ("status",)
    ordering: Any = ("-created_at", "-pk")
    sortable_by: Any = ()
    acts = (PayAtSandbox,)
    empty_hint = _("Start one on the page of the deposit.")

    status_badge = badge_column("status", _("Status"), PAYMENT_TONES)
    shown_amount = amount_column("amount", _("Amount"))


@admin.register(ShopRestriction, site=merchant_site)
class MerchantRestrictionConsole(RestrictionPage):
    """What the platform restricts in the shop."""

    permission = "shops.view"


def todo(actor: Actor, at: datetime) -> Sequence[home.Card]:
    """Say on the first page what is missing, what is announced and what is restricted."""
    cards = []
    if actor.may("settlements.view"):
        cards += _deposit_cards(actor)
    if actor.may("shops.view"):
        rows = ShopRestriction.objects.visible_to(actor).filter(until__isnull=True)
        count = rows.count()
        if count:
            url = reverse("merchant:shops_shoprestriction_changelist")
            cards.append(home.Card(_("Restrictions"), count, url, "urgent", order=41))
    return cards


def _deposit_cards(actor: Actor) -> list[home.Card]:
    deposit = Deposit.objects.visible_to(actor).first()
    if deposit is None or not deposit.missing_amount:
        return []
    url = reverse("merchant:governance_deposit_change", args=[deposit.public_id])
    is_short = deposit.status in SHORT
    note: str | Promise = _("Missing now")
    if not is_short:
        waiting = DepositAssessment.objects.visible_to(actor).filter(applied_at__isnull=True)
        last = waiting.order_by("-effective_at").first()
        day = day_of(last.effective_at) if last else ""
        note = _("Missing from %(day)s on") % {"day": day}
    shown = money.display(deposit.missing_amount)
    tone: home.Tone = "urgent" if is_short else "warning"
    return [home.Card(_("Deposit"), shown, url, tone, note=note, order=40)]


home.register("merchant", todo)
