"""Stock set aside, in the merchant console (CA-10)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from catalog.admin import wording
from catalog.enums import BucketKind
from catalog.models import Sku, StockBucket, StockMovement
from catalog.policies import availability
from catalog.services import buckets
from catalog.services.channels import accounts_called
from catalog.services.counting import MAX_PIECES
from kernel.actors import Actor
from kernel.admin.base import Act, ConsoleModelAdmin
from kernel.admin.sites import merchant_site
from kernel.admin.wording import reference

SHOWN_MOVEMENTS = 30
STATE_TONES = {"open": "success", "ended": "default"}


class BucketForm(forms.Form):
    """What for, whose, how many, until when."""

    kind = forms.ChoiceField(label=_("For"), choices=BucketKind.choices, widget=forms.RadioSelect)
    account_id = forms.CharField(
        label=_("Selling account"),
        max_length=64,
        required=False,
        help_text=_("Handle or id; an activity's pieces are sold by nobody."),
    )
    quantity = forms.IntegerField(label=_("Pieces"), min_value=1, max_value=MAX_PIECES)
    ends_at = forms.DateTimeField(
        label=_("Ends at"),
        required=False,
        widget=forms.DateTimeInput,
        help_text=_("What is left then is for everybody again. A live session needs an end."),
    )
    note = forms.CharField(label=_("Note"), max_length=60, required=False)


class SetAside(Act):
    """Pieces of a SKU for one account, its live session, or an activity."""

    name = "set-aside"
    label = _("Set pieces aside")
    intro = _(
        "Orders that come by the account take these pieces first. Nobody else can have them until "
        "they are set free."
    )
    permission = "catalog.stock"
    form_class = BucketForm

    def preview(self, actor: Actor, target: Sku) -> Sequence[tuple[Any, Any]]:
        return [(_("SKU"), target.merchant_code), (_("Available"), target.stock.available)]

    def run(self, *, actor: Actor, target: Sku, data: dict[str, Any], at: datetime) -> Any:
        account = next(iter(accounts_called([data["account_id"]])), None)
        buckets.set_aside(
            sku=target,
            kind=BucketKind(data["kind"]),
            account=account,
            quantity=data["quantity"],
            ends_at=data["ends_at"],
            note=data["note"],
            actor=actor,
            at=at,
        )
        return gettext("%(count)s pieces are set aside.") % {"count": data["quantity"]}


class PiecesForm(forms.Form):
    """Pieces more or fewer."""

    delta = forms.IntegerField(
        label=_("Pieces"),
        min_value=-MAX_PIECES,
        max_value=MAX_PIECES,
        help_text=_("10 puts ten in, -10 takes ten out."),
    )

    def clean_delta(self) -> int:
        """Return a number that changes something."""
        delta: int = self.cleaned_data["delta"]
        if not delta:
            raise forms.ValidationError(_("Zero changes nothing."), code="zero")
        return delta


class ChangePieces(Act):
    """More pieces into the bucket, or some out of it."""

    name = "change-pieces"
    label = _("Put in or take out pieces")
    permission = "catalog.stock"
    form_class = PiecesForm

    def applies(self, actor: Actor, target: StockBucket) -> bool:
        return target.is_open

    def preview(self, actor: Actor, target: StockBucket) -> Sequence[tuple[Any, Any]]:
        return [
            (_("Left in it"), target.remaining),
            (_("Available to everybody"), target.sku.stock.available),
        ]

    def run(self, *, actor: Actor, target: StockBucket, data: dict[str, Any], at: datetime) -> Any:
        bucket = buckets.change_pieces(bucket=target, delta=data["delta"], actor=actor, at=at)
        return gettext("%(count)s pieces are left in it.") % {"count": bucket.remaining}


class EndBucket(Act):
    """What is left is for everybody again."""

    name = "end"
    label = _("Release what is left")
    intro = _("What is left is for everybody again, at once.")
    permission = "catalog.stock"

    def applies(self, actor: Actor, target: StockBucket) -> bool:
        return target.is_open

    def preview(self, actor: Actor, target: StockBucket) -> Sequence[tuple[Any, Any]]:
        return [(_("Left in it"), target.remaining)]

    def run(self, *, actor: Actor, target: StockBucket, data: dict[str, Any], at: datetime) -> Any:
        bucket = buckets.end(bucket=target, actor=actor, at=at)
        return gettext("%(count)s pieces are for everybody again.") % {"count": bucket.freed}


def shown(sku: Sku) -> list[dict[str, Any]]:
    """Return what is set aside of `sku` now: words, pieces left, the bucket's page. One query."""
    rows = StockBucket.objects.filter(sku=sku, ended_at__isnull=True).select_related("account")
    return [
        {
            "label": _said(one),
            "remaining": one.remaining,
            "url": reverse("merchant:catalog_stockbucket_change", args=[one.public_id]),
        }
        for one in rows.order_by("pk")
    ]


