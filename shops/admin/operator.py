"""Letters of authorisation and shops in the operator console."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from kernel.actors import Actor
from kernel.admin import home
from kernel.admin.base import Act, ConsoleModelAdmin
from kernel.admin.pictures import pictured
from kernel.admin.sites import operator_site
from shops.admin import wording
from shops.enums import BindingStatus, ShopStatus
from shops.models import Binding, Shop
from shops.services import bindings, standing


class ReasonForm(forms.Form):
    """Why; kept in the audit trail."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": "3"})
    )


class _Standing(Act):
    """A decision about a shop, with its reason."""

    permission = "shops.operate"
    form_class = ReasonForm


class SuspendShop(_Standing):
    """No sales; orders that exist go on."""

    name = "suspend"
    label = _("Suspend")
    intro = _("The shop sells nothing until it is reopened. Orders that exist go on.")
    is_dangerous = True

    def applies(self, actor: Actor, target: Shop) -> bool:
        return target.status == ShopStatus.OPEN

    def run(self, *, actor: Actor, target: Shop, data: dict[str, Any], at: datetime) -> Any:
        standing.suspend_shop(shop=target, reason=data["reason"], at=at, actor=actor)
        return _("The shop is suspended.")


class ReopenShop(_Standing):
    """Sales again."""

    name = "reopen"
    label = _("Reopen")
    intro = _("Buyers can buy there again at once.")

    def applies(self, actor: Actor, target: Shop) -> bool:
        return target.status == ShopStatus.SUSPENDED

    def run(self, *, actor: Actor, target: Shop, data: dict[str, Any], at: datetime) -> Any:
        standing.reopen_shop(shop=target, reason=data["reason"], at=at, actor=actor)
        return _("The shop is open again.")


class CloseShop(_Standing):
    """For good."""

    name = "close"
    label = _("Close for good")
    intro = _("The shop can never be opened again. Orders that exist go on.")
    is_dangerous = True

    def applies(self, actor: Actor, target: Shop) -> bool:
        return target.status != ShopStatus.CLOSED

    def run(self, *, actor: Actor, target: Shop, data: dict[str, Any], at: datetime) -> Any:
        standing.close_shop(shop=target, reason=data["reason"], at=at, actor=actor)
        return _("The shop is closed.")


class ApproveBinding(Act):
    """BI-04: the letter is good."""

    name = "approve"
    label = _("Approve")
    intro = _("Shop and account become one at once.")
    permission = "shops.operate"

    def applies(self, actor: Actor, target: Binding) -> bool:
        return target.status == BindingStatus.AWAITING_REVIEW

    def preview(self, actor: Actor, target: Binding) -> Sequence[tuple[Any, Any]]:
        merchant = target.shop.merchant
        return [
            (_("Legal entity of the shop"), merchant.legal_name if merchant else "–"),
            (_("Legal entity of the account"), target.account.entity_name),
            (_("Letter of authorisation"), target.authorisation_url),
        ]

    def run(self, *, actor: Actor, target: Binding, data: dict[str, Any], at: datetime) -> Any:
        bindings.approve_binding(binding=target, at=at, actor=actor)
        return _("Shop and account are bound.")


class RejectBinding(Act):
    """BI-04: the letter is not."""

    name = "reject"
    label = _("Reject")
    permission = "shops.operate"
    form_class = ReasonForm
    is_dangerous = True

    def applies(self, actor: Actor, target: Binding) -> bool:
        return target.status == BindingStatus.AWAITING_REVIEW

    def run(self, *, actor: Actor, target: Binding, data: dict[str, Any], at: datetime) -> Any:
        bindings.reject_binding(binding=target, reason=data["reason"], at=at, actor=actor)
        return _("The letter is refused.")


@admin.register(Shop, site=operator_site)
class ShopReviewPage(ConsoleModelAdmin):
    """All shops."""

    permission = "shops.operate"
    acts = (SuspendShop, ReopenShop, CloseShop)
    list_display = ("shown_name", "merchant", "type", "status_badge", "opened_at")
    list_filter = ("status", "type")
    list_select_related = ("merchant", "predecessor")
    search_fields = ("name", "public_id", "merchant__legal_name", "merchant__credit_code")
    fields = (
        ("name", "public_id"),
        ("type", "status_badge"),
        "merchant",
        "predecessor",
        "opened_at",
    )

    @display(description=_("name"), ordering="name")
    def shown_name(self, shop: Shop) -> str:
        """The logo and the name."""
        return pictured(shop.logo_url, shop.name)

    @display(description=_("status"), label=wording.SHOP_TONES)
    def status_badge(self, shop: Shop) -> tuple[str, str]:
        """Its state in words and colour."""
        return shop.status, shop.get_status_display()


@admin.register(Binding, site=operator_site)
class BindingReviewPage(ConsoleModelAdmin):
    """All bindings; letters of authorisation wait here."""

    permission = "shops.operate"
    acts = (ApproveBinding, RejectBinding)
    list_display = ("shop", "account", "relation", "status_badge", "bound_at", "ended_at")
    list_filter = ("status", "relation")
    list_select_related = ("shop__merchant", "account")
    search_fields = ("shop__name", "account__handle", "account__name")
    fieldsets = (
        (None, {"fields": (("shop", "account"), ("relation", "status_badge"), "is_main")}),
        (
            _("Consent"),
            {"fields": (("consent_due_at", "consented_at"), "is_same_entity", "authorisation_url")},
        ),
        (
            _("Period"),
            {"fields": (("bound_at", "unbind_requested_at"), ("ended_at", "end_reason"))},
        ),
    )

    @display(description=_("status"), label=wording.BINDING_TONES)
    def status_badge(self, binding: Binding) -> tuple[str, str]:
        """Its state in words and colour."""
        return binding.status, binding.get_status_display()


def waiting(actor: Actor, at: datetime) -> list[home.Card]:
    """Count what waits for an operator of this room."""
    if not actor.may("shops.operate"):
        return []
    letters = Binding.objects.visible_to(actor).filter(status=BindingStatus.AWAITING_REVIEW)
    page = reverse("operator:shops_binding_changelist")
    return [
        home.Card(
            _("Letters of authorisation"),
            letters.count(),
            f"{page}?status__exact=awaiting_review",
            "warning",
            order=11,
        ),
    ]


home.register("operator", waiting)
