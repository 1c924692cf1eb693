"""Platform support steps in (AF-26, thin): called, decides, and the other clocks stand still."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from aftersales.enums import WAITING_CASES, ArbitrationStatus, CaseStatus, RecordAction
from aftersales.errors import NotInArbitration, RemarkRequired
from aftersales.models import RefundCase
from aftersales.services import holding, records, refunding, timers
from kernel import states
from kernel.actors import Actor
from kernel.errors import FieldError


@transaction.atomic
def escalate(
    *,
    case_id: int,
    text: str,
    image_urls: Sequence[str] = (),
    at: datetime,
    actor: Actor,
) -> RefundCase:
    """Call platform support: the case keeps its state, nothing happens to it by itself any more.

    Raises InArbitration when support was called already, IllegalTransition once money is booked.
    """
    case = holding.take(case_id)
    holding.check(case, *WAITING_CASES)
    return hand_over(case, text=text, image_urls=image_urls, at=at, actor=actor)


def hand_over(
    case: RefundCase,
    *,
    text: str,
    image_urls: Sequence[str] = (),
    at: datetime,
    actor: Actor,
) -> RefundCase:
    """Put a held case on support's desk; also what the clock does when it cannot go on."""
    states.move(
        case,
        to=ArbitrationStatus.JUDGING,
        field="arbitration_status",
        at=at,
        actor=actor,
        reason=text,
        version=case.version + 1,
        **timers.for_support_to_decide(at).columns,
    )
    records.write(
        case=case,
        action=RecordAction.ESCALATED,
        actor=actor,
        at=at,
        text=text,
        image_urls=image_urls,
    )
    holding.follow_hold(case.order_id, at=at)
    return case


@transaction.atomic
def decide(
    *, case_id: int, version: int, is_for_buyer: bool, reason: str, at: datetime, actor: Actor
) -> RefundCase:
    """Decide for the buyer (the money is booked back) or for the shop (the case is closed).

    Raises StaleVersion, NotInArbitration, RemarkRequired, RefundExceedsPayment.
    """
    if not reason.strip():
        raise RemarkRequired(
            errors=[FieldError("/reason", RemarkRequired.code, RemarkRequired.message)]
        )
    case = holding.take(case_id)
    holding.check(case, *CaseStatus, version=version, is_judged=True)
    if case.arbitration_status != ArbitrationStatus.JUDGING:
        raise NotInArbitration
    before = str(case.status)
    if is_for_buyer:
        outcome, action = ArbitrationStatus.FOR_BUYER, RecordAction.FOR_BUYER
    else:
        outcome, action = ArbitrationStatus.FOR_SELLER, RecordAction.FOR_SELLER
    states.move(case, to=outcome, field="arbitration_status", at=at, actor=actor, reason=reason)
    if is_for_buyer:
        refunding.begin(case, at=at, actor=actor, reason=reason)
    else:
        holding.close(case, to=CaseStatus.CLOSED, at=at, actor=actor, reason=reason, decided_at=at)
    holding.tell_decision(case, action=action, actor=actor, at=at, before=before, text=reason)
    return case
