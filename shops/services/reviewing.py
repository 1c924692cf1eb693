"""What an operator does with an application (SH-03): taken, sent back field by field, approved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.errors import OwnCase
from kernel import audit, states
from kernel.actors import Actor
from shops.enums import AdmissionStatus, StaffStatus
from shops.errors import AdmissionClaimed, GrantsMissing, MerchantMismatch, RequirementUnknown
from shops.models import Admission, Merchant, Staff
from shops.selectors.checklist import fields_of, grants_bear_type, requirements_of, seal, values_of


@transaction.atomic
def claim_admission(*, admission: Admission, at: datetime, actor: Actor) -> Admission:
    """Take an application to review it; ADMISSION_CLAIM_LASTS later somebody else may.

    Raises AdmissionClaimed while another reviewer has it, OwnCase.
    """
    admission = _lock(admission.pk)
    _refuse_own(admission, actor)
    _refuse_claimed(admission, at, actor)
    admission.reviewer_id, admission.claimed_at = actor.user_id, at
    admission.save(update_fields=["reviewer", "claimed_at"])
    audit.record(actor=actor, action="shops.claim_admission", target=admission, at=at)
    return admission


@transaction.atomic
def approve_admission(*, admission: Admission, at: datetime, actor: Actor) -> Admission:
    """Accept the application for its legal entity, known or new; the contract waits to be signed.

    Raises MerchantMismatch when the credit code is known under another name, GrantsMissing while
    accepted grants do not bear the type (SH-02), OwnCase for one's own shop,
    AdmissionClaimed, IllegalTransition.
    """
    admission = _lock(admission.pk)
    _refuse_own(admission, actor)
    _refuse_claimed(admission, at, actor)
    states.move_all(
        Admission,
        [admission.pk],
        path=[AdmissionStatus.APPROVED, AdmissionStatus.SIGNING],
        at=at,
        actor=actor,
        decided_at=at,
    )
    if not grants_bear_type(admission, at=at):
        raise GrantsMissing
    merchant, _is_new = Merchant.objects.get_or_create(
        credit_code=admission.credit_code, defaults={"legal_name": admission.legal_name}
    )
    if merchant.legal_name != admission.legal_name:
        raise MerchantMismatch
    admission.shop.merchant = merchant
    admission.shop.save(update_fields=["merchant"])
    audit.record(
        actor=actor,
        action="shops.approve_admission",
        target=admission,
        at=at,
        after={"merchant": merchant.public_id},
    )
    return _lock(admission.pk)


@transaction.atomic
def reject_admission(
    *, admission: Admission, rejections: Sequence[Mapping[str, str]], at: datetime, actor: Actor
) -> Admission:
    """Send it back with what to correct: ``{"field", "code", "message"}`` each.

    Everything else is accepted, and stays so as long as the applicant does not change it.

    Raises OwnCase for one's own shop, RequirementUnknown for a field that the checklist does not
    ask for, AdmissionClaimed, IllegalTransition.
    """
    admission = _lock(admission.pk)
    _refuse_own(admission, actor)
    _refuse_claimed(admission, at, actor)
    asked = requirements_of(admission, at=at)
    values = values_of(admission, asked, at=at)
    faults = sealed(rejections, asked, values)
    sent_back = {one["field"] for one in faults}
    accepted = {
        one["code"]: seal([values[field] for field in fields_of(one)])
        for one in asked
        if not sent_back.intersection(fields_of(one))
    }
    states.move(
        admission,
        to=AdmissionStatus.REJECTED,
        at=at,
        actor=actor,
        decided_at=at,
        rejections=faults,
        accepted=accepted,
        version=admission.version + 1,
    )
    audit.record(
        actor=actor,
        action="shops.reject_admission",
        target=admission,
        at=at,
        after={"rejections": [dict(one) for one in rejections]},
    )
    return admission


def sealed(
    rejections: Sequence[Mapping[str, str]],
    asked: Sequence[Mapping[str, Any]],
    values: Mapping[str, Any],
) -> list[dict[str, str]]:
    """Return the rejections with what recognises the values that were looked at.

    Raises RequirementUnknown.
    """
    known = {field for one in asked for field in fields_of(one)}
    for one in rejections:
        if one["field"] not in known:
            raise RequirementUnknown(extra={"field": one["field"]})
    return [dict(one) | {"seen": seal(values[one["field"]])} for one in rejections]


def _lock(admission_id: int) -> Admission:
    rows = Admission.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("shop", "checklist").get(pk=admission_id)


def _refuse_own(admission: Admission, actor: Actor) -> None:
    mine = Staff.objects.filter(shop_id=admission.shop_id, status=StaffStatus.ACTIVE)
    if actor.user_id is not None and mine.filter(user_id=actor.user_id).exists():
        raise OwnCase


def _refuse_claimed(admission: Admission, at: datetime, actor: Actor) -> None:
    if admission.claimed_at is None or admission.reviewer_id in (None, actor.user_id):
        return
    until = admission.claimed_at + settings.ADMISSION_CLAIM_LASTS
    if until > at:
        raise AdmissionClaimed(extra={"until": until.isoformat()})
