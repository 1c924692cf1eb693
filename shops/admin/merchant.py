"""The shop's own pages in the merchant console."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from kernel import clock
from kernel.admin.acts import ONCE
from kernel.admin.base import ConsoleModelAdmin
from kernel.admin.pictures import picture, pictured
from kernel.admin.sites import Tenant, merchant_site
from shops.admin import acts, holding, people_acts, returns, shipping, wording
from shops.enums import GuaranteeKind, ShippingSpeed
from shops.models import Binding, FreightTemplate, ReturnAddress, Shop, Staff
from shops.selectors import regions, storefronts
from shops.services import actors


@admin.register(Shop, site=merchant_site)
class ShopPage(ConsoleModelAdmin):
    """The shop: name, promises, and the account that is its face."""

    permission = "shops.view"
    acts = (
        acts.Rename,
        acts.SetFreight,
        acts.StartGuarantee,
        acts.EndGuarantee,
        shipping.SetPromise,
        shipping.SetHoliday,
        shipping.EndHoliday,
        holding.SetUnpaidMinutes,
    )
    list_display = ("shown_name", "type", "status_badge", "opened_at")
    fieldsets = (
        (None, {"fields": (("logo", "name"), ("type", "status_badge"), "opened_at")}),
        (_("What buyers see"), {"fields": ("face", "score", "guarantees", "freight")}),
        (_("Sending"), {"fields": (("speed", "holiday"),)}),
        (_("Unpaid orders"), {"fields": ("time_to_pay",)}),
    )

    @display(description=_("name"), ordering="name")
    def shown_name(self, shop: Shop) -> str:
        """The logo and the name."""
        return pictured(shop.logo_url, shop.name)

    @display(description=_("logo"))
    def logo(self, shop: Shop) -> str:
        """The picture."""
        return picture(shop.logo_url, size="big") or "–"

    @display(description=_("status"), label=wording.SHOP_TONES)
    def status_badge(self, shop: Shop) -> tuple[str, str]:
        """Its state in words and colour."""
        return shop.status, shop.get_status_display()

    @display(description=_("official account"))
    def face(self, shop: Shop) -> str:
        """Name and handle of the account, or a dash."""
        account = self._block(shop)["account"]
        return f"{account['name']} (@{account['handle']})" if account else "–"

    @display(description=_("experience score"))
    def score(self, shop: Shop) -> str:
        """0.0 to 100.0, or a dash before there are enough orders."""
        return self._block(shop)["shop"]["score"] or "–"

    @display(description=_("guarantees"))
    def guarantees(self, shop: Shop) -> str:
        """Those in force."""
        kinds = self._block(shop)["shop"]["guarantees"]
        return ", ".join(str(GuaranteeKind(kind).label) for kind in kinds) or "–"

    @display(description=_("freight"))
    def freight(self, shop: Shop) -> str:
        """What sending costs."""
        return wording.freight(FreightTemplate.objects.filter(shop=shop).first())

    @display(description=_("ships"))
    def speed(self, shop: Shop) -> Any:
        """The promise for what is paid now."""
        return ShippingSpeed(shipping.speed_of(shop.pk)).label

    @display(description=_("holiday"))
    def holiday(self, shop: Shop) -> str:
        """The one of now or to come."""
        return shipping.holiday_of(shop.pk)

    @display(description=_("time to pay"))
    def time_to_pay(self, shop: Shop) -> str:
        """How long an unpaid order holds its pieces."""
        return holding.minutes_to_pay(shop)

    def _block(self, shop: Shop) -> Any:
        return storefronts([shop.pk], at=clock.now())[shop.pk]


@admin.register(Staff, site=merchant_site)
class StaffPage(ConsoleModelAdmin):
    """Who works here."""

    permission = "shops.staff"
    acts = (people_acts.Invite, people_acts.ChangeRole, people_acts.RemoveStaff)
    list_display = ("email", "person", "role", "status_badge", "expires_at")
    list_filter = ("status", "role")
    fields = (("email", "person"), ("role", "status_badge"), "expires_at")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        queryset: Any = super().get_queryset(request)
        return queryset.named()

    def list_act_view(self, request: HttpRequest, act: str) -> HttpResponse:
        """Answer without keeping what was said: it holds an invitation's token.

        A second click makes a second invitation, which voids the first.
        """
        if request.method == "POST":
            sent: Any = request.POST.copy()
            sent.pop(ONCE, None)
            request.POST = sent
        return super().list_act_view(request, act)

    @display(description=_("name"))
    def person(self, place: Staff) -> str:
        """Who came, or a dash."""
        return str(place.user) if place.user else "–"

    @display(description=_("status"), label=wording.STAFF_TONES)
    def status_badge(self, place: Staff) -> tuple[str, str]:
        """Its state in words and colour."""
        return place.status, place.get_status_display()


@admin.register(Binding, site=merchant_site)
class BindingPage(ConsoleModelAdmin):
    """The shop's faces, past and present (号店绑定)."""

    permission = "shops.view"
    acts = (
        people_acts.StartBinding,
        people_acts.ReplaceBinding,
        people_acts.WithdrawBinding,
        people_acts.KeepBinding,
        people_acts.Unbind,
    )
    list_display = ("face", "relation", "status_badge", "bound_at", "ended_at")
    empty_hint = _("Bind an account: its name and picture become the face of the shop.")
    list_filter = ("status", "relation")
    list_select_related = ("account", "shop")
    fieldsets = (
        (None, {"fields": (("account", "relation"), ("status_badge", "is_main"))}),
        (
            _("Consent"),
            {"fields": (("consent_due_at", "consented_at"), "is_same_entity", "authorisation_url")},
        ),
        (
            _("Period"),
            {
                "fields": (
                    ("bound_at", "probation"),
                    "unbind_requested_at",
                    ("ended_at", "end_reason"),
                )
            },
        ),
    )

    @display(description=_("may sell alliance goods from"))
    def probation(self, binding: Binding) -> datetime | None:
        """The end of the time in which it sells the shop's goods alone (BI-15)."""
        return binding.probation_ends_at

    @display(description=_("account"), ordering="account__name")
    def face(self, binding: Binding) -> str:
        """The account with its picture."""
        return pictured(binding.account.avatar_url, binding.account)

    @display(description=_("status"), label=wording.BINDING_TONES)
    def status_badge(self, binding: Binding) -> tuple[str, str]:
        """Its state in words and colour."""
        return binding.status, binding.get_status_display()


