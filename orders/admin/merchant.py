"""Orders in the merchant console."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from kernel import money
from kernel.actors import Actor
from kernel.admin import home
from kernel.admin.sites import merchant_site
from kernel.counting import shown_count
from orders.admin import acts, wording
from orders.admin.pages import OrderConsole
from orders.admin.printings import PrintLabel
from orders.admin.views import RemoveView, SaveView, tabs
from orders.models import Order
from orders.selectors.counters import daily_sales, order_counts

LIST = "merchant:orders_order_changelist"


@admin.register(Order, site=merchant_site)
class MerchantOrderConsole(OrderConsole):
    """The shop's orders."""

    acts = (
        acts.Ship,
        acts.ShipTogether,
        acts.ChangePrice,
        PrintLabel,
        acts.Remark,
        acts.Reveal,
        SaveView,
        RemoveView,
    )

    list_display: Any = (
        *OrderConsole.list_display[:3],
        "flag_badge",
        *OrderConsole.list_display[3:],
    )
    list_filter: Any = ("status", "flag", "is_frozen", "placed_at")

    change_list_template = "orders/orders.html"

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {"tabs": tabs(self.actor(request), request.GET.dict()), **(extra_context or {})}
        return super().changelist_view(request, context)

    def note(self, order: Order) -> str:
        return order.remark

    @display(description=_("Flag"), label=wording.FLAG_TONES)
    def flag_badge(self, order: Order) -> tuple[int, str] | None:
        """Return the shop's mark, coloured; grey is none."""
        return (order.flag, order.get_flag_display()) if order.flag else None


def todo(actor: Actor, at: datetime) -> Sequence[home.Card | home.Chart]:
    """Say on the shop's home page what waits to be shipped, and draw the last 30 days."""
    if not actor.may("orders.view"):
        return ()
    counts = order_counts(actor, at)
    url = f"{reverse(LIST)}?status__exact=to_ship"
    days = daily_sales(actor, at)
    return (
        home.Card(_("To ship"), shown_count(counts.to_ship), url, "warning", order=10),
        home.Card(_("To ship within 12 hours"), shown_count(counts.near), url, "warning", order=11),
        home.Card(_("Shipping late"), shown_count(counts.late), url, "urgent", order=12),
        home.Chart(
            _("Sales of the last 30 days"),
            [f"{one.day:%m-%d}" for one in days],
            [home.Series(_("Paid"), [str(money.major(one.amount)) for one in days])],
            note=_("Yuan a day, by the day of payment"),
        ),
    )


home.register("merchant", todo)
