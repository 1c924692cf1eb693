"""Refusing a refund and shipping all the same, as one act (OR-13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from aftersales.enums import FIRST_REJECTIONS, CaseKind, CaseStatus
from aftersales.errors import KindNotAllowed
from aftersales.models import RefundCase
from aftersales.services import deciding, holding
from aftersales.services.deciding import Rejection
from kernel.actors import Actor
from orders.services import shipping


@dataclass(frozen=True)
class AnywayParcel:
    """What leaves although the buyer asked for the money: everything left, as `ship_order` says."""

    request_id: str
    carrier_code: str
    tracking_number: str


@transaction.atomic
def reject_and_ship(
    *,
    case_id: int,
    version: int,
    rejection: Rejection,
    parcel: AnywayParcel,
    at: datetime,
    actor: Actor,
) -> RefundCase:
    """Refuse a refund before shipping and record the order's parcel: both, or neither.

    Afterwards the case is rejected, the buyer may object to that, and the order is on its way. The
    order is locked first, so that a refund approved at the same moment and the parcel exclude each
    other. Whoever calls this holds `aftersales.decide` and `orders.ship`.

    Raises KindNotAllowed for a case of goods that were shipped, what `deciding.reject` and
    `shipping.ship_order` raise, and OrderFrozen when another case holds the order: each refusal
    is said by itself. Nothing is changed then.
    """
    case = holding.take(case_id)
    holding.check(case, CaseStatus.REQUESTED, version=version)
    if case.kind != CaseKind.REFUND_UNSHIPPED:
        raise KindNotAllowed
    deciding.check_rejection(rejection, FIRST_REJECTIONS[CaseKind.REFUND_UNSHIPPED])
    deciding.refuse(case, to=CaseStatus.REJECTED_FIRST, rejection=rejection, at=at, actor=actor)
    shipping.ship_order(
        order_id=case.order_id,
        request_id=parcel.request_id,
        carrier_code=parcel.carrier_code,
        tracking_number=parcel.tracking_number,
        at=at,
        actor=actor,
    )
    return case
