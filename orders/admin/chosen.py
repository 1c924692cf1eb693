"""Orders that were ticked in the list: shipped, printed and flagged together."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from kernel.actors import Actor
from kernel.admin.base import Act
from orders.enums import OrderFlag
from orders.services import desk

#: What the boxes of the list are called.
BOX = "order"
#: One, written as the trade's numbers are; anything else in an address is not carried on.
NUMBER = re.compile(r"\w{1,20}", re.ASCII)


def chosen(request: HttpRequest) -> list[str]:
    """Return the numbers of the orders that were ticked, as many as may be printed at once."""
    numbers = request.GET.getlist(BOX)[: settings.MAX_PRINTED_ORDERS]
    return [one for one in numbers if NUMBER.fullmatch(one)]


def buttons(actor: Actor) -> list[tuple[str, Any]]:
    """Return where ticked orders may be sent, and what the button says."""
    found: list[tuple[str, Any]] = []
    if actor.may("orders.ship"):
        found.append(
            (reverse("merchant:orders_shippingfile_act", args=["upload"]), _("Ship the chosen"))
        )
        found.append(
            (reverse("merchant:orders_printing_act", args=["start"]), _("Print the chosen"))
        )
    if actor.may(FlagMany.permission):
        page = reverse("merchant:orders_order_act", args=[FlagMany.name])
        found.append((page, _("Flag the chosen")))
    return found


class FlagForm(forms.Form):
    """Which orders, and the mark."""

    orders = forms.CharField(
        label=_("Orders"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_("Numbers, one a line."),
    )
    flag = forms.TypedChoiceField(label=_("Flag"), choices=OrderFlag.choices, coerce=int)

    def clean_orders(self) -> list[str]:
        """Return the numbers."""
        return NUMBER.findall(self.cleaned_data["orders"])


class FlagMany(Act):
    """The shop's mark on many orders (OR-17)."""

    name = "flag"
    label = _("Flag orders")
    intro = _("Remarks stay as they are.")
    permission = "orders.remark"
    form_class = FlagForm
    on_object = False

    def run(self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime) -> Any:
        count = desk.flag_orders(
            shop_id=actor.shop_id or 0,
            numbers=data["orders"],
            flag=data["flag"],
            at=at,
            actor=actor,
        )
        words = ngettext("%(count)s order is flagged.", "%(count)s orders are flagged.", count)
        return words % {"count": count}