def _said(bucket: StockBucket) -> str:
    if bucket.account is None:
        return gettext("Set aside for an activity")
    said = gettext("Set aside for %(account)s")
    if bucket.kind == BucketKind.LIVE:
        said = gettext("Set aside for the live session of %(account)s")
    return said % {"account": f"@{bucket.account.handle}"}


class OpenFilter(admin.SimpleListFilter):
    """Those that hold pieces now; all of them on wish."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("in use")), ("ended", _("ended"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[StockBucket]
    ) -> QuerySet[StockBucket]:
        if self.value() in STATE_TONES:
            return queryset.filter(ended_at__isnull=self.value() == "open")
        return queryset


@admin.register(StockBucket, site=merchant_site)
class BucketConsole(ConsoleModelAdmin):
    """What is set aside, for whom, and what was sold of it."""

    permission = "catalog.view"
    acts = (ChangePieces, EndBucket)
    empty_hint = _("Set pieces aside on the page of a SKU: for a live session, say.")
    change_form_template = "catalog/bucket.html"
    list_display = ("goods", "whose", "state", "quantity", "drawn", "freed", "left", "until")
    list_filter = (OpenFilter, "kind")
    search_exactly = ("sku__merchant_code", "public_id")
    search_help_text = _("Merchant code or id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[StockBucket]:
        rows = super().get_queryset(request)
        return rows.select_related("sku__product", "sku__stock", "account")

    @display(description=_("SKU"))
    def goods(self, bucket: StockBucket) -> str:
        """The merchant code and the title."""
        return f"{bucket.sku.merchant_code} · {bucket.sku.product.title}"

    @display(description=_("set aside for"))
    def whose(self, bucket: StockBucket) -> str:
        """What for, and whose account sells it."""
        return _said(bucket)

    @display(description=_("state"), label=STATE_TONES)
    def state(self, bucket: StockBucket) -> tuple[str, str]:
        """Open or ended, coloured."""
        return ("open", gettext("in use")) if bucket.is_open else ("ended", gettext("ended"))

    @display(description=_("pieces left"), label=wording.STOCK_TONES)
    def left(self, bucket: StockBucket) -> tuple[str, str]:
        """Pieces that are still in it."""
        if not bucket.is_open:
            return "", "–"
        return availability(bucket.remaining), str(bucket.remaining)

    @display(description=_("until"))
    def until(self, bucket: StockBucket) -> str:
        """When it ends, or did."""
        end = bucket.ended_at or bucket.ends_at
        return date_format(localtime(end), "SHORT_DATETIME_FORMAT") if end else "–"

    def page_context(self, request: HttpRequest, target: Any) -> dict[str, Any]:
        movements = StockMovement.objects.visible_to(self.actor(request)).filter(
            sku=target.sku, reference__startswith=f"bucket:{target.public_id}:"
        )
        return {
            "bucket": target,
            "said": _said(target),
            "sku_url": reverse("merchant:catalog_sku_change", args=[target.sku.public_id]),
            "draws": [
                {"row": one, "reference": reference(one.reference)}
                for one in target.draws.order_by("-pk")[:SHOWN_MOVEMENTS]
            ],
            "movements": [
                {"row": row, "tone": wording.MOVEMENT_TONES[row.kind]}
                for row in movements.order_by("-pk")[:SHOWN_MOVEMENTS]
            ],
        }
