"""Products, stock and imports in the merchant console."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from catalog.admin import acts, deducting, wording
from catalog.admin.bulk import ChangeMany
from catalog.admin.channels import MakeChannelProduct, SetChannel, shown_channel
from catalog.admin.matrix import FillMatrix
from catalog.admin.pages import ProductConsole, QualityFilter, StateFilter, is_bin
from catalog.enums import DisplayState, ShelfStatus
from catalog.models import ImportJob, PriceVersion, Product, Sku, StockMovement
from catalog.models.quality import PASS_SCORE
from catalog.policies import LOW_STOCK, availability, may_edit
from catalog.selectors import shop_todo
from catalog.services.quality import pass_rate
from catalog.services.search import at_desk
from kernel.actors import Actor
from kernel.admin import home
from kernel.admin.base import ConsoleModelAdmin
from kernel.admin.pictures import pictured
from kernel.admin.sites import merchant_site
from kernel.admin.wording import person, reference
from kernel.counting import shown_count

PRODUCTS = "merchant:catalog_product_changelist"
SKUS = "merchant:catalog_sku_changelist"
BULK = "merchant:catalog_bulkedit_act"
#: Columns of the recycle bin.
IN_BIN = ("goods", "price", "sales_count", "binned_at", "restorable_until")
MEND = "merchant:catalog_product_do"
QUALITY_TONES = {"passed": "success", "poor": "warning"}
SHOWN_PRICES = 20
SHOWN_MOVEMENTS = 30
SHOWN_FAULTS = 200


def _pass_rate(actor: Actor) -> str:
    rate = pass_rate(actor)
    return "–" if rate is None else f"{rate / 100:.1f} %"


@admin.register(Product, site=merchant_site)
class MerchantProductConsole(ProductConsole):
    """The shop's products."""

    empty_hint = _("Make your first product, or import a file.")
    list_display = (
        "goods",
        "state_badge",
        "quality",
        "price",
        "pieces",
        "sales_count",
        "created_at",
    )
    list_filter = (StateFilter, QualityFilter)
    change_list_template = "catalog/products.html"
    acts = (
        acts.CreateProduct,
        acts.EditProduct,
        acts.SubmitProduct,
        acts.WithdrawProduct,
        acts.ListProduct,
        acts.DelistProduct,
        acts.AddVariant,
        FillMatrix,
        acts.SetLimits,
        SetChannel,
        MakeChannelProduct,
        deducting.SetDeductMode,
        acts.DiscardChange,
        acts.DeleteProduct,
        acts.RestoreProduct,
    )

    def get_list_display(self, request: HttpRequest) -> Sequence[Any]:
        """In the recycle bin, say since when a product is there and until when it can leave it."""
        return IN_BIN if is_bin(request) else self.list_display

    def page_context(self, request: HttpRequest, target: Product) -> dict[str, Any]:
        may = may_edit(target) and self.actor(request).may("catalog.edit")
        mend = reverse(MEND, args=[target.public_id, acts.EditProduct.name]) if may else ""
        channel = shown_channel(target, self.object_url)
        return super().page_context(request, target) | {"mend_url": mend} | channel

    @display(description=_("quality"), ordering="quality_score", label=QUALITY_TONES)
    def quality(self, product: Product) -> tuple[str, str]:
        """The score, coloured by whether it passes."""
        passed = "passed" if product.quality_score >= PASS_SCORE else "poor"
        return passed, str(product.quality_score)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        bin_url = f"{reverse(PRODUCTS)}?{StateFilter.parameter_name}={DisplayState.DELETED}"
        context = {
            "is_bin": is_bin(request),
            "bin_url": bin_url,
            "all_url": reverse(PRODUCTS),
            "quality_url": f"{reverse(PRODUCTS)}?{QualityFilter.parameter_name}=poor",
            "pass_rate": _pass_rate(self.actor(request)) if QualityFilter.is_on(request) else "",
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)


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
    acts = (acts.SetPrice, acts.AdjustStock, acts.CountStock)
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
        """Pieces held for unpaid orders."""
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


@admin.register(ImportJob, site=merchant_site)
class ImportConsole(ConsoleModelAdmin):
    """Files on their way in, and what came of them."""

    permission = "catalog.view"
    acts = (acts.Upload,)
    empty_hint = _("Import a file to bring many products at once; a dry run only reports.")
    change_form_template = "catalog/import.html"
    list_display = (
        "filename",
        "status_badge",
        "progress",
        "good_count",
        "bad_count",
        "is_dry_run",
        "created_at",
    )
    list_filter = ("status", "is_dry_run")
    search_fields = ("filename", "public_id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImportJob]:
        return super().get_queryset(request).defer("content")

    @display(description=_("status"), ordering="status", label=wording.IMPORT_TONES)
    def status_badge(self, job: ImportJob) -> tuple[str, str]:
        """The status, coloured."""
        return job.status, job.get_status_display()

    @display(description=_("progress"))
    def progress(self, job: ImportJob) -> str:
        """Percent."""
        return f"{job.percent} %"

    def page_context(self, request: HttpRequest, target: ImportJob) -> dict[str, Any]:
        faults = list(target.row_errors.order_by("row_number", "id")[: SHOWN_FAULTS + 1])
        return {
            "job": target,
            "status_tone": wording.IMPORT_TONES[target.status],
            "faults": [
                {"row": fault, "fix": gettext(fault.fix)} for fault in faults[:SHOWN_FAULTS]
            ],
            "has_more": len(faults) > SHOWN_FAULTS,
        }


def todo(actor: Actor, at: datetime) -> Sequence[home.Card]:
    """Say on the shop's home page which products wait for it."""
    if not actor.may("catalog.view"):
        return ()
    counts = shop_todo(actor)
    products, skus = reverse(PRODUCTS), reverse(SKUS)
    return (
        home.Card(
            _("Products rejected"),
            shown_count(counts.rejected),
            f"{products}?state=rejected",
            "warning",
            order=40,
        ),
        home.Card(
            _("SKUs nearly sold out"),
            shown_count(counts.low),
            f"{skus}?stock=low",
            "warning",
            order=41,
        ),
        home.Card(
            _("SKUs sold out"),
            shown_count(counts.sold_out),
            f"{skus}?stock=none",
            "urgent",
            order=42,
        ),
    )


home.register("merchant", todo)
