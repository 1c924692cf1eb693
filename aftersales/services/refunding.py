"""Money back: booked by orders, followed here until the gateway has sent it (AF-03)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from aftersales.enums import REFUND_BOOKED, CaseKind, CaseStatus, RecordAction
from aftersales.models import RefundCase
from aftersales.selectors import eligibility
from aftersales.services import holding, records, timers
from kernel import money
from kernel.actors import SYSTEM, Actor
from orders.enums import RefundStatus
from orders.models import Refund
from orders.services import refunds

PREFIX = "case:"
#: Where a case stands for each state of its refund's own machine.
_STATUS_OF_REFUND: dict[str, CaseStatus] = {
    RefundStatus.SUCCESS: CaseStatus.SUCCESS,
    RefundStatus.FAILED: CaseStatus.REFUND_FAILED,
}


def reference_of(case: RefundCase) -> str:
    """Return the key under which the case's money and goods move once."""
    return f"{PREFIX}{case.number}"


def begin(
    case: RefundCase, *, at: datetime, actor: Actor, reason: str = "", **changes: Any
) -> None:
    """Book the case's money back to the buyer and wait for the gateway.

    `case` is held (`holding.take`). Pieces that were not shipped stand in the stock again, by
    orders' own service; returned ones are a matter of inspection. Raises RefundExceedsPayment.
    """
    refund = refunds.refund_line(
        line_id=case.line_id,
        amount=case.amount,
        freight_amount=case.freight_amount,
        quantity=_pieces(case),
        reference=reference_of(case),
        at=at,
        actor=actor,
        takes_unshipped=case.kind == CaseKind.REFUND_UNSHIPPED,
    )
    holding.advance(
        case,
        to=CaseStatus.REFUNDING,
        clock=timers.MONEY_ON_ITS_WAY,
        at=at,
        actor=actor,
        reason=reason,
        refund_number=refund.number,
        decided_at=at,
        **changes,
    )


@transaction.atomic
def follow(references: Iterable[str], *, at: datetime) -> int:
    """Bring cases to where their refunds stand; return how many moved.

    Reads the refund's own state, so the order and the number of the notices do not matter.
    """
    numbers = [text.removeprefix(PREFIX) for text in references if text.startswith(PREFIX)]
    cases = RefundCase.objects.filter(number__in=numbers).order_by("order_id", "pk")
    return sum(_follow_one(case_id, at) for case_id in list(cases.values_list("pk", flat=True)))


def _follow_one(case_id: int, at: datetime) -> bool:
    case = holding.take(case_id)
    if case.status not in REFUND_BOOKED or case.status == CaseStatus.SUCCESS:
        return False
    refund = Refund.objects.get(number=case.refund_number)
    to = _STATUS_OF_REFUND.get(refund.status, CaseStatus.REFUNDING)
    if to == case.status:
        return False
    if to == CaseStatus.SUCCESS:
        holding.close(case, to=to, at=at, actor=SYSTEM)
    else:
        holding.advance(case, to=to, clock=timers.MONEY_ON_ITS_WAY, at=at, actor=SYSTEM)
    records.write(
        case=case,
        action=RecordAction(to),
        actor=SYSTEM,
        at=at,
        facts=[("amount", money.display(case.amount, case.currency)), ("refund", refund.number)],
    )
    return True


def _pieces(case: RefundCase) -> int:
    """Return how many pieces the refund uses up.

    Money for goods that the buyer keeps uses up pieces only when it is all the money of the pieces:
    who got a part for a scratch may still return the goods for the rest.
    """
    if case.kind != CaseKind.REFUND_SHIPPED:
        return case.quantity
    worth = eligibility.calculation(
        case.line, kind=case.kind, quantity=case.quantity, reason=case.reason
    )
    return case.quantity if worth.covers_goods(case.amount) else 0
