"""Questions about cases: whose page shows what, what waits, what is in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise

from aftersales.enums import (
    ENDED_CASES,
    OPEN_CASES,
    ArbitrationStatus,
    CaseKind,
    CaseStatus,
    NextActor,
    ReasonCode,
)
from aftersales.models import NegotiationRecord, RefundCase
from kernel.actors import Actor
from kernel.numbers import day_ends
from orders import selectors as order_selectors
from orders.models import Order, Refund
from shops.enums import GuaranteeKind

#: Lists of cases and how each is ordered: what waits by its deadline, what ended by its end.
QUEUES: Mapping[str, tuple[str, ...]] = {
    "waiting": ("due_at", "id"),
    "arbitration": ("due_at", "id"),
    "refunding": ("-decided_at", "-id"),
    "ended": ("-closed_at", "-id"),
}


@dataclass(frozen=True)
class CaseMoney:
    """What a case would move, freight apart."""

    currency: str
    amount: int
    goods_amount: int
    freight_amount: int


@dataclass(frozen=True)
class BuyerHistory:
    """What support weighs: how often this buyer ordered, asked and quarrelled."""

    paid_orders: int
    cases: int
    refunded: int
    disputes: int


@dataclass(frozen=True)
class Counters:
    """What stands on top of a workbench (SU-01, thin); over open cases only."""

    to_decide: int
    to_inspect: int
    waiting_for_buyer: int
    arbitration: int
    near: int
    overdue: int
    refund_failed: int


def in_queue(cases: QuerySet[RefundCase], queue: str) -> QuerySet[RefundCase]:
    """Return the cases of one of `QUEUES`."""
    if queue == "waiting":
        return cases.filter(due_at__isnull=False)
    if queue == "arbitration":
        return cases.filter(arbitration_status=ArbitrationStatus.JUDGING)
    if queue == "refunding":
        return cases.filter(status__in=[CaseStatus.REFUNDING, CaseStatus.REFUND_FAILED])
    return cases.filter(status__in=ENDED_CASES)


def for_page(cases: QuerySet[RefundCase]) -> QuerySet[RefundCase]:
    """Return the cases with all that an answer or a page reads of their neighbours."""
    return cases.select_related("order__storefront", "line__presenter", "shop", "return_parcel")


def counters(actor: Actor, at: datetime) -> Counters:
    """Count what waits among the cases that `actor` sees, with one query."""
    judged = Q(arbitration_status=ArbitrationStatus.JUDGING)
    counted: dict[str, Q] = {
        "to_decide": Q(status=CaseStatus.REQUESTED) & ~judged,
        "to_inspect": Q(status=CaseStatus.RETURNED) & ~judged,
        "waiting_for_buyer": Q(next_actor=NextActor.BUYER),
        "arbitration": judged,
        "near": Q(due_at__gt=at, due_at__lte=at + settings.DEADLINE_NEAR),
        "overdue": Q(due_at__lte=at),
        "refund_failed": Q(status=CaseStatus.REFUND_FAILED),
    }
    still_open = RefundCase.objects.visible_to(actor).filter(status__in=OPEN_CASES)
    row: dict[str, Any] = still_open.aggregate(
        **{name: Count("pk", filter=condition) for name, condition in counted.items()}
    )
    return Counters(**row)


@dataclass(frozen=True)
class Deadlines:
    """Cases that wait for the shop, by their deadline."""

    #: Within `DEADLINE_NEAR`, or over.
    near: int
    #: Later, before the trade's day ends.
    today: int
    later: int


def shop_deadlines(actor: Actor, at: datetime) -> Deadlines:
    """Count the cases that wait for the actor's shop to act, with one query."""
    near, midnight = deadline_steps(at)
    counted = {
        "near": Q(due_at__lt=near),
        "today": Q(due_at__gte=near, due_at__lt=midnight),
        "later": Q(due_at__gte=midnight),
    }
    waiting = RefundCase.objects.visible_to(actor).filter(
        status__in=OPEN_CASES, next_actor=NextActor.SELLER, due_at__isnull=False
    )
    row: dict[str, Any] = waiting.aggregate(
        **{name: Count("pk", filter=condition) for name, condition in counted.items()}
    )
    return Deadlines(**row)


