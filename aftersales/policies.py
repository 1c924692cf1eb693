"""Who may do what with a case in its state: pure, used by API and consoles alike.

The services refuse on their own; this says beforehand what is worth offering.
"""

from __future__ import annotations

from aftersales.enums import (
    OPEN_CASES,
    REFUND_BOOKED,
    WAITING_CASES,
    ArbitrationStatus,
    CaseKind,
    CaseStatus,
)
from aftersales.models import RefundCase
from kernel.actors import Actor, Role

_REJECTED = (CaseStatus.REJECTED_FIRST, CaseStatus.REJECTED_SECOND)


def acts(case: RefundCase, actor: Actor) -> list[str]:
    """Return the names of what `actor` may do to `case` now, as the API's addresses call them."""
    if actor.role is Role.BUYER:
        return _of_buyer(case)
    if actor.role is Role.MERCHANT:
        return _of_shop(case, actor) if actor.may("aftersales.decide") else []
    if actor.role is Role.SUPPORT:
        return _of_support(case) if actor.may("aftersales.decide") else []
    return []


def is_judged(case: RefundCase) -> bool:
    """Tell whether support is deciding: nobody else moves the case then."""
    return case.arbitration_status == ArbitrationStatus.JUDGING


def _of_buyer(case: RefundCase) -> list[str]:
    names = ["message"] if case.status in OPEN_CASES else []
    if case.status in WAITING_CASES:
        names.append("withdraw")
    if is_judged(case):
        return names
    if case.status in WAITING_CASES:
        names.append("escalate")
    if case.status == CaseStatus.AWAIT_RETURN:
        names.append("ship-back")
    if case.status in _REJECTED:
        names.append("edit")
    return names


def _of_shop(case: RefundCase, actor: Actor) -> list[str]:
    names = ["message"] if case.status in OPEN_CASES else []
    if case.status in REFUND_BOOKED and _is_uninspected(case):
        names.append("inspect")
    if is_judged(case):
        return names
    if case.status in WAITING_CASES:
        names.append("escalate")
    if case.status == CaseStatus.REQUESTED:
        names += ["approve", "reject"]
        if case.kind == CaseKind.REFUND_UNSHIPPED and actor.may("orders.ship"):
            names.append("reject-and-ship")
    if case.status == CaseStatus.RETURNED:
        names += ["mark-received"] if case.return_parcel.signed_at is None else []
        names += ["accept-return", "reject-return"]
    return names


def _of_support(case: RefundCase) -> list[str]:
    names = ["note"]
    if case.status in OPEN_CASES:
        names.append("message")
    if is_judged(case):
        names.append("decide")
    elif case.status in WAITING_CASES:
        names.append("escalate")
    return names


def _is_uninspected(case: RefundCase) -> bool:
    parcel = getattr(case, "return_parcel", None)
    return parcel is not None and not parcel.inspection
