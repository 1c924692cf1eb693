"""Applications of all shops in the operator console: what waits, by when, and for whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import F
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from kernel import clock
from kernel.actors import Actor
from kernel.admin import home
from kernel.admin.base import Act, ConsoleModelAdmin
from kernel.admin.sites import operator_site
from shops.admin import documents, wording
from shops.enums import AdmissionStatus
from shops.models import Admission
from shops.selectors.checklist import checklist, fields_of
from shops.services import reviewing

#: What the figure of answers in time looks back on.
LOOKS_BACK = timedelta(days=30)


class RejectForm(forms.Form):
    """A sentence for each field that is to be corrected."""

    def __init__(self, *args: Any, fields: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in fields.items():
            self.fields[name] = forms.CharField(label=label, max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse a rejection that names nothing."""
        data = super().clean() or {}
        if not any(data.values()):
            raise forms.ValidationError(_("Say what is to be corrected."), code="empty")
        return data


class _Review(Act):
    """A step of the review."""

    permission = "shops.operate"

    def applies(self, actor: Actor, target: Admission) -> bool:
        return target.status == AdmissionStatus.HUMAN_REVIEW


class ClaimAdmission(_Review):
    """SH-03: one reviewer at a time."""

    name = "claim"
    label = _("Take it")
    intro = _("Others see that you are reviewing it.")

    def applies(self, actor: Actor, target: Admission) -> bool:
        return super().applies(actor, target) and target.reviewer_id != actor.user_id

    def run(self, *, actor: Actor, target: Admission, data: dict[str, Any], at: datetime) -> Any:
        reviewing.claim_admission(admission=target, at=at, actor=actor)
        return _("The application is yours to review.")


class ApproveAdmission(_Review):
    """SH-03: the contract waits to be signed."""

    name = "approve"
    label = _("Approve")
    intro = _("The applicant signs the contract next; then the shop opens.")

    def preview(self, actor: Actor, target: Admission) -> Sequence[tuple[Any, Any]]:
        return wording.requirements(checklist(target, at=clock.now()))

    def run(self, *, actor: Actor, target: Admission, data: dict[str, Any], at: datetime) -> Any:
        reviewing.approve_admission(admission=target, at=at, actor=actor)
        return _("The application is approved.")


class RejectAdmission(_Review):
    """SH-03: field by field."""

    name = "reject"
    label = _("Reject")
    intro = _("Write a sentence where something is to be corrected.")
    is_dangerous = True

    def form(self, actor: Actor, target: Admission, **kwargs: Any) -> forms.Form:
        found = checklist(target, at=clock.now())
        labels = {
            field: wording.field_name(field, one) for one in found for field in fields_of(one.asked)
        }
        return RejectForm(fields=labels, **kwargs)

    def run(self, *, actor: Actor, target: Admission, data: dict[str, Any], at: datetime) -> Any:
        rejections = [
            {"field": name, "code": "incorrect", "message": message}
            for name, message in data.items()
            if message
        ]
        reviewing.reject_admission(admission=target, rejections=rejections, at=at, actor=actor)
        return _("The application is sent back.")


@admin.register(Admission, site=operator_site)
class AdmissionReviewPage(ConsoleModelAdmin):
    """Applications of all shops."""

    permission = "shops.operate"
    acts = (ClaimAdmission, ApproveAdmission, RejectAdmission)
    extra_template = "shops/checklist.html"
    ordering: Any = ("due_at", "-pk")
    list_display = ("shop", "legal_name", "status_badge", "due", "reviewer", "decided_at")
    list_filter = ("status", "submitted_at")
    list_select_related = ("shop", "checklist", "reviewer")
    search_fields = ("shop__name", "legal_name", "credit_code")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("shop", "status_badge"),
                    ("submitted_at", "due", "decided_at"),
                    ("reviewer", "checklist"),
                    "faults",
                )
            },
        ),
        (_("Legal data"), {"fields": (("legal_name", "credit_code"), "licence_url")}),
        (_("Contact"), {"fields": (("contact_name", "contact_phone"), "terms_accepted_at")}),
    )

    @display(description=_("status"), label=wording.ADMISSION_TONES)
    def status_badge(self, admission: Admission) -> tuple[str, str]:
        """Its state in words and colour."""
        return admission.status, admission.get_status_display()

    def page_context(self, request: HttpRequest, target: Admission) -> dict[str, Any]:
        rows = target.answers.filter(shop_id=target.shop_id)
        said = dict(rows.values_list("code", "value"))
        files = documents.links("operator", target.shop_id, said.values())
        found = checklist(target, at=clock.now())
        return {"checklist": wording.checklist(found, None, said, files)}

    @display(
        description=_("answer due"),
        ordering="due_at",
        label={"late": "danger", "waiting": "warning", "done": "default"},
    )
    def due(self, admission: Admission) -> Any:
        """By when the platform answers; red once that has passed."""
        if admission.due_at is None:
            return None
        shown = date_format(timezone.localtime(admission.due_at), "SHORT_DATETIME_FORMAT")
        if admission.status != AdmissionStatus.HUMAN_REVIEW:
            return "done", shown
        return ("late" if admission.due_at < clock.now() else "waiting"), shown

    @display(description=_("what to correct"))
    def faults(self, admission: Admission) -> str:
        """What an operator wrote."""
        return wording.faults(admission) or "–"

    @display(description=_("contact's phone"))
    def contact_phone(self, admission: Admission) -> str:
        """Masked."""
        return wording.contact_phone(admission)


def in_time(actor: Actor, at: datetime) -> list[home.Card]:
    """Count what waits for a reviewer, and how many of the answers came in time (SH-03)."""
    if not actor.may("shops.operate"):
        return []
    rows = Admission.objects.visible_to(actor)
    waiting = rows.filter(status=AdmissionStatus.HUMAN_REVIEW)
    decided = rows.filter(decided_at__gt=at - LOOKS_BACK, due_at__isnull=False)
    total, good = decided.count(), decided.filter(decided_at__lte=F("due_at")).count()
    late = waiting.filter(due_at__lt=at).count()
    page = reverse("operator:shops_admission_changelist")
    url = f"{page}?status__exact={AdmissionStatus.HUMAN_REVIEW}"
    return [
        home.Card(
            _("Applications of shops"),
            waiting.count(),
            url,
            "urgent" if late else "warning",
            order=10,
        ),
        home.Card(
            _("Applications answered in time, 30 days"),
            f"{good * 100 // total} %" if total else "–",
            page,
            order=12,
        ),
    ]


home.register("operator", in_time)
