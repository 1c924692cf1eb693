"""Deposits as the consoles draw them: colours, columns, the arithmetic in words."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from governance.enums import (
    AssessmentCause,
    DeductionStatus,
    DepositStatus,
    EntryKind,
    PaymentStatus,
)
from governance.models import Deposit, DepositAssessment
from kernel import money
from kernel.admin.base import ConsoleModelAdmin
from kernel.numbers import TRADE_ZONE
from shops.enums import RestrictionKind, RestrictionReason
from shops.models import ShopRestriction

STATUS_TONES: dict[str, str] = {
    DepositStatus.OK: "success",
    DepositStatus.DUE: "warning",
    DepositStatus.SHORTFALL: "danger",
    DepositStatus.ADVANCED: "danger",
    DepositStatus.REFUNDED: "info",
}
KIND_TONES: dict[str, str] = {
    EntryKind.TOP_UP: "success",
    EntryKind.FREEZE: "warning",
    EntryKind.UNFREEZE: "info",
    EntryKind.DEDUCT: "danger",
    EntryKind.ADVANCE: "danger",
    EntryKind.WITHDRAW: "info",
    EntryKind.REFUND: "info",
}
PAYMENT_TONES: dict[str, str] = {
    PaymentStatus.PENDING: "warning",
    PaymentStatus.PAID: "success",
    PaymentStatus.CLOSED: "info",
}
DEDUCTION_TONES: dict[str, str] = {
    DeductionStatus.PENDING: "warning",
    DeductionStatus.DONE: "success",
    DeductionStatus.REJECTED: "info",
}
#: What a shop can do about a restriction.
_REMEDIES: dict[str, Promise | str] = {
    RestrictionReason.DEPOSIT: _("Pay into the deposit what is missing: it ends at once."),
    RestrictionReason.BRAND_GRANT: _(
        "Hand in a grant that bears the type of the shop: it ends once the platform accepts it."
    ),
    RestrictionReason.SCORE: _(
        "See the measures of the score that miss their target; it ends the day the score is back."
    ),
}
SHOWN = 20


def amount_column(field: str, label: Any) -> Any:
    """Return a list column that shows the sum in `field` as people read it."""

    @display(description=label, ordering=field)
    def column(page: ConsoleModelAdmin, row: Any) -> str:
        return money.display(getattr(row, field))

    return column


def badge_column(field: str, label: Any, tones: dict[str, str]) -> Any:
    """Return a list column that shows a state in its colour."""

    @display(description=label, ordering=field, label=tones)
    def column(page: ConsoleModelAdmin, row: Any) -> tuple[str, str]:
        return getattr(row, field), str(getattr(row, f"get_{field}_display")())

    return column


def tier_rows(assessment: DepositAssessment) -> list[dict[str, Any]]:
    """Return the tiers of an assessment in words; the one that its sales fall into is marked."""
    rows, below = [], 0
    is_found = False
    for limit, amount in assessment.tiers:
        is_here = not is_found and (limit is None or assessment.gmv_amount <= limit)
        is_found = is_found or is_here
        if limit is None:
            text = _("more than %(low)s") % {"low": money.display(below)}
        else:
            text = _("up to %(high)s") % {"high": money.display(limit)}
        rows.append(
            {"sales": text, "amount": money.display(amount), "is_here": is_here},
        )
        below = limit or below
    return rows


def reckoning(assessment: DepositAssessment) -> str:
    """Return in a sentence how an assessment came to what is due."""
    values = {
        "sales": money.display(assessment.gmv_amount),
        "base": money.display(assessment.base_amount),
        "experience": money.display(assessment.experience_amount),
        "advanced": money.display(assessment.advanced_amount),
        "times": assessment.times,
        "due": money.display(assessment.due_amount),
    }
    if assessment.cause == AssessmentCause.ADVANCED:
        text = _(
            "The platform advanced %(advanced)s, more than was there and due: %(times)s times the"
            " base is due besides it. %(base)s + %(experience)s = %(due)s"
        )
    elif assessment.cause == AssessmentCause.PROVEN:
        text = _("Nothing was missing for long enough: the base deposit alone is due, %(due)s.")
    elif assessment.is_trial:
        text = _("On trial: newcomers owe no base deposit. Due: %(due)s")
    else:
        text = _("Sales of the month before %(sales)s → %(base)s + %(experience)s = %(due)s")
    return str(text) % values


def page_of(deposit: Deposit) -> dict[str, Any]:
    """Return what the page of a deposit shows below its figures. Two queries."""
    assessments = list(
        DepositAssessment.objects.filter(shop_id=deposit.shop_id).order_by("-announced_at", "-pk")[
            :SHOWN
        ]
    )
    by_sales = (AssessmentCause.FIRST, AssessmentCause.MONTHLY, AssessmentCause.TRIAL_OVER)
    last = next((one for one in assessments if one.cause in by_sales), None)
    entries = deposit.entries.filter(shop_id=deposit.shop_id).order_by("-position")
    return {
        "missing": money.display(deposit.missing_amount) if deposit.missing_amount else "",
        "tiers": tier_rows(last) if last and not last.is_trial else [],
        "last": last,
        "assessments": [
            {
                "cause": one.get_cause_display(),
                "announced_at": one.announced_at,
                "effective_at": one.effective_at,
                "is_waiting": one.applied_at is None,
                "text": reckoning(one),
            }
            for one in assessments
        ],
        "entries": [
            {
                "number": one.number,
                "at": one.at,
                "kind": one.get_kind_display(),
                "amount": money.display(one.amount) if one.amount else "–",
                "frozen": money.display(one.frozen_amount) if one.frozen_amount else "–",
                "after": money.display(one.after_amount),
                "for": one.reference or "–",
                "reason": one.reason or "–",
            }
            for one in entries[:SHOWN]
        ],
        "has_more": deposit.entry_count > SHOWN,
    }


def day_of(moment: Any) -> str:
    """Return the day of `moment` in China, as ``2026-11-08``."""
    return f"{timezone.localtime(moment, TRADE_ZONE):%Y-%m-%d}"


def restricted(one: ShopRestriction) -> str:
    """Return what a restriction keeps a shop from, in words."""
    texts = {
        RestrictionKind.LISTING: _("New products are not listed."),
        RestrictionKind.SALES: _("Buyers can buy nothing of this shop."),
        RestrictionKind.ALLIANCE: _("The shop cannot join the alliance."),
        RestrictionKind.DAILY_ORDERS: _("At most %(limit)s orders a day."),
    }
    return str(texts[RestrictionKind(one.kind)]) % {"limit": one.limit}


def remedy(one: ShopRestriction) -> str:
    """Return what a shop can do about a restriction in force."""
    return "" if one.until else str(_REMEDIES[one.reason])
