"""Orders in the merchant console."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from kernel.actors import Actor
from kernel.admin import home
from kernel.admin.base import Act
from kernel.admin.lists import KnownValuesFilter
from kernel.admin.sites import merchant_site
from kernel.counting import shown_count
from kernel.numbers import day_ends
from orders.admin import acts, wording
from orders.admin.chosen import BOX, FlagMany, buttons, chosen
from orders.admin.pages import OrderConsole
from orders.admin.printings import PrintLabel
from orders.admin.views import RemoveView, SaveView, tabs
from orders.enums import OrderStatus, ParcelAlert
from orders.models import Order, Package
from orders.selectors.counters import order_counts

LIST = "merchant:orders_order_changelist"
ANY_ALERT = "any"


class LateParcelFilter(KnownValuesFilter):
    """Orders with a parcel that nobody fetched, or that stands still (OR-14)."""

    title = _("late parcels")
    parameter_name = "parcels"

    def known(self) -> Sequence[tuple[str, Any]]:
        return [(ANY_ALERT, _("any")), *ParcelAlert.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        if self.value() not in dict(self.known()):
            return queryset
        late = Package.objects.filter(order_id=OuterRef("pk"), shop_id=OuterRef("shop_id"))
        late = late.exclude(alert="")
        is_any = self.value() == ANY_ALERT
        return queryset.filter(Exists(late if is_any else late.filter(alert=self.value())))


@admin.register(Order, site=merchant_site)
class MerchantOrderConsole(OrderConsole):
    """The shop's orders."""

    export_permission = "orders.export"
    acts = (
        acts.Ship,
        acts.ShipTogether,
        acts.Relabel,
        acts.ExtendReceipt,
        acts.ChangePrice,
        PrintLabel,
        acts.Remark,
        acts.Reveal,
        FlagMany,
        SaveView,
        RemoveView,
    )

    list_display: Any = (
        "box",
        *OrderConsole.list_display[:3],
        "flag_badge",
        *OrderConsole.list_display[3:],
    )
    list_filter: Any = ("status", "flag", "is_frozen", LateParcelFilter, "placed_at")

    list_display_links: Any = ("number",)
    change_list_template = "orders/orders.html"

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        actor = self.actor(request)
        context = {
            "tabs": tabs(actor, request.GET.dict()),
            "chosen_buttons": buttons(actor),
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)

    def get_list_display(self, request: HttpRequest) -> Sequence[Any]:
        """Offer boxes to tick to those who may do something with what they tick."""
        return self.list_display if buttons(self.actor(request)) else self.list_display[1:]

    def _act_page(
        self, request: HttpRequest, act: Act, form: forms.Form, target: Any, back: str
    ) -> HttpResponse:
        if request.method == "GET" and isinstance(act, FlagMany):
            form.initial["orders"] = "\n".join(chosen(request))
        return super()._act_page(request, act, form, target, back)

    @display(description="")
    def box(self, order: Order) -> str:
        """A box to tick, part of the form above the list."""
        return format_html(
            '<input type="checkbox" name="{}" value="{}" form="chosen" aria-label="{}">',
            BOX,
            order.number,
            gettext("Choose %(code)s") % {"code": order.number},
        )

    def note(self, order: Order) -> str:
        return order.remark

    @display(description=_("Flag"), label=wording.FLAG_TONES)
    def flag_badge(self, order: Order) -> tuple[int, str] | None:
        """Return the shop's mark, coloured; grey is none."""
        return (order.flag, order.get_flag_display()) if order.flag else None


def todo(actor: Actor, at: datetime) -> Sequence[home.Card]:
    """Say on the shop's home page what waits to be shipped, by its promise."""
    if not actor.may("orders.view"):
        return ()
    counts = order_counts(actor, at)
    midnight = day_ends(at)
    return (
        home.Card(
            _("Shipping late"), shown_count(counts.late), _waiting(lt=at), "urgent", order=10
        ),
        home.Card(
            _("To ship today"),
            shown_count(counts.today),
            _waiting(gte=at, lt=midnight),
            "warning",
            order=11,
        ),
        home.Card(_("To ship later"), shown_count(counts.later), _waiting(gte=midnight), order=12),
        home.Card(
            _("Parcels that stand still"),
            shown_count(counts.stuck),
            f"{reverse(LIST)}?parcels={ANY_ALERT}",
            "warning",
            order=13,
        ),
    )


def _waiting(**promised: datetime) -> str:
    """Return the address of what is to be shipped and promised for some time: the rows counted."""
    states = f"{OrderStatus.TO_SHIP},{OrderStatus.PARTLY_SHIPPED}"
    asked = {"status__in": states}
    asked |= {f"ship_by_at__{how}": moment.isoformat() for how, moment in promised.items()}
    return f"{reverse(LIST)}?{urlencode(asked)}"


home.register("merchant", todo)
