"""The shop's application in the merchant console: a checklist, and what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from kernel import clock
from kernel.actors import Actor
from kernel.admin import home
from kernel.admin.base import Act, ConsoleModelAdmin
from kernel.admin.sites import merchant_site
from kernel.admin.wording import person
from kernel.text import PHONE
from shops.admin import documents, wording
from shops.enums import AdmissionStatus, FieldKind, RequirementKind
from shops.models import Admission, AdmissionAnswer
from shops.selectors.checklist import (
    ANSWERED,
    Requirement,
    checklist,
    requirements_of,
    top_categories,
)
from shops.services import admissions, opening
from shops.services.admissions import AdmissionData

_OPEN = (AdmissionStatus.DRAFT, AdmissionStatus.REJECTED)
#: The next step is the applicant's.
_WAITS_FOR_SHOP = (*_OPEN, AdmissionStatus.SIGNING, AdmissionStatus.DEPOSIT_DUE)


class AdmissionForm(forms.Form):
    """The application; an empty phone stays as it is."""

    legal_name = forms.CharField(label=_("Legal name"), max_length=120)
    credit_code = forms.RegexField(
        r"^[0-9A-Za-z]{18}\Z", label=_("Unified social credit code"), max_length=18
    )
    contact_name = forms.CharField(label=_("Contact"), max_length=60)
    contact_phone = forms.RegexField(
        PHONE,
        label=_("Contact's phone"),
        max_length=20,
        required=False,
        help_text=_("Leave it empty to keep the one that is stored."),
    )
    licence_url = forms.URLField(label=_("Business licence"), max_length=300, assume_scheme="https")
    category = forms.ChoiceField(label=_("Top category"), required=False)
    accepts_terms = forms.BooleanField(label=_("I accept the terms"))
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["category"]
        field.choices = [("", "–"), *top_categories()]


class EditAdmission(Act):
    """SH-03: a draft, or what was sent back."""

    name = "edit"
    label = _("Edit")
    permission = "shops.edit"

    def applies(self, actor: Actor, target: Any) -> bool:
        return target.status in _OPEN

    def form(self, actor: Actor, target: Any, **kwargs: Any) -> forms.Form:
        names_ = ("legal_name", "credit_code", "contact_name", "licence_url", "version", "category")
        initial = {name: getattr(target, name) for name in names_}
        initial["accepts_terms"] = target.terms_accepted_at is not None
        return AdmissionForm(initial=initial, **kwargs)

    def run(self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime) -> Any:
        version = data.pop("version")
        given = AdmissionData(**data)
        if not given.contact_phone:
            given = replace(given, contact_phone=None)
        admissions.edit_admission(
            admission_id=target.pk, data=given, version=version, at=at, actor=actor
        )
        return _("The application is saved.")


class AnswerForm(forms.Form):
    """What the checklist asks beyond the application; what is left empty stays as it is."""

    def __init__(self, *args: Any, asked: Sequence[Any], said: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in asked:
            label = one["label"] or RequirementKind(one["kind"]).label
            self.fields[one["code"]] = _field(one, label, said.get(one["code"]))


class AnswerRequirements(Act):
    """SH-04: declarations, documents, the billing address, further questions."""

    name = "answer"
    label = _("Answer the checklist")
    permission = "shops.edit"

    def applies(self, actor: Actor, target: Any) -> bool:
        return target.status in _OPEN and bool(_asked(target))

    def form(self, actor: Actor, target: Any, **kwargs: Any) -> forms.Form:
        return AnswerForm(asked=_asked(target), said=_said(target), **kwargs)

    def run(self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime) -> Any:
        given = {
            code: _kept(value, target, actor, at) if isinstance(value, UploadedFile) else value
            for code, value in data.items()
            if value not in (None, "", False)
        }
        admissions.answer_requirements(admission_id=target.pk, answers=given, at=at, actor=actor)
        return _("The answers are saved.")


class SubmitAdmission(Act):
    """SH-04: the checklist is shown above."""

    name = "submit"
    label = _("Submit")
    permission = "shops.edit"

    def applies(self, actor: Actor, target: Any) -> bool:
        return target.status in _OPEN

    def preview(self, actor: Actor, target: Any) -> Sequence[tuple[Any, Any]]:
        return wording.requirements(checklist(target, at=clock.now()))

    def run(self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime) -> Any:
        sent = admissions.submit_admission(admission_id=target.pk, at=at, actor=actor)
        if sent.status == AdmissionStatus.REJECTED:
            return _("A check found something to correct: see the checklist.")
        return _("The application is with the platform.")


class SignAdmission(Act):
    """SH-03: the last step of the applicant."""

    name = "sign"
    label = _("Sign the contract")
    intro = _("The shop opens, or tells what is due before it does.")
    permission = "shops.binding"

    def applies(self, actor: Actor, target: Any) -> bool:
        return target.status == AdmissionStatus.SIGNING

    def preview(self, actor: Actor, target: Any) -> Sequence[tuple[Any, Any]]:
        return [(_("Legal name"), target.legal_name), (_("Shop name"), target.shop.name)]

    def run(self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime) -> Any:
        signed = admissions.sign_admission(admission_id=target.pk, at=at, actor=actor)
        if signed.status == AdmissionStatus.DEPOSIT_DUE:
            return _("The contract is signed. See what is due before the shop opens.")
        return _("The shop is open.")


@admin.register(Admission, site=merchant_site)
class AdmissionPage(ConsoleModelAdmin):
    """The shop's application."""

    permission = "shops.view"
    acts = (EditAdmission, AnswerRequirements, SubmitAdmission, SignAdmission)
    extra_template = "shops/checklist.html"
    list_display = ("shop", "status_badge", "submitted_at", "due_at", "decided_at")
    list_select_related = ("shop", "checklist")
    fieldsets = (
        (None, {"fields": ("status_badge", ("submitted_at", "due_at", "decided_at"), "faults")}),
        (
            _("Legal data"),
            {"fields": (("legal_name", "credit_code"), ("category_name", "licence_url"))},
        ),
        (_("Contact"), {"fields": (("contact_name", "contact_phone"), "terms_accepted_at")}),
        (_("Contract"), {"fields": (("signature", "signer"),)}),
    )

    def page_context(self, request: HttpRequest, target: Admission) -> dict[str, Any]:
        at, said = clock.now(), _said(target)
        is_open = target.status in _OPEN and self.actor(request).may("shops.edit")
        files = documents.links("merchant", target.shop_id, said.values())
        link = (lambda one, field: _fix(target, one, field)) if is_open else None
        return {
            "checklist": wording.checklist(checklist(target, at=at), link, said, files),
            "conditions": opening.check(target.shop, at=at)
            if target.status in (AdmissionStatus.SIGNING, AdmissionStatus.DEPOSIT_DUE)
            else (),
        }

    @display(description=_("status"), label=wording.ADMISSION_TONES)
    def status_badge(self, admission: Admission) -> tuple[str, str]:
        """Its state in words and colour."""
        return admission.status, admission.get_status_display()

    @display(description=_("what to correct"))
    def faults(self, admission: Admission) -> str:
        """What an operator wrote."""
        return wording.faults(admission) or "–"

    @display(description=_("contact's phone"))
    def contact_phone(self, admission: Admission) -> str:
        """Masked."""
        return wording.contact_phone(admission)

    @display(description=_("top category"))
    def category_name(self, admission: Admission) -> str:
        """By name, or a dash."""
        return dict(top_categories()).get(admission.category, "–")

    @display(description=_("contract signed at"))
    def signature(self, admission: Admission) -> str | None:
        """When."""
        at = admission.signed_at
        return date_format(localtime(at), "SHORT_DATETIME_FORMAT") if at else None

    @display(description=_("signed by"))
    def signer(self, admission: Admission) -> str:
        """Who, with the role."""
        return person(admission.signed_by_label)


