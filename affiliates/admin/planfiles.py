"""Files of plans in the merchant console (OP-13)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET
from unfold.decorators import display

from affiliates.admin.pages import percent
from affiliates.enums import PlanFileStatus
from affiliates.models import PlanFile
from affiliates.services.planfiles import jobs
from affiliates.services.planfiles.reports import column_name, error_file, fix_of
from catalog.errors import UnreadableFile
from catalog.services.importing.reading import MAX_BYTES
from kernel.actors import Actor
from kernel.admin.base import Act, ConsoleModelAdmin
from kernel.admin.sites import merchant_site
from kernel.admin.wording import person
from shops.models import Shop

SHOWN_FAULTS = 100
TONES: dict[str, str] = {
    PlanFileStatus.QUEUED: "default",
    PlanFileStatus.RUNNING: "info",
    PlanFileStatus.DONE: "success",
    PlanFileStatus.FAILED: "danger",
}


class PlansForm(forms.Form):
    """Lines that are pasted, or a file of them."""

    lines = forms.CharField(
        label=_("Lines"),
        required=False,
        max_length=1_000_000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_(
            "One product a line: merchant code or product id, rate in percent. Paste them from a"
            " spreadsheet, or type commas."
        ),
    )
    file = forms.FileField(
        label=_("Or a file"), required=False, help_text=_("CSV or XLSX with the same columns.")
    )
    is_dry_run = forms.BooleanField(
        label=_("Look first"),
        required=False,
        initial=True,
        help_text=_("Says what would happen and changes nothing; you apply it from its page."),
    )

    def clean(self) -> dict[str, Any]:
        """Demand exactly one of the two."""
        data = super().clean() or {}
        if bool(data.get("lines", "").strip()) == bool(data.get("file")):
            raise forms.ValidationError(_("Paste lines or choose a file, one of the two."))
        return data


class PlansByFile(Act):
    """Many plans at once."""

    name = "upload"
    label = _("Plans by file")
    intro = _("Good rows are done although others are wrong; those you get back as a file.")
    permission = "affiliates.edit"
    form_class = PlansForm
    on_object = False

    def preview(self, actor: Actor, target: Any) -> Sequence[tuple[Any, Any]]:
        return [(_("A second person decides above"), percent(settings.SECOND_PERSON_ABOVE_BP))]

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


class ApplyDryRun(Act):
    """From the dry run to the plans."""

    name = "apply"
    label = _("Apply the good rows")
    intro = _("The rows that are wrong stay behind; correct them in the file of refused rows.")
    permission = "affiliates.edit"

    def applies(self, actor: Actor, target: PlanFile) -> bool:
        return target.can_be_applied

    def preview(self, actor: Actor, target: PlanFile) -> Sequence[tuple[Any, Any]]:
        return [(_("Good rows"), target.good_count), (_("Rows refused"), target.bad_count)]

    def run(self, *, actor: Actor, target: PlanFile, data: dict[str, Any], at: datetime) -> Any:
        job = jobs.apply_dry_run(job_id=target.pk, actor=actor, at=at)
        return gettext("%(file)s is on its way.") % {"file": job.filename}


@admin.register(PlanFile, site=merchant_site)
class PlanFileConsole(ConsoleModelAdmin):
    """Files of plans, and what came of their rows."""

    permission = "affiliates.edit"
    acts = (PlansByFile, ApplyDryRun)
    empty_hint = _("Open many plans at once: paste merchant codes with their rates.")
    change_form_template = "affiliates/plan_file.html"
    list_display: ClassVar[Any] = (
        "filename",
        "status_badge",
        "good_count",
        "bad_count",
        "is_dry_run",
        "by",
        "created_at",
    )
    list_filter = ("status", "is_dry_run")
    search_fields = ("filename", "public_id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[PlanFile]:
        is_page = getattr(request.resolver_match, "kwargs", {}).get("object_id")
        found: Any = super().get_queryset(request)
        return found if is_page else found.defer("rows")

    @display(description=_("status"), ordering="status", label=TONES)
    def status_badge(self, job: PlanFile) -> tuple[str, str]:
        """The status, coloured."""
        return job.status, job.get_status_display()

    @display(description=_("by"))
    def by(self, job: PlanFile) -> str:
        """Who sent it."""
        return person(job.actor_label)

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        file = path("<path:object_id>/errors/", wrap(self.file_view), name=self._url_name("errors"))
        return [file, *super().get_urls()]

    def page_context(self, request: HttpRequest, target: PlanFile) -> dict[str, Any]:
        faults = list(target.faults.order_by("row_number", "id")[: SHOWN_FAULTS + 1])
        url = reverse(self._view_name("errors"), args=[target.public_id])
        return {
            "job": target,
            "status_tone": TONES[target.status],
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
