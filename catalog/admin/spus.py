"""Standard products in the consoles: searched, proposed, corrected, decided (CA-08)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from catalog.admin import wording
from catalog.admin.forms import AttributesField, brand_choices, leaf_choices
from catalog.enums import TicketStatus
from catalog.models import Brand, Category, Spu, SpuTicket
from catalog.services import spus
from catalog.services.spus import SpuContent
from kernel.actors import Actor
from kernel.admin import home
from kernel.admin.base import Act, ConsoleModelAdmin
from kernel.admin.sites import merchant_site, operator_site
from kernel.counting import capped_count, shown_count
from shops.models import Shop

TONES: dict[str, str] = {
    TicketStatus.PENDING: "warning",
    TicketStatus.ACCEPTED: "success",
    TicketStatus.REJECTED: "danger",
}


class SpuForm(forms.Form):
    """What a standard product is."""

    category = forms.ChoiceField(label=_("Category"), choices=leaf_choices)
    brand = forms.ChoiceField(label=_("Brand"), choices=brand_choices, required=False)
    name = forms.CharField(label=_("Name"), max_length=120)
    barcode = forms.CharField(label=_("Barcode"), max_length=14, required=False)
    attributes = AttributesField(
        label=_("Key properties"), required=False, help_text=_("name=value, one a line")
    )

    def clean(self) -> dict[str, Any]:
        """Put the content together."""
        data = super().clean() or {}
        if not self.errors:
            data["content"] = SpuContent(
                category=Category.objects.get(public_id=data["category"]),
                brand=Brand.objects.filter(public_id=data["brand"]).first(),
                name=data["name"],
                barcode=data["barcode"],
                attributes=data["attributes"],
            )
        return data


def _said(spu: Spu) -> dict[str, Any]:
    return {
        "category": spu.category.public_id,
        "brand": spu.brand.public_id if spu.brand else "",
        "name": spu.name,
        "barcode": spu.barcode,
        "attributes": wording.lines_of(spu.attributes),
        "version": spu.version,
    }


class SpuEditForm(SpuForm):
    """What it is instead."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class TicketForm(SpuForm):
    """A new standard product, and a word about it."""

    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class AddSpu(Act):
    """A new standard product."""

    name = "add"
    label = _("New standard product")
    permission = "catalog.operate"
    form_class = SpuForm
    on_object = False

    def run(self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime) -> Any:
        spus.add(content=data["content"], actor=actor, at=at)
        return _("The standard product is in the library.")


class EditSpu(Act):
    """Say what it is instead."""

    name = "edit"
    label = _("Edit")
    intro = _("Its products are held against it at their next change.")
    permission = "catalog.operate"

    def form(self, actor: Actor, target: Spu, **kwargs: Any) -> forms.Form:
        return SpuEditForm(initial=_said(target), **kwargs)

    def run(self, *, actor: Actor, target: Spu, data: dict[str, Any], at: datetime) -> Any:
        spus.edit(spu=target, content=data["content"], version=data["version"], actor=actor, at=at)
        return _("The change is saved.")


class FlagsForm(forms.Form):
    """What holds for products against it."""

    is_free_of_review = forms.BooleanField(
        label=_("Free of review"),
        required=False,
        help_text=_("Products against it are approved at once unless a rule hits."),
    )
    is_retired = forms.BooleanField(
        label=_("Retired"), required=False, help_text=_("No new product may name it.")
    )


class SetFlags(Act):
    """Free of review, or retired."""

    name = "set-flags"
    label = _("Review and use")
    permission = "catalog.operate"

    def form(self, actor: Actor, target: Spu, **kwargs: Any) -> forms.Form:
        names = ("is_free_of_review", "is_retired")
        return FlagsForm(initial={name: getattr(target, name) for name in names}, **kwargs)

    def run(self, *, actor: Actor, target: Spu, data: dict[str, Any], at: datetime) -> Any:
        spus.set_flags(spu=target, actor=actor, at=at, **data)
        return _("The change is saved.")


class CorrectSpu(Act):
    """Report what is wrong by saying how it should be."""

    name = "correct"
    label = _("Report a mistake")
    intro = _("Say how it should be; an operator decides.")
    permission = "catalog.edit"

    def form(self, actor: Actor, target: Spu, **kwargs: Any) -> forms.Form:
        return TicketForm(initial=_said(target), **kwargs)

    def run(self, *, actor: Actor, target: Spu, data: dict[str, Any], at: datetime) -> Any:
        spus.correct(
            shop=Shop.objects.visible_to(actor).get(),
            spu=target,
            content=data["content"],
            note=data["note"],
            actor=actor,
            at=at,
        )
        return _("The report is on its way.")


