"""Cases in the merchant console."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from aftersales.admin import acts
from aftersales.admin.pages import CaseConsole
from aftersales.enums import NextActor
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
        acts.RejectAndShip,
        acts.AcceptReturn,
        acts.RejectReturn,
        acts.MarkReceived,
        acts.Inspect,
        acts.Message,
        acts.Escalate,
    )


def todo(actor: Actor, at: datetime) -> Sequence[home.Card]:
    """Say on the shop's home page which cases wait for it, by their deadline."""
    if not actor.may("aftersales.view"):
        return ()
    counts = cases.shop_deadlines(actor, at)
    near, midnight = cases.deadline_steps(at)
    soon = ngettext(
        "Cases to answer within %(hours)s hour", "Cases to answer within %(hours)s hours", _HOURS
    )
    return (
        home.Card(soon % {"hours": _HOURS}, counts.near, _waiting(lt=near), "urgent", order=20),
        home.Card(
            _("Cases to answer today"),
            counts.today,
            _waiting(gte=near, lt=midnight),
            "warning",
            order=21,
        ),
        home.Card(
            _("Cases to answer later"), counts.later, _waiting(gte=midnight), "plain", order=22
        ),
    )


#: The same hours that `DEADLINE_NEAR` is.
_HOURS = settings.DEADLINE_NEAR // timedelta(hours=1)


def _waiting(**due: datetime) -> str:
    """Return the address of the cases that wait for the shop and are due then: the rows counted."""
    asked = {"queue": "waiting", "next_actor__exact": str(NextActor.SELLER)}
    asked |= {f"due_at__{how}": moment.isoformat() for how, moment in due.items()}
    return f"{reverse(LIST)}?{urlencode(asked)}"


home.register("merchant", todo)
