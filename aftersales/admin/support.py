"""The support console: cases by nearest deadline, and deciding (SU-01, SU-02)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from aftersales.admin import acts
from aftersales.admin.pages import CaseConsole
from aftersales.models import RefundCase
from aftersales.selectors import cases
from kernel.actors import Actor
from kernel.admin import home
from kernel.admin.sites import support_site

LIST = "support:aftersales_refundcase_changelist"


@admin.register(RefundCase, site=support_site)
class SupportCaseConsole(CaseConsole):
    """The cases of all shops."""

    permission = "aftersales.decide"
    is_platform = True
    search_names = {"shop": "name"}
    search_help_text = _("Number of a case or an order, or a shop's name")
    acts = (
        acts.DecideForBuyer,
        acts.DecideForShop,
        acts.TakeUp,
        acts.Message,
        acts.Note,
    )


def workbench(actor: Actor, at: datetime) -> Sequence[home.Card]:
    """Put the counters on top of the workbench (SU-01, thin)."""
    counts = cases.counters(actor, at)
    url = reverse(LIST)
    judged = f"{url}?queue=arbitration"
    failed = f"{url}?queue=refunding"
    return (
        home.Card(_("With support"), counts.arbitration, judged, "warning", order=10),
        home.Card(_("Overdue"), counts.overdue, url, "urgent", order=11),
        home.Card(_("Deadline near"), counts.near, url, "warning", order=12),
        home.Card(_("Shops have to decide"), counts.to_decide, url, order=13),
        home.Card(_("Returns to be checked"), counts.to_inspect, url, order=14),
        home.Card(_("Waiting for buyers"), counts.waiting_for_buyer, url, order=15),
        home.Card(_("Refunds that failed"), counts.refund_failed, failed, "urgent", order=16),
    )


home.register("support", workbench)