class SpuConsole(ConsoleModelAdmin):
    """The library."""

    list_display: ClassVar[Any] = (
        "name",
        "barcode",
        "category",
        "brand",
        "keys",
        "is_free_of_review",
        "is_retired",
    )
    list_filter: ClassVar[Any] = ("is_free_of_review", "is_retired")
    list_select_related: ClassVar[Any] = ("category", "brand")
    search_exactly: ClassVar[Any] = ("public_id", "barcode")
    search_fields: ClassVar[Any] = ("name",)
    search_help_text = _("Barcode, name or id")
    fields: ClassVar[Any] = (
        ("public_id", "barcode", "version"),
        ("name", "category", "brand"),
        "keys",
        ("is_free_of_review", "is_retired"),
    )

    @display(description=_("key properties"))
    def keys(self, spu: Spu) -> str:
        """Name and value of each."""
        return " · ".join(f"{one['name']}={one['value']}" for one in spu.attributes) or "–"


@admin.register(Spu, site=merchant_site)
class MerchantSpuConsole(SpuConsole):
    """The library as shops search it."""

    permission = "catalog.view"
    acts = (CorrectSpu,)
    empty_hint = _("The library is empty. Propose a standard product under proposals.")


@admin.register(Spu, site=operator_site)
class OperatorSpuConsole(SpuConsole):
    """The library as the platform keeps it."""

    permission = "catalog.operate"
    acts = (AddSpu, EditSpu, SetFlags)
    empty_hint = _("Add the first standard product, or accept one that a shop proposes.")


class Propose(Act):
    """Ask for a new standard product."""

    name = "propose"
    label = _("Propose a standard product")
    intro = _("An operator decides. It has a barcode or key properties.")
    permission = "catalog.edit"
    form_class = TicketForm
    on_object = False

    def run(self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime) -> Any:
        shop = Shop.objects.visible_to(actor).get()
        spus.propose(shop=shop, content=data["content"], note=data["note"], actor=actor, at=at)
        return _("The proposal is on its way.")


class AcceptForm(forms.Form):
    """A word to the shop."""

    answer = forms.CharField(label=_("Answer"), max_length=300, required=False)


class AcceptTicket(Act):
    """Into the library."""

    name = "accept"
    label = _("Accept")
    intro = _("It goes into the library as it stands here.")
    permission = "catalog.operate"
    form_class = AcceptForm

    def applies(self, actor: Actor, target: SpuTicket) -> bool:
        return target.status == TicketStatus.PENDING

    def run(self, *, actor: Actor, target: SpuTicket, data: dict[str, Any], at: datetime) -> Any:
        spus.accept(ticket=target, answer=data["answer"], actor=actor, at=at)
        return _("It is in the library.")


class RejectTicketForm(AcceptForm):
    """Why."""

    answer = forms.CharField(label=_("Answer"), max_length=300)


class RejectTicket(AcceptTicket):
    """Not into the library."""

    name = "reject"
    label = _("Reject")
    intro = _("The shop reads the answer.")
    form_class = RejectTicketForm
    is_dangerous = True

    def run(self, *, actor: Actor, target: SpuTicket, data: dict[str, Any], at: datetime) -> Any:
        spus.reject(ticket=target, answer=data["answer"], actor=actor, at=at)
        return _("It is rejected.")


class TicketConsole(ConsoleModelAdmin):
    """Proposals and corrections."""

    list_display: ClassVar[Any] = (
        "name",
        "kind",
        "status_badge",
        "barcode",
        "category",
        "brand",
        "created_at",
    )
    list_filter: ClassVar[Any] = ("status", "kind")
    list_select_related: ClassVar[Any] = ("shop", "spu", "category", "brand")
    search_exactly: ClassVar[Any] = ("public_id", "barcode")
    search_fields: ClassVar[Any] = ("name",)
    fields: ClassVar[Any] = (
        ("name", "kind", "status_badge"),
        ("shop", "spu"),
        ("category", "brand", "barcode"),
        "keys",
        ("note", "answer"),
        ("created_at", "decided_at", "decided_by_label"),
    )

    @display(description=_("status"), ordering="status", label=TONES)
    def status_badge(self, ticket: SpuTicket) -> tuple[str, str]:
        """The status, coloured."""
        return ticket.status, ticket.get_status_display()

    @display(description=_("key properties"))
    def keys(self, ticket: SpuTicket) -> str:
        """Name and value of each."""
        return " · ".join(f"{one['name']}={one['value']}" for one in ticket.attributes) or "–"


@admin.register(SpuTicket, site=merchant_site)
class MerchantTicketConsole(TicketConsole):
    """What the shop asked of the library."""

    permission = "catalog.view"
    acts = (Propose,)
    empty_hint = _("Propose a standard product that the library lacks.")


@admin.register(SpuTicket, site=operator_site)
class OperatorTicketConsole(TicketConsole):
    """What shops ask of the library."""

    permission = "catalog.operate"
    acts = (AcceptTicket, RejectTicket)
    empty_hint = _("No shop asks for anything.")


def waiting_tickets(actor: Actor, at: datetime) -> Any:
    """Count what shops ask of the library."""
    if not actor.may("catalog.operate"):
        return ()
    count = capped_count(SpuTicket.objects.visible_to(actor).filter(status=TicketStatus.PENDING))
    url = reverse("operator:catalog_sputicket_changelist")
    title = _("Standard products proposed")
    return (
        home.Card(title, shown_count(count), f"{url}?status__exact=pending", "warning", order=31),
    )


home.register("operator", waiting_tickets)
