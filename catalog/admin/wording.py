"""How consoles put the catalog into words: colours of badges, prices, texts of many lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from catalog.enums import (
    BulkLineState,
    BulkStatus,
    DisplayState,
    ImportStatus,
    MovementKind,
    PriceEvidence,
    ScreeningEffect,
    ShippingTime,
    Verdict,
)
from catalog.models import Product
from catalog.selectors.diffs import PICTURES, FieldChange
from catalog.services.quality import Diagnosis
from catalog.services.screening.matching import Finding
from kernel import money
from kernel.admin.pictures import picture

STATE_TONES: dict[str, str] = {
    DisplayState.ON_SALE: "success",
    DisplayState.ON_SALE_EDITING: "info",
    DisplayState.DRAFT: "default",
    DisplayState.IN_REVIEW: "warning",
    DisplayState.REJECTED: "danger",
    DisplayState.IN_WAREHOUSE: "primary",
    DisplayState.BANNED: "danger",
    DisplayState.DELETED: "default",
}
VERDICT_TONES: dict[str, str] = {
    Verdict.PENDING: "warning",
    Verdict.APPROVED: "success",
    Verdict.REJECTED: "danger",
    Verdict.CHANGES_REQUESTED: "info",
    Verdict.WITHDRAWN: "default",
}
IMPORT_TONES: dict[str, str] = {
    ImportStatus.QUEUED: "default",
    ImportStatus.RUNNING: "info",
    ImportStatus.DONE: "success",
    ImportStatus.FAILED: "danger",
}
BULK_TONES: dict[str, str] = {
    BulkStatus.PREPARED: "warning",
    BulkStatus.APPLYING: "info",
    BulkStatus.APPLIED: "success",
    BulkStatus.UNDOING: "info",
    BulkStatus.UNDONE: "default",
    BulkStatus.DISCARDED: "default",
}
BULK_LINE_TONES: dict[str, str] = {
    BulkLineState.WAITING: "warning",
    BulkLineState.SAME: "default",
    BulkLineState.BAD: "danger",
    BulkLineState.APPLIED: "success",
    BulkLineState.PASSED: "danger",
    BulkLineState.UNDONE: "default",
    BulkLineState.KEPT: "warning",
}
MOVEMENT_TONES: dict[str, str] = {
    MovementKind.INITIAL: "default",
    MovementKind.INBOUND: "success",
    MovementKind.RETURNED: "success",
    MovementKind.OUTBOUND: "warning",
    MovementKind.SOLD: "primary",
    MovementKind.HOLD: "info",
    MovementKind.RELEASE: "default",
    MovementKind.BUNDLE_IN: "success",
    MovementKind.BUNDLE_OUT: "warning",
    MovementKind.SET_ASIDE: "info",
    MovementKind.SET_FREE: "default",
    MovementKind.DRAWN: "primary",
    MovementKind.PUT_BACK: "default",
}
EFFECT_TONES: dict[str, str] = {
    ScreeningEffect.BLOCK: "danger",
    ScreeningEffect.HUMAN: "warning",
    ScreeningEffect.WARN: "info",
    ScreeningEffect.OFF: "default",
}
STOCK_TONES = {"in_stock": "success", "low_stock": "warning", "out_of_stock": "danger"}

#: Fields whose value is one of a few words.
CHOICES: dict[str, Any] = {"shipping_time": ShippingTime, "price_evidence": PriceEvidence}
#: What a reviewer and a merchant call the fields of a product.
FIELDS: dict[str, str | Promise] = {
    "title": _("title"),
    "brief": _("brief"),
    "description": _("description"),
    "category": _("category"),
    "brand": _("brand"),
    "spu": _("standard product"),
    "unit": _("unit"),
    "attributes": _("attributes"),
    "image_urls": _("pictures"),
    "detail_image_urls": _("detail pictures"),
    "shipping_time": _("shipping time"),
    "price_evidence": _("evidence of the list price"),
    "price_evidence_url": _("picture of the evidence"),
    "option_names": _("options"),
    "merchant_code": _("merchant code"),
    "price": _("price"),
}


def price_band(product: Product) -> str:
    """Return ``¥99.00`` or ``¥99.00 – ¥129.00``; a dash without a price."""
    if product.min_price is None or product.max_price is None:
        return "–"
    low = money.display(product.min_price, product.currency)
    if product.min_price == product.max_price:
        return low
    return f"{low} – {money.display(product.max_price, product.currency)}"


def change(pieces: int) -> str:
    """Return ``+3``, ``−2``, or a dash for nothing."""
    return f"{pieces:+d}".replace("-", "−") if pieces else "–"


def shown_price(amount: int | None, currency: str) -> str:
    """Return the price as people read it; a dash for none."""
    return "–" if amount is None else money.display(amount, currency)


def lines_of(attributes: Sequence[Mapping[str, str]]) -> str:
    """Return attributes as people edit them: ``name=value``, one a line."""
    return "\n".join(f"{one['name']}={one['value']}" for one in attributes)


PART_TONES = {"added": "success", "removed": "danger", "changed": "warning", "kept": "default"}
PART_WORDS = {"added": _("new"), "removed": _("gone"), "changed": _("changed"), "kept": _("same")}


def change_rows(changes: Sequence[FieldChange], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return rows of a table field, before, after; parts of a field carry a badge of their own.

    `names` are those of the public ids in it.
    """
    rows: list[dict[str, Any]] = []
    for one in changes:
        is_pictures = one.field in PICTURES
        rows.append(
            {
                "title": FIELDS.get(one.field, one.field),
                "before": _value(one.field, one.before, names),
                "after": _value(one.field, one.after, names),
                "parts": [
                    {
                        "name": "" if is_pictures else part.name,
                        "picture": picture(part.name, size="big") if is_pictures else "",
                        "before": part.before,
                        "after": part.after,
                        "state": part.state,
                        "word": PART_WORDS[part.state],
                        "tone": PART_TONES[part.state],
                    }
                    for part in one.parts
                ],
            }
        )
    return rows