def next_step(actor: Actor, at: datetime) -> list[home.Card]:
    """Lead a shop that is not open to its application while that waits for the shop."""
    rows = Admission.objects.visible_to(actor).select_related("shop", "checklist")
    waiting = rows.filter(status__in=_WAITS_FOR_SHOP) if actor.may("shops.view") else rows.none()
    return [
        home.Card(
            _("Your application"),
            str(one.get_status_display()),
            reverse("merchant:shops_admission_change", args=[one.public_id]),
            "warning",
            _left(one, at),
            order=1,
        )
        for one in waiting
    ]


home.register("merchant", next_step)


def _left(admission: Admission, at: datetime) -> str:
    if admission.status not in _OPEN:
        return ""
    left = sum(one.is_in_the_way for one in checklist(admission, at=at))
    return gettext("Left on the checklist: %(count)s") % {"count": left} if left else ""


def _asked(admission: Admission) -> list[Any]:
    asked = requirements_of(admission, at=clock.now())
    return [one for one in asked if one["kind"] in ANSWERED]


def _said(admission: Admission) -> dict[str, Any]:
    rows = AdmissionAnswer.objects.filter(shop_id=admission.shop_id, admission_id=admission.pk)
    return dict(rows.values_list("code", "value"))


def _kept(file: UploadedFile[Any], admission: Admission, actor: Actor, at: datetime) -> str:
    return documents.taken(file, shop_id=admission.shop_id, actor=actor, at=at).public_id


