"""Prices and stock of many SKUs in the merchant console: choose, look, apply, take back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from catalog import policies
from catalog.admin import wording
from catalog.enums import BulkLineState, BulkStatus
from catalog.models import BulkEdit, BulkEditLine, Sku
from catalog.policies import MAX_CHANGE_BP, MIN_CHANGE_BP
from catalog.services.bulk import applying, preparing, reading
from catalog.services.importing.faults import told
from catalog.services.importing.reading import MAX_BYTES
from kernel import money
from kernel.actors import Actor
from kernel.admin.base import Act, ConsoleModelAdmin
from kernel.admin.sites import merchant_site
from kernel.admin.wording import person
from kernel.errors import NotAllowed
from shops.models import Shop

#: SKUs that a selection or a list may bring into the form.
MAX_CHOSEN = 1_000
#: Rows that the page draws of each kind; the API gives them all.
SHOWN = 200
_MAX_TEXT = 1_000_000


class BulkForm(forms.Form):
    """Rows typed or pasted, or a file of them; perhaps one change of all prices."""

    rows = forms.CharField(
        label=_("SKUs, one a line"),
        required=False,
        max_length=_MAX_TEXT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": "12", "spellcheck": "false"}),
        help_text=_(
            "Merchant code, price, stock, list price: with commas, or as copied from a sheet. "
            "What is empty stays as it is."
        ),
    )
    file = forms.FileField(
        label=_("File instead"),
        required=False,
        max_length=200,
        help_text=_("CSV or XLSX with the same columns; at most 10,000 rows."),
    )
    percent = forms.DecimalField(
        label=_("Change all prices by percent"),
        required=False,
        min_value=Decimal(MIN_CHANGE_BP) / 100,
        max_value=Decimal(MAX_CHANGE_BP) / 100,
        decimal_places=2,
        help_text=_("-10 is ten percent less. The prices of the rows are not read then."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        file, percent = data.get("file"), data.get("percent")
        if file is not None and file.size > MAX_BYTES:
            self.add_error("file", _("The file is larger than 10 MB."))
        elif not self.errors and file is None and not data.get("rows", "").strip():
            raise ValidationError(_("Give rows or a file."))
        data["change_bp"] = int(percent * 100) if percent is not None else None
        return data


class ChangeMany(Act):
    """Many SKUs at once; nothing changes before it was looked at."""

    name = "change"
    label = _("Change prices and stock")
    intro = _("First you see each row before and after. Nothing changes until you apply it.")
    permission = "catalog.stock"
    form_class = BulkForm
    on_object = False

    def run(self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime) -> Any:
        file = data["file"]
        wishes = reading.wishes_in(file.read() if file else data["rows"].encode())
        has_prices = data["change_bp"] is not None or any(
            one.price is not None or one.list_price is not None for one in wishes
        )
        if not policies.may_change_many(actor, has_prices=has_prices):
            raise NotAllowed(_("Your role may change stock, not prices."))
        job = preparing.prepare(
            shop=Shop.objects.visible_to(actor).get(),
            wishes=wishes,
            filename=file.name if file else "",
            price_change_bp=data["change_bp"],
            actor=actor,
            at=at,
        )
        said = ngettext(
            "%(count)s row would change. Look at it, then apply it.",
            "%(count)s rows would change. Look at them, then apply them.",
            job.good_count,
        )
        return said % {"count": job.good_count}


class ApplyBulk(Act):
    """What was looked at becomes true."""

    name = "apply"
    label = _("Apply")
    intro = _(
        "Rows that somebody changed since you looked are passed over. You can undo it for a day."
    )
    permission = "catalog.stock"

    def applies(self, actor: Actor, target: BulkEdit) -> bool:
        may = policies.may_change_many(actor, has_prices=target.has_prices)
        return may and policies.may_apply(target)

    def preview(self, actor: Actor, target: BulkEdit) -> Sequence[tuple[Any, Any]]:
        return [(_("rows to change"), target.good_count), (_("rows refused"), target.bad_count)]

    def run(self, *, actor: Actor, target: BulkEdit, data: dict[str, Any], at: datetime) -> Any:
        _allow(actor, target)
        job = applying.apply(job=target, actor=actor, at=at)
        if job.status == BulkStatus.APPLYING:
            return _("It is on its way; this page shows how far it is.")
        return gettext("%(done)s rows changed, %(left)s passed over.") % {
            "done": job.applied_count,
            "left": job.refused_count,
        }


class UndoBulk(Act):
    """Back to what was, where nobody changed anything since."""

    name = "undo"
    label = _("Undo")
    intro = _(
        "Prices and counts go back to what they were. Rows that somebody changed since stay as "
        "they are; what was sold stays sold."
    )
    permission = "catalog.stock"
    is_dangerous = True

    def applies(self, actor: Actor, target: BulkEdit) -> bool:
        may = policies.may_change_many(actor, has_prices=target.has_prices)
        return may and policies.may_undo(target)

    def preview(self, actor: Actor, target: BulkEdit) -> Sequence[tuple[Any, Any]]:
        return [(_("rows applied"), target.applied_count)]

    def run(self, *, actor: Actor, target: BulkEdit, data: dict[str, Any], at: datetime) -> Any:
        _allow(actor, target)
        job = applying.undo(job=target, actor=actor, at=at)
        if job.status == BulkStatus.UNDOING:
            return _("It is on its way; this page shows how far it is.")
        return gettext("%(done)s rows taken back, %(left)s kept.") % {
            "done": job.undone_count,
            "left": job.kept_count,
        }


class DiscardBulk(Act):
    """Nothing of it."""

    name = "discard"
    label = _("Discard")
    intro = _("Nothing was changed, and nothing will be.")
    permission = "catalog.stock"
    is_dangerous = True

    def applies(self, actor: Actor, target: BulkEdit) -> bool:
        return policies.may_discard_bulk(target)

    def run(self, *, actor: Actor, target: BulkEdit, data: dict[str, Any], at: datetime) -> Any:
        applying.discard(job=target, actor=actor, at=at)
        return _("It is discarded.")


def _allow(actor: Actor, job: BulkEdit) -> None:
    if not policies.may_change_many(actor, has_prices=job.has_prices):
        raise NotAllowed


@admin.register(BulkEdit, site=merchant_site)
class BulkEditConsole(ConsoleModelAdmin):
    """Changes of many SKUs, the newest first."""

    permission = "catalog.view"
    acts = (ChangeMany, ApplyBulk, UndoBulk, DiscardBulk)
    empty_hint = _("Choose SKUs in their list, or paste rows from a sheet, to change many at once.")
    change_form_template = "catalog/bulk.html"
    list_display = (
        "what",
        "status_badge",
        "total_count",
        "applied_count",
        "bad_count",
        "undone_count",
        "by",
        "created_at",
    )
    list_filter = ("status",)
    search_exactly = ("public_id",)
    sortable_by = ()

    @display(description=_("bulk edit"))
    def what(self, job: BulkEdit) -> str:
        """Its file, else its id."""
        return str(job)

    @display(description=_("status"), label=wording.BULK_TONES)
    def status_badge(self, job: BulkEdit) -> tuple[str, str]:
        """The status, coloured."""
        return job.status, job.get_status_display()

    @display(description=_("by"))
    def by(self, job: BulkEdit) -> str:
        """Who."""
        return person(job.actor_label) or "–"

    def list_act_view(self, request: HttpRequest, act: str) -> HttpResponse:
        """Lead from the form to the page of what was just made: to look at it is the next step."""
        answer = super().list_act_view(request, act)
        if not isinstance(answer, HttpResponseRedirect) or act != ChangeMany.name:
            return answer
        newest = BulkEdit.objects.visible_to(self.actor(request)).order_by("-pk").first()
        return HttpResponseRedirect(self.object_url(newest)) if newest else answer

    def _act_page(
        self, request: HttpRequest, act: Act, form: forms.Form, target: Any, back: str
    ) -> HttpResponse:
        if request.method == "GET" and isinstance(act, ChangeMany):
            form.initial["rows"] = self._chosen(request)
        return super()._act_page(request, act, form, target, back)

    def _chosen(self, request: HttpRequest) -> str:
        """Return the rows of the SKUs that were ticked, or of the list that was shown."""
        if "list" in request.GET:
            listed = copy(request)
            listed.GET = QueryDict(request.GET["list"])
            page = self.admin_site.get_page(Sku)
            skus: Iterable[Any] = page.get_changelist_instance(listed).queryset[:MAX_CHOSEN]
        else:
            ids = request.GET.getlist("sku")[:MAX_CHOSEN]
            page = self.admin_site.get_page(Sku)
            skus = page.get_queryset(request).filter(public_id__in=ids).order_by("pk")
        return reading.as_text(
            [(sku.merchant_code, _yuan(sku), str(sku.stock.on_hand)) for sku in skus]
        )

    def page_context(self, request: HttpRequest, target: BulkEdit) -> dict[str, Any]:
        rows = BulkEditLine.objects.visible_to(self.actor(request)).filter(job=target)
        rows = rows.select_related("sku__product").order_by("row_number")
        told = [BulkLineState.BAD, BulkLineState.PASSED, BulkLineState.KEPT]
        faulty = list(rows.filter(state__in=told)[: SHOWN + 1])
        others = list(rows.exclude(state__in=[*told, BulkLineState.SAME])[: SHOWN + 1])
        return {
            "job": target,
            "is_at_work": target.status in (BulkStatus.APPLYING, BulkStatus.UNDOING),
            "status_tone": wording.BULK_TONES[target.status],
            "same_count": target.total_count - target.good_count - target.bad_count,
            "faulty": [_shown(line) for line in faulty[:SHOWN]],
            "changes": [_shown(line) for line in others[:SHOWN]],
            "has_more": len(faulty) > SHOWN or len(others) > SHOWN,
            "shown": SHOWN,
        }


def _yuan(sku: Any) -> str:
    return "" if sku.price_now is None else str(money.major(sku.price_now, "CNY"))


def _shown(line: BulkEditLine) -> dict[str, Any]:
    title = ""
    if line.sku is not None:
        title = " · ".join(filter(None, [line.sku.product.title, " / ".join(line.sku.options)]))
    is_list_price = line.sets_price and line.old_list_price != line.new_list_price
    return {
        "row": line,
        "title": title,
        "old_price": wording.shown_price(line.old_price, "CNY"),
        "new_price": wording.shown_price(line.new_price, "CNY") if line.sets_price else "",
        "list_price": (
            f"{wording.shown_price(line.old_list_price, 'CNY')} → "
            f"{wording.shown_price(line.new_list_price, 'CNY')}"
            if is_list_price
            else ""
        ),
        "delta": wording.change(line.delta) if line.delta else "",
        "tone": wording.BULK_LINE_TONES[line.state],
        "fix": told(line.code),
    }
