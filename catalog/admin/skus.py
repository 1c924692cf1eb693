"""SKUs that exist, and what they are put together from, in the merchant console (CA-09)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.admin.forms import LinesField
from catalog.errors import BadBundle
from catalog.models import Bundle, Sku
from catalog.selectors.bundles import parts_now
from catalog.services import bundles, skus
from catalog.services.bundles import MAX_PART_PIECES, Part
from catalog.services.counting import MAX_PIECES
from kernel.actors import Actor
from kernel.admin.base import Act

#: A code and how many pieces, as people write it; codes have an x of their own, so it stands apart.
_WRITTEN = re.compile(r"(?P<code>\S.*?)(?:\s*[×*]|\s+[xX])\s*(?P<pieces>\d{1,9})")


class SkuForm(forms.Form):
    """Codes, picture, and whether it is sold."""

    merchant_code = forms.CharField(label=_("Merchant code"), max_length=64)
    supplier_code = forms.CharField(
        label=_("Supplier code"),
        max_length=64,
        required=False,
        help_text=_("For yourself: it stands on pick lists."),
    )
    image_url = forms.ChoiceField(label=_("Picture"), required=False)
    is_active = forms.BooleanField(
        label=_("Can be bought"),
        required=False,
        help_text=_("Without it buyers do not see this variant; its stock and history stay."),
    )


class ChangeSku(Act):
    """What needs no review."""

    name = "change"
    label = _("Edit the SKU")
    intro = _("It holds at once. Orders keep what they show.")
    permission = "catalog.edit"

    def form(self, actor: Actor, target: Sku, **kwargs: Any) -> forms.Form:
        form = SkuForm(initial={name: getattr(target, name) for name in skus.FIELDS}, **kwargs)
        product = target.product
        pictures = dict.fromkeys([*product.image_urls, *product.detail_image_urls])
        if target.image_url:
            pictures.setdefault(target.image_url)
        form.fields["image_url"].choices = [  # type: ignore[attr-defined]
            ("", gettext("The product's first picture")),
            *((url, url.rpartition("/")[2][:60]) for url in pictures),
        ]
        return form

    def run(self, *, actor: Actor, target: Sku, data: dict[str, Any], at: datetime) -> Any:
        skus.change(sku=target, changes=data, actor=actor, at=at)
        return _("The SKU is changed.")


class BundleForm(forms.Form):
    """Its parts, one a line."""

    parts = LinesField(
        label=_("Parts"),
        required=False,
        help_text=_("Merchant codes, one a line, with how many behind it: TEA-100 × 2."),
    )
    keep = forms.IntegerField(
        label=_("Always ready"),
        required=False,
        min_value=1,
        max_value=MAX_PIECES,
        help_text=_("So many are put together by themselves, as far as the parts last."),
    )

    def clean_parts(self) -> list[tuple[str, int]]:
        """Return (merchant code, pieces) of each line."""
        return [_read(line) for line in self.cleaned_data["parts"]]


def _read(line: str) -> tuple[str, int]:
    written = _WRITTEN.fullmatch(line)
    if written is None:
        return line, 1
    pieces = int(written["pieces"])
    if not 1 <= pieces <= MAX_PART_PIECES:
        raise forms.ValidationError(str(BadBundle.REASONS["bad_quantity"]), code="bad_quantity")
    return written["code"], pieces


class SetBundle(Act):
    """What it is put together from."""

    name = "bundle"
    label = _("Set what it is put together from")
    intro = _(
        "A bundle has a stock of its own: putting bundles together takes pieces of the parts off "
        "the shelf. No part at all makes it a plain SKU again."
    )
    permission = "catalog.edit"

    def form(self, actor: Actor, target: Sku, **kwargs: Any) -> forms.Form:
        lines = [f"{one.part.merchant_code} × {one.quantity}" for one in _parts(target)]
        bundle = Bundle.objects.filter(sku=target).first()
        initial = {"parts": "\n".join(lines), "keep": bundle.keep if bundle else None}
        return BundleForm(initial=initial, **kwargs)

    def run(self, *, actor: Actor, target: Sku, data: dict[str, Any], at: datetime) -> Any:
        codes = [code for code, _pieces in data["parts"]]
        rows = Sku.objects.visible_to(actor).filter(merchant_code__in=codes)
        found = {one.merchant_code: one for one in rows}
        unknown = sorted(set(codes) - found.keys())
        if unknown:
            raise BadBundle.about("parts", "unknown_part", names=", ".join(unknown[:5]))
        parts = [Part(found[code], pieces) for code, pieces in data["parts"]]
        bundles.set_parts(sku=target, parts=parts, keep=data["keep"], actor=actor, at=at)
        return _("The parts are set.") if parts else _("It is a plain SKU again.")


class CountForm(forms.Form):
    """How many bundles."""

    count = forms.IntegerField(label=_("Bundles"), min_value=1, max_value=MAX_PIECES)


class _Assembling(Act):
    """Bundles of parts, or parts of bundles."""

    permission = "catalog.stock"
    form_class = CountForm

    def applies(self, actor: Actor, target: Sku) -> bool:
        return bool(_parts(target))

    def preview(self, actor: Actor, target: Sku) -> Sequence[tuple[Any, Any]]:
        rows = [
            (f"{one.part.merchant_code} × {one.quantity}", one.part.stock.available)
            for one in _parts(target)
        ]
        return [(_("Bundles available"), target.stock.available), *rows]


class PutTogether(_Assembling):
    """Pieces of the parts become bundles."""

    name = "put-together"
    label = _("Put together")

    def run(self, *, actor: Actor, target: Sku, data: dict[str, Any], at: datetime) -> Any:
        now = bundles.put_together(sku=target, count=data["count"], actor=actor, at=at)
        return gettext("There are %(count)s pieces on hand.") % {"count": now.on_hand}


class TakeApart(_Assembling):
    """Bundles become pieces of their parts."""

    name = "take-apart"
    label = _("Take apart")

    def run(self, *, actor: Actor, target: Sku, data: dict[str, Any], at: datetime) -> Any:
        now = bundles.take_apart(sku=target, count=data["count"], actor=actor, at=at)
        return gettext("There are %(count)s pieces on hand.") % {"count": now.on_hand}


def shown_parts(sku: Sku) -> list[dict[str, Any]]:
    """Return what `sku` is put together from now, with the pages of its parts. One query."""
    return [
        {
            "part": one,
            "url": reverse("merchant:catalog_sku_change", args=[one.part.public_id]),
        }
        for one in _parts(sku)
    ]


def _parts(sku: Sku) -> list[Any]:
    return parts_now([sku.pk]).get(sku.pk, [])
