"""The variants of a product as one table: values of its options first, then a row a combination."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import product as combinations
from math import prod
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import INPUT_CLASSES

from catalog import policies
from catalog.admin.forms import LinesField
from catalog.errors import InvalidProduct
from catalog.models import Product
from catalog.selectors import category_rules
from catalog.services import products
from catalog.services.counting import MAX_PIECES
from catalog.services.variants import SkuSpec
from kernel.actors import Actor
from kernel.admin.base import Act
from kernel.admin.forms import YuanField
from kernel.money import MAX_AMOUNT

#: Variants in one form, standing ones counted: four fields a row stay below what a form may have.
MOST_ROWS = 200

Combination = tuple[str, ...]

_COLUMNS: dict[str, Any] = {
    "price": (_("Price"), YuanField(required=False, min_amount=1, max_amount=MAX_AMOUNT)),
    "stock": (
        _("Stock"),
        forms.IntegerField(required=False, min_value=0, max_value=MAX_PIECES),
    ),
    "merchant_code": (_("Merchant code"), forms.CharField(required=False, max_length=64)),
    "image_url": (_("Picture"), forms.CharField(required=False, max_length=300)),
}
_INPUT = (
    '<td><input type="text" name="{}" value="{}" aria-label="{}" class="{}" inputmode="{}"></td>'
)
_MODES = {"price": "decimal", "stock": "numeric"}


class MatrixTable(forms.Widget):
    """A row of inputs for each combination; named by the combination, not by its place."""

    def __init__(self, combos: Sequence[Combination], suggested: str) -> None:
        super().__init__()
        self.combos, self.suggested = combos, suggested

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        return {
            combo: {
                column: data.get(f"{name}_{column}_{_key(combo)}", self._default(column, combo))
                for column in _COLUMNS
            }
            for combo in self.combos
        }

    def _default(self, column: str, combo: Combination) -> str:
        code = "-".join([self.suggested, *combo])[:64]
        return {"stock": "0", "merchant_code": code}.get(column, "")

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the table."""
        titles = [_("Variant"), *(title for title, _field in _COLUMNS.values())]
        head = format_html_join("", "<th>{}</th>", ((title,) for title in titles))
        body = format_html_join(
            "",
            "<tr><td>{}</td>{}</tr>",
            ((" / ".join(combo), self._inputs(name, combo, row)) for combo, row in value.items()),
        )
        table = (
            '<div class="console-scroll"><table class="console-table"><thead><tr>{}</tr></thead>'
        )
        return format_html(table + "<tbody>{}</tbody></table></div>", head, body)

    def _inputs(self, name: str, combo: Combination, row: Mapping[str, str]) -> SafeString:
        shown = " / ".join(combo)
        return format_html_join(
            "",
            _INPUT,
            (
                (
                    f"{name}_{column}_{_key(combo)}",
                    row[column],
                    f"{shown}: {title}",
                    " ".join(INPUT_CLASSES),
                    _MODES.get(column, "text"),
                )
                for column, (title, _field) in _COLUMNS.items()
            ),
        )


class MatrixField(forms.Field):
    """The rows; cleaned to SKUs to be. A row without a price is not made."""

    def clean(self, value: Mapping[Combination, Mapping[str, str]]) -> Any:
        """Return the specs. Raises ValidationError, naming each faulty combination."""
        specs, faults = [], []
        for combo, row in value.items():
            if not row["price"].strip():
                continue
            try:
                cells = {name: field.clean(row[name]) for name, (_t, field) in _COLUMNS.items()}
            except ValidationError as error:
                faults.append(f"{' / '.join(combo)}: {' '.join(error.messages)}")
                continue
            specs.append(SkuSpec(**{**cells, "stock": cells["stock"] or 0}, options=combo))
        if faults:
            raise ValidationError(faults)
        return specs


class MatrixForm(forms.Form):
    """Step one: the values of each option. Step two: a price for each combination to be made."""

    #: Which combinations the reader has seen as rows.
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, target: Product, most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names, self.most = target.option_names, most
        taken = {tuple(sku.options) for sku in target.skus.all()}
        for place, name in enumerate(self.names):
            values = dict.fromkeys(one[place] for one in sorted(taken) if len(one) > place)
            self.fields[f"values_{place}"] = LinesField(
                label=name, initial="\n".join(values), help_text=_("Values, one a line")
            )
        self.combos: list[Combination] = []
        self.is_new = False
        if self.is_bound:
            self._draw(taken, target.merchant_code or target.public_id)

    def _draw(self, taken: set[Combination], suggested: str) -> None:
        values = [_lines(self.data.get(f"values_{place}", "")) for place in range(len(self.names))]
        if prod(map(len, values)) > self.most:
            self.combos = []
            return
        self.combos = [one for one in combinations(*values) if one not in taken]
        if not self.combos:
            return
        mark = _key(tuple(map(_key, self.combos)))
        self.is_new = self.data.get("seen") != mark
        data: Any = self.data
        self.data = data = data.copy()
        data["seen"] = mark
        table = MatrixTable(self.combos, suggested)
        self.fields["rows"] = MatrixField(label=_("Variants"), widget=table, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        if not self.combos:
            raise ValidationError(
                _("These values make no new variant, or more than %(most)s of them."),
                params={"most": self.most},
            )
        if self.is_new:
            raise ValidationError(
                _("Now give each new variant its price; a row without a price is not made.")
            )
        if not data["rows"]:
            raise ValidationError(_("Give at least one variant a price."))
        return data


class FillMatrix(Act):
    """Many variants in one form (CA-09)."""

    name = "variants"
    label = _("Add variants")
    intro = _(
        "First the values of each option, then a price for each new combination. Variants need no "
        "review, as prices and stock do not; the product keeps selling."
    )
    permission = "catalog.edit"

    def applies(self, actor: Actor, target: Product) -> bool:
        return policies.may_delete(target) and bool(target.option_names)

    def form(self, actor: Actor, target: Product, **kwargs: Any) -> forms.Form:
        most = min(MOST_ROWS, category_rules(target.category).max_skus)
        return MatrixForm(target=target, most=most, **kwargs)

    def preview(self, actor: Actor, target: Product) -> Sequence[tuple[Any, Any]]:
        standing = [" / ".join(sku.options) for sku in target.skus.order_by("pk")]
        return [(_("Variants now"), "、".join(standing))]

    def run(self, *, actor: Actor, target: Product, data: dict[str, Any], at: datetime) -> Any:
        specs = data["rows"]
        try:
            products.add_skus(product=target, specs=specs, actor=actor, at=at)
        except InvalidProduct as refusal:
            raise _named(refusal, specs) from None
        count = len(specs)
        said = ngettext("%(count)s variant is added.", "%(count)s variants are added.", count)
        return said % {"count": count}


def _named(refusal: InvalidProduct, specs: Sequence[SkuSpec]) -> InvalidProduct:
    """Say in words which variant each fault is about, and show it at the table."""
    errors = []
    for fault in refusal.errors:
        place = fault.pointer.split("/")[2:3]
        detail = str(fault.detail)
        if fault.pointer.startswith("/skus/") and place[0].isdecimal():
            variant = " / ".join(specs[int(place[0])].options)
            words = {"variant": variant, "fault": detail}
            detail = gettext("Variant %(variant)s: %(fault)s") % words
        errors.append(replace(fault, pointer="/rows", detail=detail))
    return InvalidProduct(str(refusal.detail), errors=errors)


def _lines(text: str) -> list[str]:
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def _key(combo: Combination) -> str:
    return hashlib.sha256("\x1f".join(combo).encode()).hexdigest()[:16]
