"""Orders in the support console."""

from __future__ import annotations

from django.contrib import admin

from kernel.admin.sites import support_site
from orders.admin import acts
from orders.admin.pages import PlatformOrderConsole
from orders.models import Order


@admin.register(Order, site=support_site)
class SupportOrderConsole(PlatformOrderConsole):
    """The orders of all shops."""

    acts = (acts.Reveal,)
