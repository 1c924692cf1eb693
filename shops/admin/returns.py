"""Where returns go, in the merchant console: products and regions of an address (SH-18)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.actors import Actor
from kernel.admin.base import Act
from shops.admin.shipping import RegionsField
from shops.models import ReturnAddress
from shops.selectors import regions
from shops.services import promises


class StrategyForm(forms.Form):
    """Products and regions, one a line or with commas between."""

    product_ids = forms.CharField(
        label=_("For products"),
        required=False,
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": "3"}),
        help_text=_("Product ids with commas between. A product comes before a region."),
    )
    region_codes = RegionsField(
        label=_("For buyers in"),
        required=False,
        help_text=_("Names or codes with commas between, such as 浙江省舟山市, 460300."),
    )

    def clean_product_ids(self) -> list[str]:
        """Return the ids."""
        return self.cleaned_data["product_ids"].replace(",", " ").replace("，", " ").split()


class BindReturnAddress(Act):
    """What comes back here."""

    name = "bind"
    label = _("Use for products or regions")
    intro = _("Everything else goes to the default address. Agreed returns keep theirs.")
    permission = "shops.edit"

    def form(self, actor: Actor, target: ReturnAddress, **kwargs: Any) -> forms.Form:
        names = (regions()[code].full_name for code in target.region_codes)
        initial = {"product_ids": ", ".join(target.product_ids), "region_codes": ", ".join(names)}
        return StrategyForm(initial=initial, **kwargs)

    def run(
        self, *, actor: Actor, target: ReturnAddress, data: dict[str, Any], at: datetime
    ) -> Any:
        promises.bind_return_address(address=target, at=at, actor=actor, **data)
        return _("The return address is changed.")
