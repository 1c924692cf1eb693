"""What people at a desk do to one order: remark, reveal, and bring forward its deadlines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from kernel import audit
from kernel.actors import Actor
from kernel.crypto import decrypt
from kernel.errors import IllegalTransition, NotFound
from orders.enums import OrderStatus
from orders.errors import OrdersNotFound
from orders.models import Order

#: Deadline → the column, and the state in which it runs.
DEADLINES: dict[str, tuple[str, OrderStatus]] = {
    "pay_by": ("pay_by_at", OrderStatus.UNPAID),
    "confirm_by": ("confirm_by_at", OrderStatus.SHIPPED),
    "aftersales_until": ("aftersales_until_at", OrderStatus.COMPLETED),
}


@transaction.atomic
def remark_order(
    *, order_id: int, remark: str, at: datetime, actor: Actor, flag: int | None = None
) -> Order:
    """Replace the shop's remark (at most 60 characters) and, when given, its flag (OR-17)."""
    order = Order.objects.select_for_update(no_key=True, of=("self",)).get(pk=order_id)
    before = {"remark": order.remark, "flag": order.flag}
    order.remark, order.flag = remark, order.flag if flag is None else flag
    order.save(update_fields=["remark", "flag"])
    audit.record(
        actor=actor,
        action="orders.remark_order",
        target=order,
        at=at,
        before=before,
        after={"remark": remark, "flag": order.flag},
    )
    return order


@transaction.atomic
def flag_orders(
    *, shop_id: int, numbers: Sequence[str], flag: int, at: datetime, actor: Actor
) -> int:
    """Put the shop's mark on its orders `numbers`, all or none, and return how many changed.

    Each that changes has a line in the audit trail. Raises OrdersNotFound naming those that are not
    the shop's, or for none at all, and for more than MAX_PRINTED_ORDERS.
    """
    wanted = list(dict.fromkeys(numbers))
    if not 1 <= len(wanted) <= settings.MAX_PRINTED_ORDERS:
        raise OrdersNotFound(extra={"limit": settings.MAX_PRINTED_ORDERS})
    rows = Order.objects.select_for_update(no_key=True, of=("self",)).defer("receiver_sealed")
    orders = list(rows.filter(shop_id=shop_id, number__in=wanted).order_by("pk"))
    lacking = sorted(set(wanted) - {order.number for order in orders})
    if lacking:
        raise OrdersNotFound(extra={"orders": lacking})
    changed = [order for order in orders if order.flag != flag]
    Order.objects.filter(shop_id=shop_id, pk__in=[one.pk for one in changed]).update(flag=flag)
    for order in changed:
        audit.record(
            actor=actor,
            action="orders.remark_order",
            target=order,
            at=at,
            before={"remark": order.remark, "flag": order.flag},
            after={"remark": order.remark, "flag": flag},
        )
    return len(changed)


@transaction.atomic
def reveal_receiver(*, order_id: int, at: datetime, actor: Actor) -> dict[str, Any]:
    """Return the receiver in clear; the audit says who looked at which order (OR-19)."""
    order = Order.objects.get(pk=order_id)
    audit.record(actor=actor, action="orders.reveal_receiver", target=order, at=at)
    region = {key: order.receiver_masked.get(key, "") for key in ("province", "city", "district")}
    return decrypt(order.receiver_sealed) | region


def can_bring_forward() -> bool:
    """Tell whether deadlines may be brought forward here."""
    return bool(settings.HAODIAN_SANDBOX)


def running_deadline(order: Order) -> str | None:
    """Return the name of the deadline that runs for `order`, None when none does."""
    return next((name for name, (_at, state) in DEADLINES.items() if order.status == state), None)


@transaction.atomic
def bring_forward(*, order_id: int, deadline: str, at: datetime, actor: Actor) -> Order:
    """Let one deadline of an order be now, by the database's clock. A sandbox alone can.

    Raises NotFound outside a sandbox or for an unknown deadline, IllegalTransition when that
    deadline does not run.
    """
    if not can_bring_forward() or deadline not in DEADLINES:
        raise NotFound
    column, status = DEADLINES[deadline]
    order = Order.objects.select_for_update(no_key=True, of=("self",)).get(pk=order_id)
    before = getattr(order, column)
    if order.status != status or before is None:
        raise IllegalTransition(extra={"from": order.status, "deadline": deadline})
    Order.objects.filter(pk=order_id).update(**{column: Now()})
    order.refresh_from_db()
    audit.record(
        actor=actor,
        action="orders.bring_deadline_forward",
        target=order,
        at=at,
        before={deadline: before.isoformat()},
        after={deadline: getattr(order, column).isoformat()},
    )
    return order
