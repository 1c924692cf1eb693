"""How long unpaid orders hold their pieces, in the merchant console (CA-12)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from kernel.actors import Actor
from kernel.admin.acts import Act
from shops.models import Shop
from shops.models.shop import LEAST_UNPAID_MINUTES, MOST_UNPAID_MINUTES
from shops.selectors import unpaid_for
from shops.services import holding


class UnpaidMinutesForm(forms.Form):
    """How many minutes."""

    minutes = forms.IntegerField(
        label=_("Minutes to pay"),
        help_text=_("5 to 1440. Leave it empty for the platform's rule."),
        min_value=LEAST_UNPAID_MINUTES,
        max_value=MOST_UNPAID_MINUTES,
        required=False,
    )


class SetUnpaidMinutes(Act):
    """CA-12."""

    name = "set-unpaid-minutes"
    label = _("Set the time to pay")
    intro = _(
        "So long an unpaid order keeps its pieces, for orders placed from now on. Who begins to "
        "pay in the last minutes has 5 minutes to finish."
    )
    permission = "shops.edit"

    def preview(self, actor: Actor, target: Shop) -> Sequence[tuple[str | Promise, Any]]:
        return ((_("Now"), minutes_to_pay(target)),)

    def form(self, actor: Actor, target: Shop, **kwargs: Any) -> forms.Form:
        return UnpaidMinutesForm(initial={"minutes": target.unpaid_minutes}, **kwargs)

    def run(self, *, actor: Actor, target: Shop, data: dict[str, Any], at: datetime) -> Any:
        holding.set_unpaid_minutes(shop_id=target.pk, minutes=data["minutes"], at=at, actor=actor)
        return _("The time to pay is set.")


def minutes_to_pay(shop: Shop) -> str:
    """Return the time that a buyer has, in words."""
    count = int(unpaid_for(shop.unpaid_minutes).total_seconds()) // 60
    return ngettext("%(count)s minute", "%(count)s minutes", count) % {"count": count}
