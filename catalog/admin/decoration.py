"""The shop's page in the merchant console: blocks, their preview, versions (SH-20)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from catalog.admin.pictures import PicturesField, taken
from catalog.enums import BlockKind, GridSource
from catalog.models import Product, ShopPage, ShopPageVersion
from catalog.selectors import pages
from catalog.services import decoration
from catalog.services.blocks import MAX_PRODUCTS
from kernel import money
from kernel.actors import Actor
from kernel.admin.base import Act, ConsoleModelAdmin
from kernel.admin.sites import merchant_site
from kernel.admin.wording import person

SHOWN_VERSIONS = 20
#: Products that a form offers: the newest of the shop.
OFFERED = 200


class _PageAct(Act):
    """Something done to the draft of the shop's page."""

    permission = "shops.edit"


class BeginPage(_PageAct):
    """The first draft, empty."""

    name = "begin"
    label = _("Begin the page")
    on_object = False

    def applies(self, actor: Actor, target: Any) -> bool:
        return not ShopPage.objects.visible_to(actor).exists()

    def run(self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime) -> Any:
        decoration.begin(shop_id=actor.shop_id or 0)
        return _("Add blocks, look at them, publish the page.")


def product_choices(actor: Actor) -> list[tuple[str, str]]:
    """Products of the shop by title, the newest first."""
    rows = Product.objects.filter(shop_id=actor.shop_id or 0).order_by("-pk")
    return list(rows.values_list("public_id", "title")[:OFFERED])


