"""Wishes for another address in the merchant console (OR-16)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.timesince import timeuntil
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from kernel import clock, money
from kernel.actors import Actor
from kernel.admin.base import Act, ConsoleModelAdmin
from kernel.admin.sites import merchant_site
from kernel.admin.wording import person
from orders.admin.wording import ADDRESS_TONES
from orders.enums import AddressChangeStatus, AddressRefusal
from orders.models import AddressChange, OrderRules
from orders.services import readdressing
from shops.models import Shop


def place(receiver: dict[str, str]) -> str:
    """Return a masked receiver in a line."""
    region = "".join(receiver.get(key, "") for key in ("province", "city", "district"))
    return f"{receiver['name']} {receiver['phone']} · {region}"


def extra(change: AddressChange) -> str:
    """Return what sending there costs more, as people read it."""
    return money.display(change.extra_freight_amount, change.order.currency)


class _Answer(Act):
    permission = "orders.ship"

    def applies(self, actor: Actor, target: AddressChange) -> bool:
        return target.status == AddressChangeStatus.PENDING

    def preview(self, actor: Actor, target: AddressChange) -> Sequence[tuple[Any, Any]]:
        return [
            (_("Order"), target.order.number),
            (_("Now"), place(target.order.receiver_masked)),
            (_("Wished"), place(target.receiver_masked)),
            *([(_("Extra freight"), extra(target))] if target.extra_freight_amount else []),
        ]


class ApproveForm(forms.Form):
    """Whether the shop bears what sending there costs more."""

    bears_freight = forms.BooleanField(
        label=_("We bear the extra freight"), required=False, widget=forms.HiddenInput
    )


class Approve(_Answer):
    """Yes."""

    form_class = ApproveForm

    name = "approve"
    label = _("Approve")
    intro = _("The order goes to the new receiver from now on.")

    def form(self, actor: Actor, target: AddressChange, **kwargs: Any) -> forms.Form:
        form = super().form(actor, target, **kwargs)
        if target.extra_freight_amount:
            form.fields["bears_freight"].widget = forms.CheckboxInput()
        return form

    def run(
        self, *, actor: Actor, target: AddressChange, data: dict[str, Any], at: datetime
    ) -> Any:
        readdressing.approve(change_id=target.pk, at=at, actor=actor, **data)
        return _("The address is changed.")


class RefusalForm(forms.Form):
    """Why not."""

    refusal = forms.TypedChoiceField(label=_("Reason"), choices=AddressRefusal.choices, coerce=int)


class Reject(_Answer):
    """No."""

    name = "reject"
    label = _("Reject")
    form_class = RefusalForm
    is_dangerous = True

    def run(
        self, *, actor: Actor, target: AddressChange, data: dict[str, Any], at: datetime
    ) -> Any:
        readdressing.reject(change_id=target.pk, refusal=data["refusal"], at=at, actor=actor)
        return _("The order stays with its address.")


class RulesForm(forms.Form):
    """Whether the shop is asked."""

    asks_for_addresses = forms.BooleanField(
        label=_("Ask us before an address changes"),
        required=False,
        help_text=_("Without an answer within two hours it changes, unless the order was printed."),
    )


class SetRules(Act):
    """The shop's own rule."""

    name = "rules"
    label = _("Set the rule")
    permission = "shops.edit"
    form_class = RulesForm
    on_object = False

    def form(self, actor: Actor, target: Any, **kwargs: Any) -> forms.Form:
        rules = OrderRules.objects.visible_to(actor).first()
        asks = rules.asks_for_addresses if rules else False
        return RulesForm(initial={"asks_for_addresses": asks}, **kwargs)

    def run(self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime) -> Any:
        shop = Shop.objects.visible_to(actor).get()
        readdressing.set_rules(shop=shop, at=at, actor=actor, **data)
        return _("The rule is saved.")


@admin.register(AddressChange, site=merchant_site)
class AddressChangeConsole(ConsoleModelAdmin):
    """What buyers ask for, and what became of it."""

    permission = "orders.view"
    acts = (Approve, Reject, SetRules)
    empty_hint = _("Buyers may ask for another address until the parcel leaves; you see it here.")
    list_display = (
        "number",
        "status_badge",
        "wished",
        "more",
        "due",
        "refusal",
        "by",
        "created_at",
    )
    fields = (*list_display[:2], "now", *list_display[2:])
    list_filter = ("status",)
    search_exactly = ("order__number",)
    search_help_text = _("Number of an order")

    def get_queryset(self, request: HttpRequest) -> QuerySet[AddressChange]:
        found: Any = super().get_queryset(request)
        return found.select_related("order").defer("receiver_sealed", "order__receiver_sealed")

    @display(description=_("order"))
    def number(self, change: AddressChange) -> str:
        """The order's number."""
        return change.order.number

    @display(description=_("status"), ordering="status", label=ADDRESS_TONES)
    def status_badge(self, change: AddressChange) -> tuple[str, str]:
        """The status, coloured."""
        return change.status, change.get_status_display()

    @display(description=_("wished"))
    def wished(self, change: AddressChange) -> str:
        """Where it shall go, masked."""
        return place(change.receiver_masked)

    @display(description=_("extra freight"))
    def more(self, change: AddressChange) -> str:
        """What sending there costs more."""
        return extra(change) if change.extra_freight_amount else "–"

    @display(description=_("the order's receiver"))
    def now(self, change: AddressChange) -> str:
        """Where it goes now, masked."""
        return place(change.order.receiver_masked)

    @display(description=_("answer within"), ordering="due_at")
    def due(self, change: AddressChange) -> str | None:
        """How long the shop has to answer."""
        return timeuntil(change.due_at, clock.now(), depth=1) if change.due_at else None

    @display(description=_("by"))
    def by(self, change: AddressChange) -> str:
        """Who answered."""
        return person(change.actor_label)
