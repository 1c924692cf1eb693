"""What there is of each SKU, and why, in the merchant console."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from catalog.admin import buckets, skus, wording
from catalog.admin.bulk import ChangeMany
from catalog.admin.forms import CountForm, DeltaForm, PriceForm
from catalog.enums import ShelfStatus
from catalog.errors import OutOfStock, StockChanged
from catalog.models import PriceVersion, Sku, StockMovement
from catalog.policies import LOW_STOCK, availability
from catalog.services import counting, prices
from catalog.services.counting import StockEdit
from catalog.services.search import at_desk
from kernel.actors import Actor
from kernel.admin.base import Act, ConsoleModelAdmin
from kernel.admin.pictures import pictured
from kernel.admin.sites import merchant_site
from kernel.admin.wording import person, reference

BULK = "merchant:catalog_bulkedit_act"
OF_SKUS = (
    buckets.SetAside,
    skus.ChangeSku,
    skus.SetBundle,
    skus.PutTogether,
    skus.TakeApart,
)
SHOWN_PRICES = 20
SHOWN_MOVEMENTS = 30


class SetPrice(Act):
    """A new price; review is not needed."""

    name = "set-price"
    label = _("Set the price")
    intro = _("Orders that exist keep their price.")
    permission = "catalog.price"
    form_class = PriceForm

    def preview(self, actor: Actor, target: Sku) -> Sequence[tuple[Any, Any]]:
        live = target.prices.in_force().first()
        price = wording.shown_price(live.price, live.currency) if live else "–"
        return [(_("SKU"), _named(target)), (_("Price now"), price)]

    def run(self, *, actor: Actor, target: Sku, data: dict[str, Any], at: datetime) -> Any:
        version = prices.set_price(
            sku=target,
            price=data["price"],
            list_price=data["list_price"],
            effective_from=data["effective_from"],
            actor=actor,
            at=at,
        )
        return gettext("The price is %(price)s.") % {
            "price": wording.shown_price(version.price, version.currency)
        }


class AdjustStock(Act):
    """Pieces in or out."""

    name = "adjust-stock"
    label = _("Adjust the stock")
    permission = "catalog.stock"
    form_class = DeltaForm

    def preview(self, actor: Actor, target: Sku) -> Sequence[tuple[Any, Any]]:
        return _counters(target)

    def run(self, *, actor: Actor, target: Sku, data: dict[str, Any], at: datetime) -> Any:
        return _edit(StockEdit(target, delta=data["delta"]), actor, at)


class CountStock(Act):
    """What was counted, if nothing moved since."""

    name = "count-stock"
    label = _("Enter a count")
    permission = "catalog.stock"

    def form(self, actor: Actor, target: Sku, **kwargs: Any) -> forms.Form:
        return CountForm(initial=CountForm.initial_of(target), **kwargs)

    def preview(self, actor: Actor, target: Sku) -> Sequence[tuple[Any, Any]]:
        return _counters(target)

    def run(self, *, actor: Actor, target: Sku, data: dict[str, Any], at: datetime) -> Any:
        edit = StockEdit(target, set_to=data["set_to"], expected=data["expected"])
        return _edit(edit, actor, at)


def _named(sku: Sku) -> str:
    return " · ".join(filter(None, [sku.product.title, " / ".join(sku.options), sku.merchant_code]))


def _counters(sku: Sku) -> Sequence[tuple[Any, Any]]:
    return [
        (_("SKU"), _named(sku)),
        (_("On hand"), sku.stock.on_hand),
        (_("Held for orders"), sku.stock.held_for_orders),
        (_("In buckets"), sku.stock.set_aside),
    ]


def _edit(edit: StockEdit, actor: Actor, at: datetime) -> str:
    # The page sent twice is answered by its own token; each edit that gets here is a new one.
    (result,) = counting.edit(edits=[edit], reference=uuid.uuid4().hex, actor=actor, at=at)
    if result.code == "stock_changed":
        raise StockChanged
    if not result.is_ok:
        raise OutOfStock
    return gettext("There are %(count)s pieces on hand.") % {"count": result.on_hand}


class StockFilter(admin.SimpleListFilter):
    """How much is left of what sells; the same rows that the home page counts."""

    title = _("stock")
    parameter_name = "stock"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("low", _("few left")), ("none", _("nothing left"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Sku]) -> QuerySet[Sku]:
        short = queryset.filter(is_active=True, product__shelf_status=ShelfStatus.ON)
        if self.value() == "low":
            return short.filter(stock__available__gte=1, stock__available__lt=LOW_STOCK)
        return short.filter(stock__available__lt=1) if self.value() == "none" else queryset


@admin.register(Sku, site=merchant_site)
class StockConsole(ConsoleModelAdmin):
    """The stock list: every SKU with its price in force and its counters."""

    permission = "catalog.view"
    acts = (SetPrice, AdjustStock, CountStock, *OF_SKUS)
    change_form_template = "catalog/sku.html"
    change_list_template = "catalog/skus.html"
    list_display = (
        "chosen",
        "code",
        "goods",
        "variant",
        "price_now",
        "on_hand",
        "held",
        "available_badge",
    )
    list_display_links = ("code",)
    list_filter = (StockFilter, "is_active")
    search_exactly = ("merchant_code", "public_id")
    search_help_text = _("Words of the title, merchant code or id")

    def by_words(self, queryset: QuerySet[Sku], text: str) -> QuerySet[Sku]:
        """Find the SKUs of products by their words, each of them or how it begins."""
        return at_desk(queryset, text, product="product__")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Sku]:
        in_force = PriceVersion.objects.filter(sku=OuterRef("pk")).in_force()
        rows = super().get_queryset(request).select_related("product", "stock")
        return rows.annotate(price_now=Subquery(in_force.values("price")[:1]))

    def get_list_display(self, request: HttpRequest) -> Sequence[Any]:
        """Offer boxes to tick to those who may change what they tick."""
        may = self.actor(request).may("catalog.stock")
        return self.list_display if may else self.list_display[1:]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = dict(extra_context or {})
        if self.actor(request).may("catalog.stock"):
            context["bulk_url"] = reverse(BULK, args=[ChangeMany.name])
            context["bulk_all"] = urlencode({"list": request.GET.urlencode()})
        return super().changelist_view(request, context)

    @display(description="")
    def chosen(self, sku: Sku) -> str:
        """A box to tick, part of the form above the list."""
        label = gettext("Choose %(code)s") % {"code": sku.merchant_code}
        return format_html(
            '<input type="checkbox" name="sku" value="{}" form="chosen" aria-label="{}">',
            sku.public_id,
            label,
        )

    @display(description=_("merchant code"), ordering="merchant_code")
    def code(self, sku: Sku) -> str:
        """What the merchant calls it."""
        return sku.merchant_code

    @display(description=_("product"), ordering="product__title")
    def goods(self, sku: Sku) -> str:
        """The picture and the title."""
        picture = sku.image_url or next(iter(sku.product.image_urls), "")
        return pictured(picture, sku.product.title)

    @display(description=_("variant"))
    def variant(self, sku: Sku) -> str:
        """The values of the options."""
        return " / ".join(sku.options) or "–"

    @display(description=_("price"))
    def price_now(self, sku: Any) -> str:
        """The price in force."""
        return wording.shown_price(sku.price_now, "CNY")

    @display(description=_("on hand"), ordering="stock__on_hand")
    def on_hand(self, sku: Sku) -> int:
        """Pieces in the warehouse."""
        return sku.stock.on_hand

    @display(description=_("held"), ordering="stock__held")
    def held(self, sku: Sku) -> int:
        """Pieces held for unpaid orders, or set aside."""
        return sku.stock.held

    @display(description=_("available"), ordering="stock__available", label=wording.STOCK_TONES)
    def available_badge(self, sku: Sku) -> tuple[str, str]:
        """Pieces that can be sold."""
        return availability(sku.stock.available), str(sku.stock.available)

    def page_context(self, request: HttpRequest, target: Any) -> dict[str, Any]:
        actor = self.actor(request)
        prices = PriceVersion.objects.visible_to(actor).filter(sku=target)
        movements = StockMovement.objects.visible_to(actor).filter(sku=target)
        return {
            "sku": target,
            "product": target.product,
            "product_url": reverse(
                "merchant:catalog_product_change", args=[target.product.public_id]
            ),
            "variant": " / ".join(target.options),
            "picture_url": target.image_url or next(iter(target.product.image_urls), ""),
            "price": wording.shown_price(target.price_now, "CNY"),
            "buckets": buckets.shown(target),
            "parts": skus.shown_parts(target),
            "stock_tone": wording.STOCK_TONES[availability(target.stock.available)],
            "prices": [
                {
                    "row": row,
                    "price": wording.shown_price(row.price, row.currency),
                    "list_price": wording.shown_price(row.list_price, row.currency),
                }
                for row in prices.order_by("-effective_from", "-pk")[:SHOWN_PRICES]
            ],
            "movements": [
                {
                    "row": row,
                    "tone": wording.MOVEMENT_TONES[row.kind],
                    "on_hand": wording.change(row.on_hand_delta),
                    "held": wording.change(row.held_delta),
                    "reference": reference(row.reference),
                }
                for row in movements.order_by("-pk")[:SHOWN_MOVEMENTS]
            ],
        }


@admin.register(StockMovement, site=merchant_site)
class MovementConsole(ConsoleModelAdmin):
    """The stock ledger: complete lines, so it needs no page of a line."""

    permission = "catalog.view"
    has_object_page = False
    list_display = (
        "at",
        "sku_code",
        "goods",
        "kind_badge",
        "on_hand",
        "held",
        "cause",
        "by",
    )
    list_filter = ("kind", "at")
    search_fields = ("sku__merchant_code", "reference")

    def get_queryset(self, request: HttpRequest) -> QuerySet[StockMovement]:
        return super().get_queryset(request).select_related("sku__product")

    @display(description=_("SKU"))
    def sku_code(self, movement: StockMovement) -> str:
        """The SKU by its merchant code."""
        return movement.sku.merchant_code

    @display(description=_("product"))
    def goods(self, movement: StockMovement) -> str:
        """The product's title."""
        return movement.sku.product.title

    @display(description=_("on hand"), ordering="on_hand_delta")
    def on_hand(self, movement: StockMovement) -> str:
        """Pieces that came or went."""
        return wording.change(movement.on_hand_delta)

    @display(description=_("held"), ordering="held_delta")
    def held(self, movement: StockMovement) -> str:
        """Pieces that were held or given back."""
        return wording.change(movement.held_delta)

    @display(description=_("reference"))
    def cause(self, movement: StockMovement) -> str:
        """The order, case or file behind it."""
        return reference(movement.reference)

    @display(description=_("by"))
    def by(self, movement: StockMovement) -> str:
        """Who, or a dash where nobody did."""
        return person(movement.actor_label) or "–"

    @display(description=_("kind"), ordering="kind", label=wording.MOVEMENT_TONES)
    def kind_badge(self, movement: StockMovement) -> tuple[str, str]:
        """Why it moved, coloured."""
        return movement.kind, movement.get_kind_display()
