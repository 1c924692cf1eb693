"""How the consoles put rows of this room into words and colours."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kernel import money
from kernel.crypto import decrypt
from kernel.text import mask_phone
from shops.enums import (
    AdmissionStatus,
    ApprovalStatus,
    BindingStatus,
    RequirementState,
    ShopStatus,
    StaffStatus,
)
from shops.models import Admission, FreightTemplate
from shops.selectors.checklist import Requirement

SHOP_TONES = {
    ShopStatus.PREPARING: "info",
    ShopStatus.OPEN: "success",
    ShopStatus.SUSPENDED: "warning",
    ShopStatus.CLOSED: "danger",
}
ADMISSION_TONES = {
    AdmissionStatus.DRAFT: "default",
    AdmissionStatus.SUBMITTED: "info",
    AdmissionStatus.MACHINE_CHECK: "info",
    AdmissionStatus.HUMAN_REVIEW: "warning",
    AdmissionStatus.REJECTED: "danger",
    AdmissionStatus.APPROVED: "success",
    AdmissionStatus.SIGNING: "warning",
    AdmissionStatus.DEPOSIT_DUE: "warning",
    AdmissionStatus.OPEN: "success",
}
REQUIREMENT_TONES = {
    RequirementState.INCOMPLETE: "default",
    RequirementState.PENDING: "info",
    RequirementState.REJECTED: "danger",
    RequirementState.COMPLETE: "success",
}
STAFF_TONES = {
    StaffStatus.INVITED: "info",
    StaffStatus.ACTIVE: "success",
    StaffStatus.REMOVED: "default",
}
APPROVAL_TONES = {
    ApprovalStatus.PENDING: "warning",
    ApprovalStatus.APPROVED: "success",
    ApprovalStatus.REJECTED: "danger",
    ApprovalStatus.WITHDRAWN: "default",
    ApprovalStatus.EXPIRED: "default",
}
BINDING_TONES = {
    BindingStatus.DRAFT: "default",
    BindingStatus.AWAITING_ACCOUNT: "info",
    BindingStatus.AWAITING_REVIEW: "warning",
    BindingStatus.ACTIVE: "success",
    BindingStatus.REPLACE_PENDING: "warning",
    BindingStatus.UNBIND_PENDING: "warning",
    BindingStatus.ENDED: "default",
}
#: What an operator may send back (SH-03).
REJECTABLE = {
    "name": _("Shop name"),
    "legal_name": _("Legal name"),
    "credit_code": _("Unified social credit code"),
    "contact_name": _("Contact"),
    "contact_phone": _("Contact's phone"),
    "licence_url": _("Business licence"),
}


def freight(template: FreightTemplate | None) -> str:
    """Return "¥8.00, free from ¥99.00"."""
    if template is None:
        return gettext("Not set")
    flat = money.display(template.flat_amount)
    if template.free_from_amount is None:
        return flat
    return gettext("%(flat)s, free from %(limit)s") % {
        "flat": flat,
        "limit": money.display(template.free_from_amount),
    }


def contact_phone(admission: Admission) -> str:
    """Return the contact's phone, masked."""
    sealed = admission.contact_sealed
    return mask_phone(decrypt(sealed)["phone"]) if sealed else ""


def faults(admission: Admission) -> str:
    """Return what an operator wants corrected, one sentence a field."""
    return " · ".join(
        f"{REJECTABLE.get(one['field'], one['field'])}: {one['message']}"
        for one in admission.rejections
    )


def field_name(field: str, one: Requirement) -> str | Promise:
    """Return what a field of the application is called."""
    return REJECTABLE.get(field, one.label)


def checklist(
    found: Sequence[Requirement],
    link: Callable[[Requirement, str], str] | None,
    said: Mapping[str, Any],
    files: Mapping[str, tuple[str, str]],
) -> list[dict[str, Any]]:
    """Return the checklist as rows of a table; `link` says where a field is mended.

    `files` tells of the documents among the answers their names and where they are.
    """
    return [
        {
            "label": one.label,
            "state": one.state.label,
            "tone": REQUIREMENT_TONES[one.state],
            "is_rejected": bool(one.faults),
            "is_accepted": one.is_accepted,
            "answer": _shown(said.get(one.code), files),
            "file_url": files.get(str(said.get(one.code)), ("", ""))[1],
            "url": link(one, next(iter(one.faults), one.code))
            if link and one.is_in_the_way
            else "",
            "faults": [
                {
                    "field": field_name(field, one),
                    "message": message,
                    "url": link(one, field) if link else "",
                }
                for field, message in one.faults.items()
            ],
        }
        for one in found
    ]


def _shown(answer: Any, files: Mapping[str, tuple[str, str]]) -> Any:
    if answer is True:
        return ""
    return files[answer][0] if answer in files else answer


def requirements(found: Sequence[Requirement]) -> list[tuple[str | Promise, Any]]:
    """Return the checklist as rows of a preview."""
    return [(one.label, one.state.label) for one in found]