def deadline_steps(at: datetime) -> tuple[datetime, datetime]:
    """Return until when a deadline is near, and the end of what is called today: not before."""
    near = at + settings.DEADLINE_NEAR
    return near, max(near, day_ends(at))


def timeline(case: RefundCase, actor: Actor) -> list[NegotiationRecord]:
    """Return what `actor` may read of the negotiation, oldest first (AF-19)."""
    return list(NegotiationRecord.objects.visible_to(actor).filter(case=case).order_by("pk"))


def buyer_history(case: RefundCase) -> BuyerHistory:
    """Return the buyer's past on the platform, this case included; two queries."""
    asked: dict[str, int] = RefundCase.objects.filter(buyer_id=case.buyer_id).aggregate(
        cases=Count("pk"),
        refunded=Count("pk", filter=Q(status=CaseStatus.SUCCESS)),
        disputes=Count("pk", filter=~Q(arbitration_status=ArbitrationStatus.NONE)),
    )
    paid = Order.objects.filter(buyer_id=case.buyer_id, paid_at__isnull=False).count()
    return BuyerHistory(paid_orders=paid, **asked)


def refund_of(case: RefundCase) -> Refund | None:
    """Return the money of the case, once it is booked (AF-03)."""
    if not case.refund_number:
        return None
    return Refund.objects.filter(shop_id=case.shop_id, number=case.refund_number).first()


def guarantees_seen(order: Order) -> list[str]:
    """Return the guarantees that the buyer was promised when ordering (SH-10)."""
    return list(order.storefront.body.get("shop", {}).get("guarantees", []))


def guarantee_labels(order: Order) -> list[str | Promise]:
    """Return what the buyer was promised, in words."""
    known = GuaranteeKind.values
    return [GuaranteeKind(kind).label for kind in guarantees_seen(order) if kind in known]


def guarantee_label(case: RefundCase) -> str | Promise:
    """Return the guarantee that covers the request, in words; empty when none does."""
    kind = guarantee_of(case)
    return GuaranteeKind(kind).label if kind else ""


def identities(cases: Sequence[RefundCase], at: datetime) -> Mapping[int, Mapping[str, Any]]:
    """Return order pk → the identity block that the buyer saw, for any number of cases."""
    orders = {case.order_id: case.order for case in cases}
    return order_selectors.identity_of(list(orders.values()), at=at)


def identity_of_order(order: Order, at: datetime) -> Mapping[str, Any]:
    """Return the identity block of one order."""
    return order_selectors.identity_of([order], at=at)[order.pk]


def case_money(case: RefundCase) -> CaseMoney:
    """Return what the case asks for."""
    return CaseMoney(
        currency=case.currency,
        amount=case.amount,
        goods_amount=case.amount - case.freight_amount,
        freight_amount=case.freight_amount,
    )


def guarantee_of(case: RefundCase) -> str:
    """Return the guarantee that covers the request, as the buyer saw it when ordering (SH-10).

    7-day return covers a change of mind about shipped goods, until seven days after receipt;
    damaged-on-arrival covers damage. Empty when none does.
    """
    promised = guarantees_seen(case.order)
    if case.reason == ReasonCode.DAMAGED and GuaranteeKind.DAMAGED_ON_ARRIVAL in promised:
        return str(GuaranteeKind.DAMAGED_ON_ARRIVAL)
    is_return = case.kind == CaseKind.RETURN_AND_REFUND
    if not (is_return and case.reason == ReasonCode.NO_LONGER_WANTED):
        return ""
    completed_at = case.order.completed_at
    in_time = completed_at is None or case.created_at <= completed_at + settings.AFTERSALES_WINDOW
    if in_time and GuaranteeKind.SEVEN_DAY_RETURN in promised:
        return str(GuaranteeKind.SEVEN_DAY_RETURN)
    return ""
