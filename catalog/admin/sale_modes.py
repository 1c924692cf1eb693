"""How a product is sold, in the merchant console (CA-15)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog import policies
from catalog.enums import SaleKind, ShippingTime, ShipsFrom
from catalog.models import Product, SaleMode, Sku
from catalog.selectors import open_modes
from catalog.services import sale_modes
from catalog.services.sale_modes import DAYS, MOST_PIECES, Mode
from kernel.actors import Actor
from kernel.admin.acts import Act
from kernel.admin.forms import DateTimeWidget


class SaleModeForm(forms.Form):
    """A kind with what it asks for; the service says what is missing."""

    sku = forms.ChoiceField(label=_("SKU"), required=False)
    kind = forms.ChoiceField(
        label=_("How it is sold"), choices=SaleKind.choices, widget=forms.RadioSelect
    )
    shipping_time = forms.ChoiceField(
        label=_("Shipping time"),
        choices=[("", _("as promised")), *ShippingTime.choices],
        required=False,
        help_text=_("Of what is there. The product or the shop promises it otherwise."),
    )
    days = forms.IntegerField(
        label=_("Days until what comes later is sent"),
        min_value=DAYS[0],
        max_value=DAYS[-1],
        required=False,
        help_text=_("2 to 15, for a presale and for what is sold in steps."),
    )
    ships_from = forms.ChoiceField(
        label=_("The days count from"), choices=[("", "–"), *ShipsFrom.choices], required=False
    )
    presale_ends_at = forms.DateTimeField(
        label=_("Presale until"),
        required=False,
        widget=DateTimeWidget,
        help_text=_("Within 30 days. Nobody can order it afterwards until it is sold otherwise."),
    )
    later_pieces = forms.IntegerField(
        label=_("Pieces that come later"),
        min_value=1,
        max_value=MOST_PIECES,
        required=False,
        help_text=_("For what is sold in steps: the last ones of what can be sold of a SKU."),
    )

    def __init__(self, *args: Any, skus: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sku"].choices = [("", _("all SKUs")), *skus]  # type: ignore[attr-defined]


def told(mode: SaleMode) -> str:
    """Return in one line how a product, or one SKU of it, is sold."""
    words = [capfirst(mode.get_kind_display())]
    if mode.presale_ends_at is not None:
        until = localtime(mode.presale_ends_at)
        words.append(gettext("until %(until)s") % {"until": f"{until:%Y-%m-%d %H:%M}"})
    if mode.shipping_time:
        words.append(gettext("sent %(when)s") % {"when": mode.get_shipping_time_display()})
    if mode.later_pieces is not None:
        later = {"pieces": mode.later_pieces, "days": mode.days}
        words.append(gettext("the last %(pieces)s within %(days)s days") % later)
    elif mode.ships_from == ShipsFrom.PRESALE_END:
        words.append(gettext("sent within %(days)s days of its end") % {"days": mode.days})
    elif mode.ships_from:
        words.append(gettext("sent within %(days)s days of the payment") % {"days": mode.days})
    line = " · ".join(words)
    return f"{mode.sku}: {line}" if mode.sku is not None else line


class SetSaleMode(Act):
    """CA-15."""

    name = "set-sale-mode"
    label = _("Set how it is sold")
    intro = _(
        "From stock, before it is there, or in steps: it holds for orders from now on, without a "
        "review. What was promised to those who ordered before stays."
    )
    permission = "catalog.edit"

    def applies(self, actor: Actor, target: Product) -> bool:
        return policies.may_delete(target)

    def form(self, actor: Actor, target: Product, **kwargs: Any) -> forms.Form:
        skus = [
            (one.public_id, str(one)) for one in target.skus.filter(is_active=True).order_by("pk")
        ]
        mode = next((one for one in open_modes([target.pk]) if one.sku_id is None), None)
        initial: dict[str, Any] = {"kind": SaleKind.SPOT}
        if mode is not None:
            names = ("kind", "shipping_time", "days", "ships_from", "later_pieces")
            initial = {name: getattr(mode, name) for name in names}
            initial["presale_ends_at"] = mode.presale_ends_at
        return SaleModeForm(skus=skus, initial=initial, **kwargs)

    def run(self, *, actor: Actor, target: Product, data: dict[str, Any], at: datetime) -> Any:
        said = {**data, "kind": SaleKind(data["kind"])}
        name = said.pop("sku")
        sku = Sku.objects.get(product=target, public_id=name) if name else None
        sale_modes.set_sale_mode(product=target, sku=sku, mode=Mode(**said), actor=actor, at=at)
        return _("It holds for orders from now on.")
