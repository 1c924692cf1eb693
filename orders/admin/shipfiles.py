"""Files of parcels in the merchant console (OP-13)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET
from unfold.decorators import display

from catalog.errors import UnreadableFile
from catalog.services.importing.reading import MAX_BYTES
from kernel.actors import Actor
from kernel.admin.base import Act, ConsoleModelAdmin
from kernel.admin.sites import merchant_site
from kernel.admin.wording import person
from orders.admin.chosen import chosen
from orders.admin.wording import SHIPPING_FILE_TONES
from orders.enums import ShippingFileStatus
from orders.models import ShippingFile
from orders.services.carriers import CARRIERS
from orders.services.shipfiles import jobs
from orders.services.shipfiles.reports import column_name, error_file, fix_of
from shops.models import Shop

SHOWN_FAULTS = 100


class ParcelsForm(forms.Form):
    """Lines that are pasted, or a file of them."""

    lines = forms.CharField(
        label=_("Lines"),
        required=False,
        max_length=1_000_000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_(
            "One parcel a line: order number, carrier, tracking number; for a part of an order also"
            " merchant code and pieces. Paste them from a spreadsheet, or type commas."
        ),
    )
    file = forms.FileField(
        label=_("Or a file"), required=False, help_text=_("CSV or XLSX with the same columns.")
    )
    is_dry_run = forms.BooleanField(
        label=_("Look first"),
        required=False,
        initial=True,
        help_text=_("Says what would happen and ships nothing; you ship from its page."),
    )

    def clean(self) -> dict[str, Any]:
        """Demand exactly one of the two."""
        data = super().clean() or {}
        if bool(data.get("lines", "").strip()) == bool(data.get("file")):
            raise forms.ValidationError(_("Paste lines or choose a file, one of the two."))
        return data


class ShipByFile(Act):
    """Many parcels at once."""

    name = "upload"
    label = _("Ship by file")
    intro = _("Good rows ship although others are wrong; those you get back as a file to correct.")
    permission = "orders.ship"
    form_class = ParcelsForm
    on_object = False

    def preview(self, actor: Actor, target: Any) -> Sequence[tuple[Any, Any]]:
        return [(_("Carriers"), "、".join(facts.name for facts in CARRIERS.values()))]

    def run(self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime) -> Any:
        file = data["file"]
        if file is not None and file.size > MAX_BYTES:
            raise UnreadableFile(_("The file is larger than 10 MB."))
        job = jobs.start(
            shop=Shop.objects.visible_to(actor).get(),
            filename=file.name if file else gettext("Pasted lines"),
            content=file.read() if file else data["lines"].encode(),
            is_dry_run=data["is_dry_run"],
            actor=actor,
            at=at,
        )
        return gettext("%(file)s is on its way.") % {"file": job.filename}


class ShipDryRun(Act):
    """From the dry run to the parcels."""

    name = "ship"
    label = _("Ship the good rows")
    intro = _("The rows that are wrong stay behind; correct them in the file of refused rows.")
    permission = "orders.ship"

    def applies(self, actor: Actor, target: ShippingFile) -> bool:
        is_done = target.is_dry_run and target.status == ShippingFileStatus.DONE
        return is_done and bool(target.good_count and target.rows)

    def preview(self, actor: Actor, target: ShippingFile) -> Sequence[tuple[Any, Any]]:
        return [(_("Rows that ship"), target.good_count), (_("Rows refused"), target.bad_count)]

    def run(self, *, actor: Actor, target: ShippingFile, data: dict[str, Any], at: datetime) -> Any:
        job = jobs.ship_dry_run(job_id=target.pk, actor=actor, at=at)
        return gettext("%(file)s is on its way.") % {"file": job.filename}


@admin.register(ShippingFile, site=merchant_site)
class ShippingFileConsole(ConsoleModelAdmin):
    """Files of parcels, and what came of their rows."""

    permission = "orders.ship"
    acts = (ShipByFile, ShipDryRun)
    empty_hint = _(
        "Ship many orders at once: paste their numbers with carrier and tracking number."
    )
    change_form_template = "orders/shipping_file.html"
    list_display = (
        "filename",
        "status_badge",
        "progress",
        "good",
        "bad_count",
        "is_dry_run",
        "by",
        "created_at",
    )
    list_filter = ("status", "is_dry_run")
    search_fields = ("filename", "public_id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ShippingFile]:
        is_page = getattr(request.resolver_match, "kwargs", {}).get("object_id")
        found: Any = super().get_queryset(request)
        return found if is_page else found.defer("rows")

    def _act_page(
        self, request: HttpRequest, act: Act, form: forms.Form, target: Any, back: str
    ) -> HttpResponse:
        if request.method == "GET" and isinstance(act, ShipByFile):
            form.initial["lines"] = "\n".join(f"{one},," for one in chosen(request))
        return super()._act_page(request, act, form, target, back)

    @display(description=_("status"), ordering="status", label=SHIPPING_FILE_TONES)
    def status_badge(self, job: ShippingFile) -> tuple[str, str]:
        """The status, coloured."""
        return job.status, job.get_status_display()

    @display(description=_("progress"))
    def progress(self, job: ShippingFile) -> str:
        """Percent."""
        return f"{job.percent} %"

    @display(description=_("good rows"), ordering="good_count")
    def good(self, job: ShippingFile) -> int:
        """Shipped, or of a dry run those that would."""
        return job.good_count

    @display(description=_("by"))
    def by(self, job: ShippingFile) -> str:
        """Who sent it."""
        return person(job.actor_label)

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        file = path("<path:object_id>/errors/", wrap(self.file_view), name=self._url_name("errors"))
        return [file, *super().get_urls()]

    def page_context(self, request: HttpRequest, target: ShippingFile) -> dict[str, Any]:
        faults = list(target.faults.order_by("row_number", "id")[: SHOWN_FAULTS + 1])
        url = reverse(self._view_name("errors"), args=[target.public_id])
        return {
            "job": target,
            "status_tone": SHIPPING_FILE_TONES[target.status],
            "faults": [
                {"row": one, "column": column_name(one.column), "fix": fix_of(one.code)}
                for one in faults[:SHOWN_FAULTS]
            ],
            "has_more": len(faults) > SHOWN_FAULTS,
            "errors_url": url if target.bad_count else "",
        }

    @method_decorator(require_GET)
    def file_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Answer with the refused rows."""
        job = self.get_object(request, object_id) if self.has_view_permission(request) else None
        if job is None:
            raise Http404
        return error_file(job=job).response()