@admin.register(ReturnAddress, site=merchant_site)
class ReturnAddressPage(ConsoleModelAdmin):
    """Where returns go."""

    permission = "shops.view"
    empty_hint = _("Add an address: without one, returns cannot be accepted.")
    acts = (
        acts.AddReturnAddress,
        acts.ChangeReturnAddress,
        returns.BindReturnAddress,
        acts.RemoveReturnAddress,
    )
    list_display = ("receiver", "phone", "province", "city", "street", "is_default")
    fields = (
        ("receiver", "phone"),
        ("province", "city", "district"),
        ("street", "is_default"),
        ("products", "buyers_in"),
    )

    @display(description=_("for products"))
    def products(self, address: ReturnAddress) -> str:
        """Their ids, or a dash."""
        return ", ".join(address.product_ids) or "–"

    @display(description=_("for buyers in"))
    def buyers_in(self, address: ReturnAddress) -> str:
        """The regions by name, or a dash."""
        return ", ".join(regions()[code].full_name for code in address.region_codes) or "–"


def tenants_of(user_id: int) -> Sequence[Tenant]:
    """Return the shops that the user may work for: places first, then official accounts (BI-14)."""
    places = actors.working_places(user_id).select_related("shop").order_by("pk")
    bound = actors.official_shops(user_id).select_related("shop").order_by("pk")
    shops = [*(one.shop for one in places), *(one.shop for one in bound)]
    return [Tenant(shop.public_id, shop.name) for shop in dict.fromkeys(shops)]


merchant_site.tenants = tenants_of
