"""Files of orders in the merchant console (OR-23)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET
from unfold.decorators import display

from kernel import clock
from kernel.actors import Actor
from kernel.admin.base import Act, ConsoleModelAdmin
from kernel.admin.sites import merchant_site
from kernel.admin.wording import person
from kernel.errors import DomainError, NotAllowed
from orders.admin.wording import EXPORT_TONES
from orders.enums import ExportPreset, ExportStatus, OrderStatus
from orders.models import ExportJob
from orders.services.exporting import jobs
from shops.models import Shop


def _capital(choices: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Return choices as they begin in a form."""
    return [(value, capfirst(label)) for value, label in choices]


class ExportForm(forms.Form):
    """Which orders, which columns, and whether receivers are in clear."""

    preset = forms.ChoiceField(label=_("Columns"), choices=_capital(ExportPreset.choices))
    status = forms.ChoiceField(
        label=_("Status"), choices=[("", _("All")), *_capital(OrderStatus.choices)], required=False
    )
    placed_from = forms.DateTimeField(label=_("Placed from"), required=False)
    placed_until = forms.DateTimeField(
        label=_("Placed before"), required=False, help_text=_("Empty means until now.")
    )
    is_unmasked = forms.BooleanField(
        label=_("Receivers in clear"),
        required=False,
        help_text=_("The audit trail keeps who asked for it, and who took the file."),
    )
    reason = forms.CharField(
        label=_("What the receivers are needed for"), required=False, max_length=200
    )


class StartExport(Act):
    """A new file."""

    name = "start"
    label = _("Export orders")
    intro = _("One row for each line of an order, as CSV. The file is kept for seven days.")
    permission = "orders.export"
    form_class = ExportForm
    on_object = False

    def form(self, actor: Actor, target: Any, **kwargs: Any) -> forms.Form:
        form = super().form(actor, target, **kwargs)
        if not actor.may(jobs.CLEAR):
            del form.fields["is_unmasked"], form.fields["reason"]
        return form

    def run(self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime) -> Any:
        job = jobs.start(
            shop=Shop.objects.visible_to(actor).get(),
            preset=data["preset"],
            filters={name: data[name] for name in jobs.FILTERS if data[name]},
            is_unmasked=data.get("is_unmasked", False),
            reason=data.get("reason", ""),
            actor=actor,
            at=at,
        )
        return gettext("%(file)s is being written.") % {"file": job.filename}


@admin.register(ExportJob, site=merchant_site)
class ExportConsole(ConsoleModelAdmin):
    """Files that were asked for, and where to get them."""

    permission = "orders.export"
    acts = (StartExport,)
    empty_hint = _("Export orders to work on them in a spreadsheet.")
    change_form_template = "orders/export.html"
    list_display = ("file", "status_badge", "row_count", "is_unmasked", "by", "created_at")
    list_filter = ("status", "preset")
    search_fields = ("public_id",)

    @display(description=_("file"))
    def file(self, job: ExportJob) -> str:
        """What it is called when it is saved."""
        return job.filename

    @display(description=_("status"), ordering="status", label=EXPORT_TONES)
    def status_badge(self, job: ExportJob) -> tuple[str, str]:
        """The status, coloured."""
        return job.status, job.get_status_display()

    @display(description=_("by"))
    def by(self, job: ExportJob) -> str:
        """Who asked for it."""
        return person(job.actor_label)

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        file = path("<path:object_id>/file/", wrap(self.file_view), name=self._url_name("file"))
        return [file, *super().get_urls()]

    def page_context(self, request: HttpRequest, target: ExportJob) -> dict[str, Any]:
        until = target.expires_at
        is_ready = target.status == ExportStatus.DONE and until is not None and until > clock.now()
        may_have = not target.is_unmasked or self.actor(request).may(jobs.CLEAR)
        url = reverse(self._view_name("file"), args=[target.public_id])
        return {
            "job": target,
            "tone": EXPORT_TONES[target.status],
            "file_url": url if is_ready and may_have else "",
            "filters": [(_FILTERS[name], _said(target, name)) for name in target.filters],
        }

    @method_decorator(require_GET)  # a HEAD would be in the audit trail and take nothing
    def file_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Answer with the file; a refusal is said on the page of the export."""
        job = self.get_object(request, object_id) if self.has_view_permission(request) else None
        if job is None:
            raise Http404
        try:
            return jobs.download(job=job, actor=self.actor(request), at=clock.now()).response()
        except NotAllowed:
            raise PermissionDenied from None
        except DomainError as error:
            messages.error(request, str(error.detail))
            return HttpResponseRedirect(self.object_url(job))


_FILTERS = {
    "status": _("Status"),
    "placed_from": _("Placed from"),
    "placed_until": _("Placed before"),
}


def _said(job: ExportJob, name: str) -> Any:
    """Return the value of a filter as the page shows it."""
    value = job.filters[name]
    return OrderStatus(value).label if name == "status" else datetime.fromisoformat(value)
