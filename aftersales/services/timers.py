"""Who must act until when, and what happens otherwise (AF-05, AF-06, AF-07). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from aftersales.enums import CaseKind, CaseStatus, NextActor, OverdueAction


@dataclass(frozen=True)
class Clock:
    """The deadline columns of a case: written together, never one alone."""

    next_actor: NextActor
    due_at: datetime | None = None
    overdue_action: str = ""

    @property
    def columns(self) -> dict[str, Any]:
        """Return the columns as `kernel.states.move` takes them."""
        return {
            "next_actor": self.next_actor,
            "due_at": self.due_at,
            "overdue_action": self.overdue_action,
        }


#: The gateway is asked; orders' sender has its own clock.
MONEY_ON_ITS_WAY = Clock(NextActor.SYSTEM)
OVER = Clock(NextActor.NOBODY)


def for_shop_to_decide(kind: str, at: datetime) -> Clock:
    """The shop answers a request, or it is approved for the buyer."""
    within = {
        CaseKind.REFUND_UNSHIPPED: settings.DECIDE_UNSHIPPED_WITHIN,
        CaseKind.REFUND_SHIPPED: settings.DECIDE_SHIPPED_WITHIN,
        CaseKind.RETURN_AND_REFUND: settings.DECIDE_RETURN_WITHIN,
    }[CaseKind(kind)]
    return Clock(NextActor.SELLER, at + within, OverdueAction.APPROVE)


def for_buyer_to_send(at: datetime) -> Clock:
    """The buyer hands the parcel over, or the case is closed."""
    return Clock(NextActor.BUYER, at + settings.RETURN_WITHIN, OverdueAction.CLOSE)


def for_shop_to_inspect(*, sent_at: datetime, signed_at: datetime | None) -> Clock:
    """The shop looks at what came back, or the money goes back."""
    if signed_at is not None:
        due_at = signed_at + settings.INSPECT_WITHIN
    else:
        due_at = sent_at + settings.INSPECT_UNSIGNED_WITHIN
    return Clock(NextActor.SELLER, due_at, OverdueAction.REFUND)


def for_buyer_to_object(at: datetime) -> Clock:
    """A rejected buyer edits or calls the platform, or the case is closed."""
    return Clock(NextActor.BUYER, at + settings.ESCALATE_WITHIN, OverdueAction.CLOSE)


def for_support_to_decide(at: datetime) -> Clock:
    """Support's own promise. Nothing happens by itself: the other clocks stand still."""
    within: timedelta = settings.ARBITRATE_WITHIN
    return Clock(NextActor.SUPPORT, at + within)


#: What a status waits for, as far as its deadline has an action; for the invariants.
OVERDUE_ACTIONS: dict[str, str] = {
    CaseStatus.REQUESTED: OverdueAction.APPROVE,
    CaseStatus.AWAIT_RETURN: OverdueAction.CLOSE,
    CaseStatus.RETURNED: OverdueAction.REFUND,
    CaseStatus.REJECTED_FIRST: OverdueAction.CLOSE,
    CaseStatus.REJECTED_SECOND: OverdueAction.CLOSE,
}
