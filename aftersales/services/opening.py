"""What the buyer does: asks, changes the question, takes it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from aftersales.enums import (
    WAITING_CASES,
    ArbitrationStatus,
    CaseStatus,
    RecordAction,
)
from aftersales.errors import AmountExceeded
from aftersales.events import CaseOpened
from aftersales.models import RefundCase
from aftersales.selectors import eligibility
from aftersales.selectors.calculator import Calculation
from aftersales.services import holding, records, timers
from kernel import money, states
from kernel.actors import Actor
from kernel.errors import NotFound
from kernel.events import publish
from orders.models import Order, OrderLine
from orders.services import numbering

#: A letter before the number, as orders' other papers have: A for after-sales.
NUMBER_PREFIX = "A"


@dataclass(frozen=True)
class CaseRequest:
    """What the buyer asks for. `amount` None asks for all that the calculator allows."""

    kind: str
    quantity: int
    reason: str
    amount: int | None = None
    is_received: bool = False
    description: str = ""
    image_urls: tuple[str, ...] = ()


@transaction.atomic
def open_case(*, line_id: int, request: CaseRequest, at: datetime, actor: Actor) -> RefundCase:
    """Open a case on a line and hold its order; the shop's clock runs (AF-07).

    Raises NotEligible (with the reason of AF-09), KindNotAllowed, QuantityExceeded,
    ReasonNotFitting, AmountExceeded, NothingToRefund.
    """
    order, line = _take_line(line_id)
    worth = eligibility.worth(
        line,
        order,
        kind=request.kind,
        quantity=request.quantity,
        reason=request.reason,
        at=at,
        has_open_case=eligibility.has_open_case(line),
    )
    amount = _amount(request, worth)
    (number,) = numbering.take(1, at, prefix=NUMBER_PREFIX)
    case = RefundCase.objects.create(
        number=number,
        order=order,
        line=line,
        shop_id=line.shop_id,
        buyer_id=line.buyer_id,
        currency=line.currency,
        created_at=at,
        **_asked(request, worth, amount),
        **timers.for_shop_to_decide(request.kind, at).columns,
    )
    _record(case, request, action=RecordAction.REQUESTED, at=at, actor=actor)
    holding.follow_hold(order.pk, at=at)
    publish(CaseOpened(case_id=case.pk, order_id=order.pk, line_id=line.pk, shop_id=line.shop_id))
    return case


@transaction.atomic
def edit_case(*, case_id: int, request: CaseRequest, at: datetime, actor: Actor) -> RefundCase:
    """Ask again, differently, after a rejection (AF-28); the shop's clock starts anew.

    Raises IllegalTransition unless the case was rejected, InArbitration, and what `open_case` does.
    """
    case = holding.take(case_id)
    holding.check(case, CaseStatus.REJECTED_FIRST, CaseStatus.REJECTED_SECOND)
    worth = eligibility.worth(
        case.line,
        case.order,
        kind=request.kind,
        quantity=request.quantity,
        reason=request.reason,
        at=at,
        is_edit=True,
    )
    holding.advance(
        case,
        to=CaseStatus.REQUESTED,
        clock=timers.for_shop_to_decide(request.kind, at),
        at=at,
        actor=actor,
        return_address=None,
        **_asked(request, worth, _amount(request, worth)),
    )
    _record(case, request, action=RecordAction.EDITED, at=at, actor=actor)
    holding.follow_hold(case.order_id, at=at)
    return case


@transaction.atomic
def withdraw_case(*, case_id: int, at: datetime, actor: Actor) -> RefundCase:
    """Take the request back; support is called off.

    Raises IllegalTransition once money is booked or the case has ended.
    """
    case = holding.take(case_id)
    holding.check(case, *WAITING_CASES, is_judged=True)
    if case.arbitration_status == ArbitrationStatus.JUDGING:
        states.move(case, to=ArbitrationStatus.NONE, field="arbitration_status", at=at, actor=actor)
    records.write(case=case, action=RecordAction.WITHDRAWN, actor=actor, at=at)
    holding.close(case, to=CaseStatus.CLOSED, at=at, actor=actor, reason="withdrawn")
    return case


def _take_line(line_id: int) -> tuple[Order, OrderLine]:
    order_id = OrderLine.objects.values_list("order_id", flat=True).filter(pk=line_id).first()
    if order_id is None:
        raise NotFound
    order = holding.take_order(order_id)
    return order, OrderLine.objects.get(pk=line_id)


def _amount(request: CaseRequest, worth: Calculation) -> int:
    amount = worth.amount if request.amount is None else request.amount
    if not 1 <= amount <= worth.amount:
        raise AmountExceeded(extra={"max_amount": worth.amount})
    return amount


def _asked(request: CaseRequest, worth: Calculation, amount: int) -> dict[str, Any]:
    return {
        "kind": request.kind,
        "quantity": request.quantity,
        "reason": request.reason,
        "amount": amount,
        "freight_amount": worth.freight_in(amount),
        "is_received": request.is_received,
        "description": request.description,
    }


def _record(
    case: RefundCase, request: CaseRequest, *, action: RecordAction, at: datetime, actor: Actor
) -> None:
    records.write(
        case=case,
        action=action,
        actor=actor,
        at=at,
        text=request.description,
        image_urls=request.image_urls,
        facts=[
            ("kind", str(case.kind)),
            ("reason", str(case.reason)),
            ("pieces", str(case.quantity)),
            ("amount", money.display(case.amount, case.currency)),
        ],
    )
