"""Cases for tests, in every state, reached through the services."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from aftersales.enums import CaseKind, Inspection, ReasonCode, RejectCode
from aftersales.models import RefundCase
from aftersales.services import arbitration, deciding, opening, returns
from aftersales.services.deciding import Rejection
from aftersales.services.opening import CaseRequest
from kernel.actors import Actor, Role
from orders.enums import OrderStatus
from orders.models import Order, OrderLine
from tests.factories.orders import PLACED_AT, make_order
from tests.factories.shops import actor_of

#: When cases of tests are opened, unless they say otherwise: the orders of tests are shipped then.
OPENED_AT = PLACED_AT + timedelta(days=2)
SUPPORT = Actor(
    role=Role.SUPPORT, permissions=frozenset({"aftersales.decide"}), label="Support desk"
)
NO = Rejection(code=RejectCode.AGREED_OTHERWISE, remark="We agreed to keep it.")


def buyer_of(order_or_case: Order | RefundCase) -> Actor:
    """Return the buyer as an actor."""
    return Actor(role=Role.BUYER, user_id=order_or_case.buyer_id)


def request_of(line: OrderLine, kind: str, **changes: Any) -> CaseRequest:
    """Return a request for all pieces of the line that such a case can cover."""
    pieces = line.unshipped_quantity
    if kind != CaseKind.REFUND_UNSHIPPED:
        pieces = line.shipped_quantity
    values = {"quantity": pieces, "reason": ReasonCode.NO_LONGER_WANTED} | changes
    return CaseRequest(kind=kind, **values)


def open_case(
    order: Order,
    kind: str = CaseKind.RETURN_AND_REFUND,
    *,
    at: datetime = OPENED_AT,
    position: int = 1,
    **changes: Any,
) -> RefundCase:
    """Open a case on a line of `order`: a return of everything, unless told."""
    line = order.lines.get(position=position)
    return opening.open_case(
        line_id=line.pk, request=request_of(line, kind, **changes), at=at, actor=buyer_of(order)
    )


def requested_case(kind: str = CaseKind.RETURN_AND_REFUND, **changes: Any) -> RefundCase:
    """Return a case that waits for the shop, on an order made for it.

    `order_*` arguments are `make_order`'s, the others the request's.
    """
    orders = {name[6:]: changes.pop(name) for name in list(changes) if name.startswith("order_")}
    is_unshipped = kind == CaseKind.REFUND_UNSHIPPED
    status = OrderStatus.TO_SHIP if is_unshipped else OrderStatus.SHIPPED
    return open_case(make_order(orders.pop("status", status), **orders), kind, **changes)


def await_return_case(**changes: Any) -> RefundCase:
    """Return a case whose return the shop agreed to."""
    return approved(requested_case(**changes))


def returned_case(**changes: Any) -> RefundCase:
    """Return a case whose parcel is on its way back."""
    case = await_return_case(**changes)
    return returns.ship_back(
        case_id=case.pk,
        carrier_code="shunfeng",
        tracking_number="SF0001",
        at=OPENED_AT + timedelta(days=1),
        actor=buyer_of(case),
    )


def refunding_case(**changes: Any) -> RefundCase:
    """Return a case whose money is booked back and not sent yet."""
    return approved(requested_case(kind=CaseKind.REFUND_SHIPPED, **changes))


def rejected_case(kind: str = CaseKind.RETURN_AND_REFUND, **changes: Any) -> RefundCase:
    """Return a case that the shop rejected at first."""
    case = requested_case(kind, **changes)
    return deciding.reject(
        case_id=case.pk,
        version=case.version,
        rejection=NO,
        at=OPENED_AT + timedelta(hours=1),
        actor=actor_of(case.shop),
    )


def rejected_return_case(**changes: Any) -> RefundCase:
    """Return a case whose returned goods the shop would not take."""
    case = returned_case(**changes)
    return deciding.reject_return(
        case_id=case.pk,
        version=case.version,
        rejection=NO,
        at=OPENED_AT + timedelta(days=2),
        actor=actor_of(case.shop),
    )


def judged_case(**changes: Any) -> RefundCase:
    """Return a rejected case that support was called to."""
    case = rejected_case(**changes)
    return arbitration.escalate(
        case_id=case.pk,
        text="They do not listen.",
        at=OPENED_AT + timedelta(hours=2),
        actor=buyer_of(case),
    )


def closed_case(**changes: Any) -> RefundCase:
    """Return a case that its buyer withdrew."""
    case = requested_case(**changes)
    return opening.withdraw_case(
        case_id=case.pk, at=OPENED_AT + timedelta(hours=1), actor=buyer_of(case)
    )


def approved(case: RefundCase) -> RefundCase:
    """Let the shop approve `case`."""
    return deciding.approve(
        case_id=case.pk,
        version=case.version,
        at=OPENED_AT + timedelta(hours=1),
        actor=actor_of(case.shop),
    )


def accepted(case: RefundCase, inspection: str = Inspection.SELLABLE) -> RefundCase:
    """Let the shop accept the returned goods of `case`."""
    return returns.accept_return(
        case_id=case.pk,
        version=case.version,
        inspection=inspection,
        at=OPENED_AT + timedelta(days=2),
        actor=actor_of(case.shop),
    )
