"""Cases in the merchant console."""

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
from kernel.admin.sites import merchant_site

LIST = "merchant:aftersales_refundcase_changelist"


@admin.register(RefundCase, site=merchant_site)
class MerchantCaseConsole(CaseConsole):
    """The shop's cases."""

    permission = "aftersales.view"
    acts = (
        acts.Approve,
        acts.Reject,
        acts.AcceptReturn,
        acts.RejectReturn,
        acts.MarkReceived,
        acts.Inspect,
        acts.Message,
        acts.Escalate,
    )


def todo(actor: Actor, at: datetime) -> Sequence[home.Card]:
    """Say on the shop's home page what waits for it."""
    if not actor.may("aftersales.view"):
        return ()
    counts = cases.counters(actor, at)
    url = reverse(LIST)
    return (
        home.Card(_("Cases to decide"), counts.to_decide, url, "warning", order=20),
        home.Card(_("Returns to check"), counts.to_inspect, url, "warning", order=21),
        home.Card(_("Case deadlines near"), counts.near, url, "urgent", order=22),
    )


home.register("merchant", todo)
