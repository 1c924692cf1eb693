"""One case in hand: locked with its order, moved with its clock, and what it does to the order.

Locks: order, then case. Every act takes the order's lock first, so the cases of one order are
decided one after the other, and "was this the last one?" has one answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q

from aftersales.enums import (
    OPEN_CASES,
    ArbitrationStatus,
    CaseKind,
    CaseStatus,
    RecordAction,
)
from aftersales.errors import InArbitration
from aftersales.events import CaseClosed, CaseDecided
from aftersales.models import RefundCase
from aftersales.services import records, timers
from kernel import audit, states
from kernel.actors import Actor, Role
from kernel.errors import IllegalTransition, NotFound, StaleVersion
from kernel.events import publish
from orders.models import Order
from orders.services import freezing

#: A rejected refund before shipping lets the shop ship (OR-13): reject first, then ship.
_LETS_SHIP = Q(kind=CaseKind.REFUND_UNSHIPPED, status=CaseStatus.REJECTED_FIRST) & ~Q(
    arbitration_status=ArbitrationStatus.JUDGING
)


def take(case_id: int) -> RefundCase:
    """Lock the order and then the case, and return it as it stands. Raises NotFound."""
    order_id = RefundCase.objects.values_list("order_id", flat=True).filter(pk=case_id).first()
    if order_id is None:
        raise NotFound
    take_order(order_id)
    return (
        RefundCase.objects.select_for_update(no_key=True, of=("self",))
        .select_related("line", "order")
        .get(pk=case_id)
    )


def take_order(order_id: int) -> Order:
    """Lock the order and return it."""
    return Order.objects.select_for_update(no_key=True, of=("self",)).get(pk=order_id)


def take_orders(order_ids: Iterable[int]) -> None:
    """Lock several orders, by id: before anything is locked that stands below them."""
    orders = Order.objects.select_for_update(no_key=True, of=("self",))
    list(orders.filter(pk__in=set(order_ids)).order_by("pk").values_list("pk"))


def check(
    case: RefundCase, *statuses: CaseStatus, version: int | None = None, is_judged: bool = False
) -> None:
    """Refuse unless the case is in one of `statuses`, at `version`, and not with support.

    Raises StaleVersion before anything else: the decider saw something that is no more (AF-16).
    """
    if version is not None and version != case.version:
        raise StaleVersion(extra={"version": case.version})
    if not is_judged and case.arbitration_status == ArbitrationStatus.JUDGING:
        raise InArbitration
    if case.status not in statuses:
        raise IllegalTransition(extra={"from": case.status})


def advance(
    case: RefundCase,
    *,
    to: CaseStatus,
    clock: timers.Clock,
    at: datetime,
    actor: Actor,
    reason: str = "",
    **changes: Any,
) -> None:
    """Move a case that `take` returned, with its next deadline and one version more."""
    states.move(
        case,
        to=to,
        at=at,
        actor=actor,
        reason=reason,
        version=case.version + 1,
        **clock.columns,
        **changes,
    )


def touch(case: RefundCase, **changes: Any) -> None:
    """Write `changes` and one version more; for what moves no status."""
    changes["version"] = case.version + 1
    RefundCase.objects.filter(pk=case.pk).update(**changes)
    for name, value in changes.items():
        setattr(case, name, value)


def close(
    case: RefundCase,
    *,
    to: CaseStatus,
    at: datetime,
    actor: Actor,
    reason: str = "",
    **changes: Any,
) -> None:
    """End the case in `to`; the order is held no more when this was what held it."""
    advance(
        case,
        to=to,
        clock=timers.OVER,
        at=at,
        actor=actor,
        reason=reason,
        closed_at=at,
        **changes,
    )
    follow_hold(case.order_id, at=at)
    publish(CaseClosed(**_names(case), status=str(case.status)))


def follow_hold(order_id: int, *, at: datetime) -> None:
    """Make the order held exactly while a case needs it to be."""
    holding = RefundCase.objects.filter(order_id=order_id, status__in=OPEN_CASES)
    if holding.exclude(_LETS_SHIP).exists():
        freezing.freeze(order_id=order_id, at=at)
    else:
        freezing.unfreeze(order_id=order_id, at=at)


def tell_decision(
    case: RefundCase,
    *,
    action: RecordAction,
    actor: Actor,
    at: datetime,
    before: str,
    text: str = "",
    image_urls: tuple[str, ...] = (),
    facts: tuple[tuple[str, str], ...] = (),
) -> None:
    """Write what was decided everywhere it is read: record, audit trail, event."""
    records.write(
        case=case, action=action, actor=actor, at=at, text=text, image_urls=image_urls, facts=facts
    )
    if actor.role is not Role.SYSTEM:
        audit.record(
            actor=actor,
            action=f"aftersales.case.{action}",
            target=case,
            at=at,
            before={"status": before},
            after={"status": str(case.status), "version": case.version},
            reason=text,
        )
    publish(CaseDecided(**_names(case), status=str(case.status)))


def _names(case: RefundCase) -> dict[str, int]:
    return {
        "case_id": case.pk,
        "order_id": case.order_id,
        "line_id": case.line_id,
        "shop_id": case.shop_id,
    }