def _field(asked: Any, label: Any, said: Any) -> forms.Field:
    if asked["kind"] == RequirementKind.ATTESTATION:
        return forms.BooleanField(label=label, required=False, initial=bool(said))
    if asked["kind"] == RequirementKind.DOCUMENT:
        return documents.DocumentField(label=label, required=False)
    kind = asked.get("field", FieldKind.TEXT)
    if kind == FieldKind.CHOICE:
        choices = [("", "–"), *((one, one) for one in asked["choices"])]
        return forms.ChoiceField(label=label, required=False, choices=choices, initial=said)
    if kind == FieldKind.DATE:
        widget = forms.DateInput(attrs={"type": "date"})
        return forms.CharField(label=label, required=False, initial=said, widget=widget)
    if kind == FieldKind.NUMBER:
        return forms.IntegerField(label=label, required=False, initial=said, min_value=0)
    return forms.CharField(label=label, required=False, initial=said, max_length=500)


def _fix(admission: Admission, one: Requirement, field: str) -> str:
    """Return where `field` of the requirement is mended."""
    own, shop = admission.public_id, admission.shop.public_id
    if field == "name":
        return _do("shop", shop, "rename", "name")
    if one.kind in (RequirementKind.TERMS, RequirementKind.PROFILE, RequirementKind.LICENCE):
        place = {"terms": "accepts_terms", "legal_data": "legal_name", "licence": "licence_url"}
        return _do("admission", own, "edit", place.get(field, field))
    if one.kind in ANSWERED:
        return _do("admission", own, "answer", field)
    if one.kind == RequirementKind.FREIGHT:
        return _do("shop", shop, "set-freight", "flat_amount")
    if one.kind == RequirementKind.GUARANTEES:
        return _do("shop", shop, "start-guarantee", "kind")
    if one.kind == RequirementKind.RETURN_ADDRESS:
        return reverse("merchant:shops_returnaddress_changelist")
    if one.kind == RequirementKind.MINIMUM_PRODUCTS:
        return reverse("merchant:catalog_product_changelist")
    return ""


def _do(model: str, public_id: str, act: str, field: str) -> str:
    return f"{reverse(f'merchant:shops_{model}_do', args=[public_id, act])}#id_{field}"