class BannerForm(forms.Form):
    """Pictures, and where they lead."""

    title = forms.CharField(label=_("Title"), max_length=40, required=False)
    pictures = PicturesField(label=_("Pictures"), max_length=200)
    product = forms.ChoiceField(label=_("Leads to"), required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["product"]
        field.choices = [("", "–"), *product_choices(actor)]


class AddBanner(_PageAct):
    """One to six pictures."""

    name = "add-banner"
    label = _("Add a banner")

    def form(self, actor: Actor, target: Any, **kwargs: Any) -> forms.Form:
        return BannerForm(actor=actor, **kwargs)

    def run(self, *, actor: Actor, target: ShopPage, data: dict[str, Any], at: datetime) -> Any:
        urls = taken(data["pictures"], actor=actor, at=at)
        shown = [{"image_url": url, "product_id": data["product"]} for url in urls]
        block = {"kind": BlockKind.BANNER, "title": data["title"], "pictures": shown}
        decoration.add_block(shop_id=target.shop_id, block=block, at=at, actor=actor)
        return _("The block is on the draft.")


class GridForm(forms.Form):
    """Products, one by one or by an order."""

    title = forms.CharField(label=_("Title"), max_length=40, required=False)
    source = forms.ChoiceField(label=_("Products"), choices=GridSource.choices)
    products = forms.MultipleChoiceField(
        label=_("Chosen products"), required=False, widget=forms.CheckboxSelectMultiple
    )
    count = forms.IntegerField(
        label=_("How many"),
        min_value=1,
        max_value=MAX_PRODUCTS,
        initial=8,
        required=False,
        help_text=_("For the newest and the best-selling."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["products"]
        field.choices = product_choices(actor)


class AddGrid(_PageAct):
    """Products of the shop that are on sale."""

    name = "add-products"
    label = _("Add products")

    def form(self, actor: Actor, target: Any, **kwargs: Any) -> forms.Form:
        return GridForm(actor=actor, **kwargs)

    def run(self, *, actor: Actor, target: ShopPage, data: dict[str, Any], at: datetime) -> Any:
        block = {
            "kind": BlockKind.PRODUCT_GRID,
            "title": data["title"],
            "source": data["source"],
            "product_ids": data["products"],
            "count": data["count"],
        }
        decoration.add_block(shop_id=target.shop_id, block=block, at=at, actor=actor)
        return _("The block is on the draft.")


class NoticeForm(forms.Form):
    """A few sentences."""

    title = forms.CharField(label=_("Title"), max_length=40, required=False)
    text = forms.CharField(
        label=_("Text"), max_length=500, widget=forms.Textarea(attrs={"rows": "4"})
    )


class AddNotice(_PageAct):
    """Opening hours of the desk, a word on sizes."""

    name = "add-notice"
    label = _("Add a notice")
    form_class = NoticeForm

    def run(self, *, actor: Actor, target: ShopPage, data: dict[str, Any], at: datetime) -> Any:
        block = {"kind": BlockKind.NOTICE, **data}
        decoration.add_block(shop_id=target.shop_id, block=block, at=at, actor=actor)
        return _("The block is on the draft.")


class _BlockForm(forms.Form):
    """One block of the draft."""

    block = forms.ChoiceField(label=_("Block"))

    def __init__(self, *args: Any, page: ShopPage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["block"]
        field.choices = [
            (one["id"], f"{place}. {one['title'] or BlockKind(one['kind']).label}")
            for place, one in enumerate(page.blocks, start=1)
        ]


class MoveForm(_BlockForm):
    """Where the block goes."""

    place = forms.IntegerField(label=_("Place from the top"), min_value=1, max_value=20)


class MoveBlock(_PageAct):
    """Up or down."""

    name = "move"
    label = _("Move a block")

    def applies(self, actor: Actor, target: ShopPage) -> bool:
        return len(target.blocks) > 1

    def form(self, actor: Actor, target: ShopPage, **kwargs: Any) -> forms.Form:
        return MoveForm(page=target, **kwargs)

    def run(self, *, actor: Actor, target: ShopPage, data: dict[str, Any], at: datetime) -> Any:
        decoration.move_block(
            shop_id=target.shop_id,
            block_id=data["block"],
            place=data["place"],
            at=at,
            actor=actor,
        )
        return _("The block is moved.")


class RemoveBlock(_PageAct):
    """Out of the draft; published versions keep it."""

    name = "remove"
    label = _("Remove a block")
    is_dangerous = True

    def applies(self, actor: Actor, target: ShopPage) -> bool:
        return bool(target.blocks)

    def form(self, actor: Actor, target: ShopPage, **kwargs: Any) -> forms.Form:
        return _BlockForm(page=target, **kwargs)

    def run(self, *, actor: Actor, target: ShopPage, data: dict[str, Any], at: datetime) -> Any:
        decoration.remove_block(shop_id=target.shop_id, block_id=data["block"], at=at, actor=actor)
        return _("The block is removed.")


class PublishPage(_PageAct):
    """What buyers see from now on."""

    name = "publish"
    label = _("Publish")
    intro = _("Buyers see the draft from now on. Every version can be brought back.")

    def run(self, *, actor: Actor, target: ShopPage, data: dict[str, Any], at: datetime) -> Any:
        made = decoration.publish(shop_id=target.shop_id, at=at, actor=actor)
        return gettext("Version %(number)s is what buyers see.") % {"number": made.number}


class RestoreForm(forms.Form):
    """Which version."""

    number = forms.IntegerField(label=_("Version"), min_value=1)


class RestoreVersion(_PageAct):
    """An earlier version, as the next one."""

    name = "restore"
    label = _("Bring a version back")
    intro = _("Buyers see it again, as a version of its own. The draft stays as it is.")
    form_class = RestoreForm

    def applies(self, actor: Actor, target: ShopPage) -> bool:
        return target.versions.count() > 1

    def run(self, *, actor: Actor, target: ShopPage, data: dict[str, Any], at: datetime) -> Any:
        made = decoration.restore(shop_id=target.shop_id, number=data["number"], at=at, actor=actor)
        return gettext("Version %(number)s is what buyers see.") % {"number": made.number}


@admin.register(ShopPage, site=merchant_site)
class PageConsole(ConsoleModelAdmin):
    """The editor: the draft as buyers would see it, block by block, and its versions."""

    permission = "shops.view"
    acts = (
        BeginPage,
        AddBanner,
        AddGrid,
        AddNotice,
        MoveBlock,
        RemoveBlock,
        PublishPage,
        RestoreVersion,
    )
    empty_hint = _("Begin the page of your shop: banners, products, notices.")
    extra_template = "catalog/page.html"
    list_display = ("named", "block_count", "updated_at")
    fields = (("block_count", "live"), "updated_at")

    @display(description=_("page"))
    def named(self, page: ShopPage) -> str:
        """What it is."""
        return str(page)

    @display(description=_("blocks"))
    def block_count(self, page: ShopPage) -> int:
        """How many."""
        return len(page.blocks)

    @display(description=_("published version"))
    def live(self, page: ShopPage) -> Any:
        """What buyers see, or a dash."""
        found = pages.live_page(page.shop_id)
        return found.number if found else "–"

    def page_context(self, request: HttpRequest, target: ShopPage) -> dict[str, Any]:
        versions = ShopPageVersion.objects.filter(shop_id=target.shop_id).order_by("-number")
        preview = {one["id"]: one for one in pages.shown(target.blocks, target.shop_id)}
        may_edit = self.actor(request).may("shops.edit")
        return {
            "blocks": [
                _row(place, one, preview.get(one["id"]), len(target.blocks))
                for place, one in enumerate(target.blocks, start=1)
            ],
            "versions": [(one, person(one.actor_label)) for one in versions[:SHOWN_VERSIONS]],
            "act_urls": {
                name: reverse(self._view_name("do"), args=[target.public_id, name])
                for name in ("move", "remove", "restore")
            }
            if may_edit
            else {},
        }


def _row(place: int, block: Any, shown: Any, count: int) -> dict[str, Any]:
    """A block of the draft, with what buyers would see of it now; None is nothing."""
    products = shown["products"] if shown else []
    return {
        "id": block["id"],
        "kind": BlockKind(block["kind"]).label,
        "title": block["title"],
        "text": block.get("text", ""),
        "pictures": shown.get("pictures", []) if shown else [],
        "products": [
            (next(iter(one.image_urls), ""), one.title, money.display(one.min_price or 0))
            for one in products
        ],
        "is_empty": shown is None,
        "up": place - 1 if place > 1 else None,
        "down": place + 1 if place < count else None,
    }
