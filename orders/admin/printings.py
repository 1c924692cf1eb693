"""Labels and pick lists in the merchant console."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
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
from kernel.errors import NotAllowed
from orders.admin.chosen import chosen
from orders.admin.wording import PRINT_TONES
from orders.enums import PrintKind
from orders.models import Order, OrderView, Printing
from orders.services.printing import runs
from shops.models import Shop


def kinds_for(actor: Actor) -> list[tuple[str, Any]]:
    """Return what `actor` may print: labels show receivers."""
    return [
        (kind, capfirst(label))
        for kind, label in PrintKind.choices
        if kind != PrintKind.LABELS or actor.may(runs.CLEAR)
    ]


class PrintForm(forms.Form):
    """What to print, of which orders."""

    kind = forms.ChoiceField(label=_("Print"))
    view = forms.ChoiceField(
        label=_("View"), required=False, help_text=_("What waits, as far as it is in this view.")
    )
    orders = forms.CharField(
        label=_("Orders"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_("Numbers, one a line. Empty: what waits and was not printed yet, 200 at most."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = OrderView.objects.visible_to(actor).order_by("pk")
        views = [("", _("All")), *((view.public_id, view.name) for view in own)]
        self.fields["kind"].choices = kinds_for(actor)  # type: ignore[attr-defined]
        self.fields["view"].choices = views  # type: ignore[attr-defined]

    def clean_orders(self) -> list[str]:
        """Return the numbers."""
        return re.findall(r"\w+", self.cleaned_data["orders"])


class StartPrinting(Act):
    """Paper of many orders."""

    name = "start"
    label = _("Print orders")
    intro = _("A label for each parcel, or a pick list of all goods. The audit trail keeps it.")
    permission = "orders.ship"
    on_object = False

    def form(self, actor: Actor, target: Any, **kwargs: Any) -> forms.Form:
        return PrintForm(actor=actor, **kwargs)

    def run(self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime) -> Any:
        view = OrderView.objects.visible_to(actor).filter(public_id=data["view"]).first()
        printing = runs.start(
            shop=Shop.objects.visible_to(actor).get(),
            filters=view.filters if view else None,
            kind=data["kind"],
            numbers=data["orders"],
            actor=actor,
            at=at,
        )
        return gettext("%(count)s orders: open the printing to take the file.") % {
            "count": printing.order_count
        }


class PrintLabel(Act):
    """The label of one order."""

    name = "print"
    label = _("Print the label")
    intro = _("The receiver stands on it in clear. You find the file among the printings.")
    permission = "orders.ship"

    def applies(self, actor: Actor, target: Order) -> bool:
        is_printable = target.status in runs.PRINTABLE[PrintKind.LABELS] and not target.is_frozen
        return is_printable and actor.may(runs.CLEAR)

    def run(self, *, actor: Actor, target: Order, data: dict[str, Any], at: datetime) -> Any:
        printing = runs.start(
            shop=target.shop, kind=PrintKind.LABELS, numbers=[target.number], actor=actor, at=at
        )
        return gettext("%(file)s waits among the printings.") % {"file": printing.filename}


@admin.register(Printing, site=merchant_site)
class PrintingConsole(ConsoleModelAdmin):
    """What was printed, of how many orders, by whom, and the file."""

    permission = "orders.ship"
    acts = (StartPrinting,)
    empty_hint = _("Print labels and pick lists of the orders that wait.")
    change_form_template = "orders/printing.html"
    list_display = ("file", "kind_badge", "order_count", "by", "created_at")
    list_filter = ("kind",)
    search_fields = ("public_id",)

    def _act_page(
        self, request: HttpRequest, act: Act, form: forms.Form, target: Any, back: str
    ) -> HttpResponse:
        if request.method == "GET" and isinstance(act, StartPrinting):
            form.initial["orders"] = "\n".join(chosen(request))
        return super()._act_page(request, act, form, target, back)

    @display(description=_("file"))
    def file(self, printing: Printing) -> str:
        """What it is called when it is saved."""
        return printing.filename

    @display(description=_("kind"), ordering="kind", label=PRINT_TONES)
    def kind_badge(self, printing: Printing) -> tuple[str, str]:
        """What it is, coloured."""
        return printing.kind, printing.get_kind_display()

    @display(description=_("by"))
    def by(self, printing: Printing) -> str:
        """Who printed."""
        return person(printing.actor_label)

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        file = path("<path:object_id>/file/", wrap(self.file_view), name=self._url_name("file"))
        return [file, *super().get_urls()]

    def page_context(self, request: HttpRequest, target: Printing) -> dict[str, Any]:
        may_have = target.kind != PrintKind.LABELS or self.actor(request).may(runs.CLEAR)
        rows = target.printed.order_by("position").values_list("order__number", flat=True)
        page = "merchant:orders_order_change"
        return {
            "printing": target,
            "tone": PRINT_TONES[target.kind],
            "orders": [(number, reverse(page, args=[number])) for number in rows],
            "file_url": reverse(self._view_name("file"), args=[target.public_id])
            if may_have
            else "",
        }

    @method_decorator(require_GET)  # a HEAD would be in the audit trail and take nothing
    def file_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Answer with the PDF."""
        found = self.get_object(request, object_id) if self.has_view_permission(request) else None
        if found is None:
            raise Http404
        try:
            download = runs.file(printing=found, actor=self.actor(request), at=clock.now())
        except NotAllowed:
            raise PermissionDenied from None
        return download.response()
