"""Orders in the support console."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from kernel.admin.sites import support_site
from orders.admin import acts
from orders.admin.pages import OrderConsole
from orders.models import Order


@admin.register(Order, site=support_site)
class SupportOrderConsole(OrderConsole):
    """The orders of all shops."""

    search_fields: Any = ("=number", "shop__name")
    search_help_text = _("Number of an order, or a shop's name")
    acts = (acts.Reveal,)

    def note(self, order: Order) -> str:
        return order.shop.name
