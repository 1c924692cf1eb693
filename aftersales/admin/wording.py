"""How consoles put a case into words: badges, countdowns, entries of the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from aftersales.enums import (
    CaseKind,
    CaseStatus,
    Inspection,
    ReasonCode,
    RecordAction,
    RecordFact,
    RejectCode,
)
from aftersales.models import NegotiationRecord, RefundCase
from kernel.actors import Role
from orders.enums import Carrier

#: Colours of Unfold's labels by status.
STATUS_TONES: dict[str, str] = {
    CaseStatus.REQUESTED: "warning",
    CaseStatus.AWAIT_RETURN: "info",
    CaseStatus.RETURNED: "warning",
    CaseStatus.REFUNDING: "info",
    CaseStatus.REFUND_FAILED: "danger",
    CaseStatus.SUCCESS: "success",
    CaseStatus.REJECTED_FIRST: "danger",
    CaseStatus.REJECTED_SECOND: "danger",
    CaseStatus.CLOSED: "default",
}
KIND_TONES: dict[str, str] = {
    CaseKind.RETURN_AND_REFUND: "primary",
    CaseKind.REFUND_SHIPPED: "default",
    CaseKind.REFUND_UNSHIPPED: "default",
}
#: Colours of countdowns.
CLOCK_TONES = {"late": "danger", "near": "warning", "calm": "info", "none": "default"}

ROLES: dict[str, str | Promise] = {
    Role.BUYER: pgettext_lazy("role in a case", "Buyer"),
    Role.MERCHANT: pgettext_lazy("role in a case", "Shop"),
    Role.SUPPORT: pgettext_lazy("role in a case", "Support"),
    Role.OPERATOR: pgettext_lazy("role in a case", "Operator"),
    Role.SYSTEM: pgettext_lazy("role in a case", "System"),
}
_ROLE_TONES: dict[str, str] = {
    Role.BUYER: "info",
    Role.MERCHANT: "primary",
    Role.SUPPORT: "warning",
}
#: Where the values of facts come from; other values are for people as they are.
_VALUES: dict[str, type[TextChoices]] = {
    RecordFact.KIND: CaseKind,
    RecordFact.REASON: ReasonCode,
    RecordFact.CODE: RejectCode,
    RecordFact.CARRIER: Carrier,
    RecordFact.INSPECTION: Inspection,
}


@dataclass(frozen=True)
class Entry:
    """One entry of the record as a console draws it."""

    role: str | Promise
    tone: str
    by: str
    action: str | Promise
    at: datetime
    text: str
    image_urls: Sequence[str]
    facts: Sequence[tuple[Any, str]]
    is_internal: bool


def countdown(case: RefundCase, now: datetime) -> tuple[str, str]:
    """Return (tone key, words) for the deadline: what is left, or how late it is."""
    if case.due_at is None:
        return "none", "–"
    if case.due_at <= now:
        return "late", gettext("%(time)s late") % {"time": timesince(case.due_at, now)}
    left: timedelta = case.due_at - now
    tone = "near" if left <= settings.DEADLINE_NEAR else "calm"
    return tone, gettext("%(time)s left") % {"time": timeuntil(case.due_at, now)}


def entries(records: Sequence[NegotiationRecord]) -> list[Entry]:
    """Return the record in words, in its order."""
    return [
        Entry(
            role=ROLES.get(record.actor_role, record.actor_role),
            tone=_ROLE_TONES.get(record.actor_role, "default"),
            by=record.actor_label,
            action=label_of(RecordAction, record.action),
            at=record.at,
            text=record.text,
            image_urls=record.image_urls,
            facts=[_fact(name, value) for name, value in record.facts],
            is_internal=record.is_internal,
        )
        for record in records
    ]


def label_of(choices: type[TextChoices], value: str) -> str | Promise:
    """Return the label of `value`, or the value when nobody named it."""
    return choices(value).label if value in choices.values else value


def _fact(name: str, value: str) -> tuple[Any, str]:
    choices = _VALUES.get(name)
    shown = str(label_of(choices, value)) if choices else value
    return label_of(RecordFact, name), shown


#: What happens at the deadline, as a sentence.
OVERDUE: dict[str, str | Promise] = {
    "approve": _("Then it is approved by itself."),
    "close": _("Then the case is closed by itself."),
    "refund": _("Then the money goes back by itself."),
}
