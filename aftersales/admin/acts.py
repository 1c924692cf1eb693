"""What can be done to a case in the consoles."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales import policies
from aftersales.enums import (
    FIRST_REJECTIONS,
    NEED_EVIDENCE,
    SECOND_REJECTIONS,
    CaseKind,
    Inspection,
    RejectCode,
)
from aftersales.models import RefundCase
from aftersales.services import (
    arbitration,
    deadlines,
    deciding,
    previews,
    records,
    returns,
    shipping_anyway,
)
from aftersales.services.deciding import Rejection
from aftersales.services.shipping_anyway import AnywayParcel
from kernel import money
from kernel.actors import Actor
from kernel.admin.base import Act
from kernel.errors import NotAllowed
from orders.enums import Carrier

MAX_IMAGES = 8


class VersionForm(forms.Form):
    """Carries the version that the reader saw: a decision on an older one is refused (AF-16)."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class RemarkForm(VersionForm):
    """A yes, perhaps with a word."""

    remark = forms.CharField(
        label=_("Remark for the buyer"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": "3"}),
    )


class AddressesField(forms.CharField):
    """Addresses of pictures, one a line; cleaned to a list."""

    widget = forms.Textarea(attrs={"rows": "3"})

    def clean(self, value: Any) -> list[str]:
        """Return the addresses. Raises ValidationError for too many, or for what is none."""
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > MAX_IMAGES:
            raise ValidationError(_("At most eight pictures."))
        for line in lines:
            if len(line) > 300 or not line.startswith(("http://", "https://", "/")):
                raise ValidationError(_("A picture's address begins with https:// or /."))
        return lines


class RejectForm(VersionForm):
    """A no, with its reason."""

    code = forms.ChoiceField(label=_("Reason"))
    remark = forms.CharField(
        label=_("Explanation for the buyer"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": "3"}),
    )
    image_urls = AddressesField(
        label=_("Evidence"), required=False, help_text=_("Addresses of pictures, one a line.")
    )


class InspectionForm(forms.Form):
    """What was in the parcel."""

    inspection = forms.ChoiceField(
        label=_("The goods"), choices=Inspection.choices, widget=forms.RadioSelect
    )


class AcceptForm(InspectionForm, RemarkForm):
    """A yes to goods that came back."""


class MessageForm(forms.Form):
    """Words and pictures."""

    text = forms.CharField(
        label=_("Text"), max_length=500, widget=forms.Textarea(attrs={"rows": "4"})
    )
    image_urls = AddressesField(
        label=_("Pictures"), required=False, help_text=_("Addresses of pictures, one a line.")
    )


class NoteForm(forms.Form):
    """Words that only support reads."""

    text = forms.CharField(
        label=_("Note"), max_length=500, widget=forms.Textarea(attrs={"rows": "4"})
    )


class JudgementForm(VersionForm):
    """Why support decides so."""

    reason = forms.CharField(
        label=_("Reason, for both sides"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": "4"}),
    )


class CaseAct(Act):
    """An act of the case page, offered when the policy says so."""

    permission = "aftersales.decide"
    #: The name the policy knows it by, when it is not the act's own.
    policy: ClassVar[str] = ""

    def applies(self, actor: Actor, target: RefundCase) -> bool:
        return (self.policy or self.name) in policies.acts(target, actor)

    def form(self, actor: Actor, target: RefundCase, **kwargs: Any) -> forms.Form:
        return self.form_class(initial={"version": target.version}, **kwargs)


class Approve(CaseAct):
    name = "approve"
    label = pgettext_lazy("refund", "Approve")
    form_class = RemarkForm

    def preview(self, actor: Actor, target: RefundCase) -> Sequence[tuple[str | Promise, Any]]:
        happens = _("The money goes back to the buyer.")
        if target.kind == CaseKind.RETURN_AND_REFUND:
            happens = _("The buyer may send the goods to your return address.")
        return [*_facts(target), (_("What happens"), happens)]

    def run(self, *, actor: Actor, target: RefundCase, data: dict[str, Any], at: datetime) -> Any:
        deciding.approve(case_id=target.pk, at=at, actor=actor, **data)
        return _("The request was approved.")


class Reject(CaseAct):
    name = "reject"
    label = pgettext_lazy("refund", "Reject")
    form_class = RejectForm
    is_dangerous = True

    def form(self, actor: Actor, target: RefundCase, **kwargs: Any) -> forms.Form:
        return _with_codes(
            super().form(actor, target, **kwargs), FIRST_REJECTIONS[CaseKind(target.kind)]
        )

    def run(self, *, actor: Actor, target: RefundCase, data: dict[str, Any], at: datetime) -> Any:
        deciding.reject(
            case_id=target.pk,
            version=data["version"],
            rejection=_rejection(data),
            at=at,
            actor=actor,
        )
        return _("The request was rejected.")


class RejectAndShipForm(RejectForm):
    """A no, and the parcel that leaves with it."""

    request_id = forms.CharField(widget=forms.HiddenInput, max_length=80)
    carrier = forms.ChoiceField(label=_("Carrier"), choices=Carrier.choices)
    tracking_number = forms.CharField(label=_("Tracking number"), max_length=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["request_id"].initial = uuid.uuid4().hex


class RejectAndShip(CaseAct):
    name = "reject-and-ship"
    label = _("Reject and ship")
    intro = _("The refund is refused and all pieces that are left go into one parcel.")
    form_class = RejectAndShipForm
    is_dangerous = True

    def form(self, actor: Actor, target: RefundCase, **kwargs: Any) -> forms.Form:
        return _with_codes(
            super().form(actor, target, **kwargs), FIRST_REJECTIONS[CaseKind.REFUND_UNSHIPPED]
        )

    def run(self, *, actor: Actor, target: RefundCase, data: dict[str, Any], at: datetime) -> Any:
        if not actor.may("orders.ship"):  # an act names one permission; this one needs two
            raise NotAllowed
        shipping_anyway.reject_and_ship(
            case_id=target.pk,
            version=data["version"],
            rejection=_rejection(data),
            parcel=AnywayParcel(data["request_id"], data["carrier"], data["tracking_number"]),
            at=at,
            actor=actor,
        )
        return _("The refund was rejected, and the parcel is on its way.")


class MarkReceived(CaseAct):
    name = "mark-received"
    label = _("Parcel received")
    intro = _("The parcel arrived. You have 48 hours to look at the goods.")

    def form(self, actor: Actor, target: RefundCase, **kwargs: Any) -> forms.Form:
        return self.form_class(**kwargs)

    def run(self, *, actor: Actor, target: RefundCase, data: dict[str, Any], at: datetime) -> Any:
        returns.mark_received(case_id=target.pk, at=at, actor=actor)
        return _("The parcel was received.")


class AcceptReturn(CaseAct):
    name = "accept-return"
    label = _("Accept the return")
    intro = _("Goods that can be sold again go to stock. The money goes back to the buyer.")
    form_class = AcceptForm

    def preview(self, actor: Actor, target: RefundCase) -> Sequence[tuple[str | Promise, Any]]:
        return _facts(target)

    def run(self, *, actor: Actor, target: RefundCase, data: dict[str, Any], at: datetime) -> Any:
        returns.accept_return(case_id=target.pk, at=at, actor=actor, **data)
        return _("The return was accepted.")


class RejectReturn(CaseAct):
    name = "reject-return"
    label = _("Reject the return")
    form_class = RejectForm
    is_dangerous = True

    def form(self, actor: Actor, target: RefundCase, **kwargs: Any) -> forms.Form:
        return _with_codes(super().form(actor, target, **kwargs), SECOND_REJECTIONS)

    def run(self, *, actor: Actor, target: RefundCase, data: dict[str, Any], at: datetime) -> Any:
        deciding.reject_return(
            case_id=target.pk,
            version=data["version"],
            rejection=_rejection(data),
            at=at,
            actor=actor,
        )
        return _("The return was rejected.")


class Inspect(CaseAct):
    name = "inspect"
    label = _("Inspect the goods")
    intro = _("The money went back already. Goods that can be sold again go to stock.")
    form_class = InspectionForm

    def form(self, actor: Actor, target: RefundCase, **kwargs: Any) -> forms.Form:
        return self.form_class(**kwargs)

    def run(self, *, actor: Actor, target: RefundCase, data: dict[str, Any], at: datetime) -> Any:
        returns.record_inspection(case_id=target.pk, at=at, actor=actor, **data)
        return _("The goods were inspected.")


class Message(CaseAct):
    name = "message"
    label = _("Write a message")
    form_class = MessageForm

    def run(self, *, actor: Actor, target: RefundCase, data: dict[str, Any], at: datetime) -> Any:
        records.say(case_id=target.pk, at=at, actor=actor, **data)
        return _("The message was added.")


class Escalate(CaseAct):
    name = "escalate"
    label = _("Call platform support")
    intro = _("Support will decide this case. Until then nothing happens by itself.")
    form_class = MessageForm

    def run(self, *, actor: Actor, target: RefundCase, data: dict[str, Any], at: datetime) -> Any:
        arbitration.escalate(case_id=target.pk, at=at, actor=actor, **data)
        return _("Platform support was called.")


class TakeUp(Escalate):
    label = _("Take the case up")
    intro = _("You will decide this case. Until then nothing happens by itself.")


class Note(CaseAct):
    name = "note"
    label = _("Add a note")
    intro = _("Only support reads notes.")
    form_class = NoteForm

    def run(self, *, actor: Actor, target: RefundCase, data: dict[str, Any], at: datetime) -> Any:
        records.note(case_id=target.pk, at=at, actor=actor, **data)
        return _("The note was added.")


class DecideForBuyer(CaseAct):
    name = "decide-for-buyer"
    label = _("Decide for the buyer")
    intro = _("The money goes back to the buyer at once.")
    form_class = JudgementForm
    policy = "decide"

    def preview(self, actor: Actor, target: RefundCase) -> Sequence[tuple[str | Promise, Any]]:
        plan = previews.who_pays(target)
        bearers = [(one.label, money.display(one.amount, one.currency)) for one in plan.bearers]
        return [(_("The buyer gets"), money.display(plan.amount, plan.currency)), *bearers]

    def run(self, *, actor: Actor, target: RefundCase, data: dict[str, Any], at: datetime) -> Any:
        arbitration.decide(case_id=target.pk, is_for_buyer=True, at=at, actor=actor, **data)
        return _("Decided for the buyer.")


class DecideForShop(CaseAct):
    name = "decide-for-shop"
    label = _("Decide for the shop")
    intro = _("The case is closed without a refund.")
    form_class = JudgementForm
    policy = "decide"
    is_dangerous = True

    def run(self, *, actor: Actor, target: RefundCase, data: dict[str, Any], at: datetime) -> Any:
        arbitration.decide(case_id=target.pk, is_for_buyer=False, at=at, actor=actor, **data)
        return _("Decided for the shop.")


class BringForward(Act):
    name = "bring-forward"
    label = _("Make the deadline now")
    intro = _("Sandbox only: the next sweep does what would have happened at the deadline.")
    permission = "aftersales.operate"

    def applies(self, actor: Actor, target: RefundCase) -> bool:
        return deadlines.can_bring_forward(target)

    def run(self, *, actor: Actor, target: RefundCase, data: dict[str, Any], at: datetime) -> Any:
        deadlines.bring_forward(case_id=target.pk, at=at, actor=actor)
        return _("The deadline is now.")


def _facts(case: RefundCase) -> list[tuple[str | Promise, Any]]:
    return [
        (_("The buyer gets"), money.display(case.amount, case.currency)),
        (_("Pieces"), case.quantity),
    ]


def _with_codes(form: forms.Form, codes: Sequence[RejectCode]) -> forms.Form:
    field: Any = form.fields["code"]
    field.choices = [(code.value, _marked(code)) for code in codes]
    return form


def _marked(code: RejectCode) -> str | Promise:
    if code not in NEED_EVIDENCE:
        return code.label
    return _("%(code)s (with evidence)") % {"code": code.label}


def _rejection(data: dict[str, Any]) -> Rejection:
    return Rejection(code=data["code"], remark=data["remark"], image_urls=tuple(data["image_urls"]))
