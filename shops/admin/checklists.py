"""The platform's checklists in the operator console (SH-04)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from kernel.actors import Actor
from kernel.admin.base import Act, ConsoleModelAdmin
from kernel.admin.sites import operator_site
from shops.enums import FieldKind, RequirementKind, ShopType
from shops.models import Checklist
from shops.selectors.checklist import BUILT_IN, top_categories
from shops.services import checklists

#: Kinds that are there or not, in the order of the checklist.
_PLAIN = (
    RequirementKind.TERMS,
    RequirementKind.PROFILE,
    RequirementKind.LICENCE,
    RequirementKind.BILLING_ADDRESS,
    RequirementKind.RETURN_ADDRESS,
    RequirementKind.FREIGHT,
    RequirementKind.GUARANTEES,
    RequirementKind.MANUAL_REVIEW,
)
_LINES = forms.Textarea(attrs={"rows": "4"})


class ChecklistForm(forms.Form):
    """Ticks for what is known, lines for declarations and questions."""

    shop_type = forms.ChoiceField(label=_("Type of shop"), required=False)
    category = forms.ChoiceField(label=_("Top category"), required=False)
    kinds = forms.MultipleChoiceField(
        label=_("Asked for"),
        choices=[(str(one), one.label) for one in _PLAIN],
        initial=[one["kind"] for one in BUILT_IN],
        widget=forms.CheckboxSelectMultiple,
    )
    minimum = forms.IntegerField(
        label=_("Products at least"), required=False, min_value=1, max_value=1000
    )
    attestations = forms.CharField(
        label=_("Declarations"),
        required=False,
        widget=_LINES,
        help_text=_("One a line: code | sentence that the applicant declares"),
    )
    papers = forms.CharField(
        label=_("Documents"),
        required=False,
        widget=_LINES,
        help_text=_("One a line: code | which document is to be uploaded"),
    )
    questions = forms.CharField(
        label=_("Further questions"),
        required=False,
        widget=_LINES,
        help_text=_("One a line: code | question | text, number, date or choice | choices; by ;"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        types: Any = self.fields["shop_type"]
        types.choices = [("", _("every type")), *ShopType.choices]
        categories: Any = self.fields["category"]
        categories.choices = [("", _("every category")), *top_categories()]


class PublishChecklist(Act):
    """SH-04: a new version, from now on."""

    name = "publish"
    label = _("Publish a checklist")
    intro = _(
        "It holds from now on. Applications that were sent keep the version they were sent by."
    )
    permission = "shops.operate"
    form_class = ChecklistForm
    on_object = False

    def run(self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime) -> Any:
        asked: list[dict[str, Any]] = [{"kind": kind} for kind in data["kinds"]]
        if data["minimum"]:
            asked.append({"kind": RequirementKind.MINIMUM_PRODUCTS, "minimum": data["minimum"]})
        asked += [_attestation(line) for line in _lines(data["attestations"])]
        asked += [_paper(line) for line in _lines(data["papers"])]
        asked += [_question(line) for line in _lines(data["questions"])]
        made = checklists.publish_checklist(
            shop_type=data["shop_type"],
            category=data["category"],
            requirements=asked,
            at=at,
            actor=actor,
        )
        return _("Version %(number)s holds.") % {"number": made.number}


@admin.register(Checklist, site=operator_site)
class ChecklistPage(ConsoleModelAdmin):
    """Checklists with their versions."""

    permission = "shops.operate"
    acts = (PublishChecklist,)
    empty_hint = _("Applications are asked for what is built in. Publish a checklist to ask more.")
    list_display = ("type_name", "category_name", "number", "starts_at", "ends_at")
    list_filter = ("shop_type",)
    fields = (
        ("type_name", "category_name"),
        ("number", "created_by_label"),
        ("starts_at", "ends_at"),
        "asked",
    )

    @display(description=_("type of shop"))
    def type_name(self, one: Checklist) -> Any:
        """By name."""
        return one.get_shop_type_display() or _("every type")

    @display(description=_("top category"))
    def category_name(self, one: Checklist) -> Any:
        """By name."""
        return dict(top_categories()).get(one.category, one.category or _("every category"))

    @display(description=_("Asked for"))
    def asked(self, one: Checklist) -> str:
        """One a line."""
        names = [(one["label"] or RequirementKind(one["kind"]).label,) for one in one.requirements]
        return format_html_join("", "<div>{}</div>", names)


def _lines(text: str) -> list[list[str]]:
    lines = [line.strip() for line in text.splitlines()]
    return [[part.strip() for part in line.split("|")] for line in lines if line]


def _attestation(parts: list[str]) -> dict[str, Any]:
    code, label = [*parts, ""][:2]
    return {"kind": RequirementKind.ATTESTATION, "code": code, "label": label}


def _paper(parts: list[str]) -> dict[str, Any]:
    return _attestation(parts) | {"kind": RequirementKind.DOCUMENT}


def _question(parts: list[str]) -> dict[str, Any]:
    code, label, field, choices = [*parts, "", "", ""][:4]
    return {
        "kind": RequirementKind.CUSTOM_FIELD,
        "code": code,
        "label": label,
        "field": field or FieldKind.TEXT,
        "choices": [one for one in choices.split(";") if one.strip()],
    }
