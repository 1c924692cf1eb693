"""When pieces stop being for sale, in the merchant console (CA-11)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog import policies
from catalog.enums import DeductMode
from catalog.models import Product
from catalog.services import deducting
from kernel.actors import Actor
from kernel.admin.acts import Act


class DeductModeForm(forms.Form):
    """By order or by payment."""

    mode = forms.ChoiceField(
        label=_("Stock is deducted"), choices=DeductMode.choices, widget=forms.RadioSelect
    )


class SetDeductMode(Act):
    """CA-11."""

    name = "set-deduct-mode"
    label = _("Set when stock is deducted")
    intro = _(
        "When it is ordered: the pieces are held until the order is paid or closed. When it is "
        "paid: they stay for sale; who pays too late has the money back at once. Orders that wait "
        "stay as they are."
    )
    permission = "catalog.edit"

    def applies(self, actor: Actor, target: Product) -> bool:
        return policies.may_delete(target)

    def form(self, actor: Actor, target: Product, **kwargs: Any) -> forms.Form:
        return DeductModeForm(initial={"mode": target.deduct_mode}, **kwargs)

    def run(self, *, actor: Actor, target: Product, data: dict[str, Any], at: datetime) -> Any:
        mode = DeductMode(data["mode"])
        deducting.set_deduct_mode(product=target, mode=mode, actor=actor, at=at)
        return _("It holds for orders from now on.")