def _value(field: str, value: Any, names: Mapping[str, str]) -> str:
    if field in CHOICES and value:
        return str(CHOICES[field](value).label)
    return "" if value in (None, [], "") else names.get(str(value), str(value))


def content_rows(
    content: Mapping[str, Any], names: Mapping[str, str]
) -> list[tuple[str | Promise, str]]:
    """Return rows (field, value) of a review's content; `names` are those of public ids in it."""
    rows = []
    for name, title in FIELDS.items():
        value = content.get(name)
        if value in (None, "", []):
            continue
        if name == "attributes":
            text = lines_of(value)
        elif name in PICTURES:
            text = format_html_join(" ", "{}", ((picture(url, size="big"),) for url in value))
        elif name in CHOICES:
            text = str(CHOICES[name](value).label)
        elif isinstance(value, list):
            text = "\n".join(str(one) for one in value)
        else:
            text = names.get(value, str(value))
        rows.append((title, text))
    return rows


def findings(found: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return what rules found as pages draw it."""
    return [
        {
            "title": FIELDS.get(one.field, one.field),
            "message": one.message,
            "effect": one.rule.get_effect_display(),
            "tone": EFFECT_TONES[one.rule.effect],
            "rule": str(one.rule),
        }
        for one in found
    ]


def quality(diagnosis: Diagnosis) -> dict[str, Any]:
    """Return a diagnosis as pages draw it."""
    return {
        "score": diagnosis.score,
        "tone": "success" if diagnosis.is_passed else "warning",
        "problems": [
            {
                "field": one.field,
                "title": FIELDS[one.field],
                "points": one.points,
                "suggestion": one.suggestion,
            }
            for one in diagnosis.problems
        ],
    }
