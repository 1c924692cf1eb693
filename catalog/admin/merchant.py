"""Products, stock and imports in the merchant console."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from catalog.admin import acts, deducting, wording
from catalog.admin.channels import MakeChannelProduct, SetChannel, shown_channel
from catalog.admin.matrix import FillMatrix
from catalog.admin.pages import ProductConsole, QualityFilter, StateFilter, is_bin
from catalog.admin.sale_modes import SetSaleMode
from catalog.enums import DisplayState
from catalog.models import ImportJob, Product
from catalog.models.quality import PASS_SCORE
from catalog.policies import may_edit
from catalog.selectors import shop_todo
from catalog.services.quality import pass_rate
from kernel.actors import Actor
from kernel.admin import home
from kernel.admin.base import ConsoleModelAdmin
from kernel.admin.sites import merchant_site
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
        SetSaleMode,
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
