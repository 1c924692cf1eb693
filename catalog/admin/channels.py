"""Through whom a product is sold, as the merchant says it on the product's page (CA-19)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from catalog import policies
from catalog.admin.forms import LinesField
from catalog.enums import SellChannel
from catalog.models import Product
from catalog.selectors import skus_of
from catalog.selectors.channels import ChannelView, channel_of
from catalog.services import channels
from catalog.services.counting import MAX_PIECES
from catalog.services.variants import SkuSpec
from kernel.actors import Actor
from kernel.admin.base import Act
from kernel.admin.forms import YuanField
from kernel.money import MAX_AMOUNT

#: Sellers on the page of a product; the form has them all.
SHOWN_SELLERS = 10


class ChannelForm(forms.Form):
    """A kind, and the accounts that it names."""

    kind = forms.ChoiceField(label=_("Sold"))
    accounts = LinesField(
        label=_("Accounts"),
        required=False,
        help_text=_("Handles or ids, one a line; at most 500."),
    )

    def __init__(self, *args: Any, kinds: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(one.value, one.label) for one in kinds]  # type: ignore[attr-defined]


class ChannelProductForm(ChannelForm):
    """A channel product with each SKU of the main one, all at one price."""

    code_suffix = forms.CharField(
        label=_("Ending of the merchant codes"),
        max_length=20,
        help_text=_("Each SKU has the code of the main product's with this behind it."),
    )
    price = YuanField(label=_("Price"), min_amount=1, max_amount=MAX_AMOUNT)
    stock = forms.IntegerField(
        label=_("Stock of each SKU"), min_value=0, max_value=MAX_PIECES, initial=0
    )
    submit_now = forms.BooleanField(label=_("Submit for review"), required=False, initial=True)


class SetChannel(Act):
    """Through whom it is sold from now on."""

    name = "set-channel"
    label = _("Choose who sells it")
    intro = _("It holds for each order from now on, without a review.")
    permission = "catalog.edit"

    def applies(self, actor: Actor, target: Product) -> bool:
        return policies.may_delete(target)

    def form(self, actor: Actor, target: Product, **kwargs: Any) -> forms.Form:
        view = channel_of(target)
        is_main = view.main_product is None
        kinds = [one for one in SellChannel if (one in channels.MAIN_KINDS) == is_main]
        if not is_main:
            kinds.insert(0, SellChannel.NAMED)
        handles = "\n".join(one.handle for one in view.accounts)
        return ChannelForm(kinds=kinds, initial={"kind": view.kind, "accounts": handles}, **kwargs)

    def run(self, *, actor: Actor, target: Product, data: dict[str, Any], at: datetime) -> Any:
        channels.set_channel(
            product=target,
            kind=SellChannel(data["kind"]),
            accounts=_named(data),
            actor=actor,
            at=at,
        )
        return _("It is sold so from now on.")


class MakeChannelProduct(Act):
    """A price and stock of their own for some creators."""

    name = "channel-product"
    label = _("Make a channel product")
    intro = _("Creators sell it beside this one, at a price and from stock of its own.")
    permission = "catalog.edit"

    def applies(self, actor: Actor, target: Product) -> bool:
        channel = getattr(target, "channel", None)
        return policies.may_delete(target) and (channel is None or channel.main_product_id is None)

    def form(self, actor: Actor, target: Product, **kwargs: Any) -> forms.Form:
        return ChannelProductForm(kinds=[one for one in SellChannel if one != "all"], **kwargs)

    def run(self, *, actor: Actor, target: Product, data: dict[str, Any], at: datetime) -> Any:
        standing = skus_of([target.pk])[target.pk]
        channels.make_channel_product(
            main=target,
            kind=SellChannel(data["kind"]),
            accounts=_named(data),
            skus=[
                SkuSpec(
                    merchant_code=sku.merchant_code + data["code_suffix"],
                    price=data["price"],
                    stock=data["stock"],
                    options=sku.options,
                    image_url=sku.image_url,
                )
                for sku in standing
                if sku.is_active
            ],
            submit_now=data["submit_now"],
            actor=actor,
            at=at,
        )
        return _("The channel product is made.")


def _named(data: Mapping[str, Any]) -> list[Account]:
    """Return the accounts that were named; what stands there for a kind without any is no word."""
    takes_some = channels.SELLERS[SellChannel(data["kind"])] != (0, 0)
    return channels.accounts_called(data["accounts"]) if takes_some else []


@dataclass(frozen=True)
class ShownChannel:
    """How a product is sold, as its page says it."""

    view: ChannelView
    names: list[str]
    more: int
    main_url: str


def shown_channel(product: Product, url_of: Any) -> dict[str, Any]:
    """Return how `product` is sold; `url_of` tells the page of a product. One or two queries."""
    view = channel_of(product)
    return {
        "channel": ShownChannel(
            view=view,
            names=[f"{one.name} (@{one.handle})" for one in view.accounts[:SHOWN_SELLERS]],
            more=max(len(view.accounts) - SHOWN_SELLERS, 0),
            main_url=url_of(view.main_product) if view.main_product else "",
        )
    }
