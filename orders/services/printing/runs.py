"""Which orders are printed, and who did it (OR-19)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from kernel import audit
from kernel.actors import Actor
from kernel.downloads import Download
from kernel.errors import FieldError, NotAllowed
from orders.enums import OrderStatus, PrintKind
from orders.errors import NothingToPrint, NotPrintable
from orders.models import Order, PrintedOrder, Printing
from orders.models.order import OrderQuerySet
from orders.selectors import filtered
from orders.services.printing import labels, picking
from shops.models import Shop

#: What one has to hold, beside the permission to ship, for paper with receivers in clear.
CLEAR = "orders.reveal"
#: Orders in one line of the audit trail (the platforms' rule for reports of order events).
AUDITED_TOGETHER = 50
_AWAITING = (OrderStatus.TO_SHIP, OrderStatus.PARTLY_SHIPPED)
#: Kind → the states in which an order can stand on it.
PRINTABLE = {
    PrintKind.LABELS: (*_AWAITING, OrderStatus.SHIPPED),
    PrintKind.PICK_LIST: _AWAITING,
}
_DRAW = {PrintKind.LABELS: labels.draw, PrintKind.PICK_LIST: picking.draw}


@transaction.atomic
def start(
    *,
    shop: Shop,
    kind: str,
    actor: Actor,
    at: datetime,
    numbers: Sequence[str] = (),
    filters: Mapping[str, Any] | None = None,
) -> Printing:
    """Keep that the orders `numbers` are printed, and return what `file` draws.

    Without numbers: those that wait to be shipped, are not held and were not printed so, by their
    deadline; with `filters` (of a view) those of them that they let through. At most
    MAX_PRINTED_ORDERS. Raises NotAllowed for labels without the permission to see receivers,
    NotPrintable naming the orders that are not there or do not wait, NothingToPrint.
    """
    if kind == PrintKind.LABELS and not actor.may(CLEAR):
        raise NotAllowed
    orders = _named(shop, kind, numbers) if numbers else _waiting(shop, kind, filters or {})
    if not orders:
        raise NothingToPrint
    printing = Printing.objects.create(
        shop=shop,
        kind=kind,
        order_count=len(orders),
        user_id=actor.user_id,
        actor_label=actor.label[:120],
        created_at=at,
    )
    PrintedOrder.objects.bulk_create(
        PrintedOrder(
            printing=printing,
            order=order,
            shop_id=order.shop_id,
            buyer_id=order.buyer_id,
            position=position,
        )
        for position, order in enumerate(orders, start=1)
    )
    _record("orders.start_printing", printing, [order.number for order in orders], actor, at)
    return printing


@transaction.atomic
def file(*, printing: Printing, actor: Actor, at: datetime) -> Download:
    """Return the paper of `printing` as PDF; the audit trail says who took it, of which orders.

    What it shows is what the orders are now: who prints again after a parcel left has its tracking
    number on the label. Raises NotAllowed for labels without the permission to see receivers.
    """
    if printing.kind == PrintKind.LABELS and not actor.may(CLEAR):
        raise NotAllowed
    rows = PrintedOrder.objects.filter(shop_id=printing.shop_id, printing=printing)
    pairs = rows.order_by("position").values_list("order_id", "order__number")
    order_ids, numbers = zip(*pairs, strict=True)
    _record("orders.print_orders", printing, numbers, actor, at)
    content = _DRAW[PrintKind(printing.kind)](printing, order_ids)
    return Download([content], len(content), printing.filename, "application/pdf")


def _named(shop: Shop, kind: str, numbers: Sequence[str]) -> list[Order]:
    wanted = list(dict.fromkeys(numbers))
    if len(wanted) > settings.MAX_PRINTED_ORDERS:
        raise NotPrintable(extra={"limit": settings.MAX_PRINTED_ORDERS})
    found = {one.number: one for one in _printable(shop, kind).filter(number__in=wanted)}
    lacking = [number for number in wanted if number not in found]
    if lacking:
        faults = [
            FieldError(f"/orders/{wanted.index(number)}", NotPrintable.code, number)
            for number in lacking
        ]
        raise NotPrintable(errors=faults, extra={"orders": lacking})
    return [found[number] for number in wanted]


def _waiting(shop: Shop, kind: str, filters: Mapping[str, Any]) -> list[Order]:
    printed = PrintedOrder.objects.filter(
        shop_id=shop.pk, order=OuterRef("pk"), printing__kind=kind
    )
    wanted = filtered(_printable(shop, kind), filters)
    fresh = wanted.filter(~Exists(printed), status__in=_AWAITING)
    return list(fresh.order_by("ship_by_at", "pk")[: settings.MAX_PRINTED_ORDERS])


def _printable(shop: Shop, kind: str) -> OrderQuerySet:
    states = PRINTABLE[PrintKind(kind)]
    orders: OrderQuerySet = Order.objects.filter(shop=shop, status__in=states, is_frozen=False)
    return orders.only("number", "shop_id", "buyer_id")


def _record(
    action: str, printing: Printing, numbers: Sequence[str], actor: Actor, at: datetime
) -> None:
    for first in range(0, len(numbers), AUDITED_TOGETHER):
        audit.record(
            actor=actor,
            action=action,
            target=printing,
            at=at,
            after={
                "kind": printing.kind,
                "orders": list(numbers[first : first + AUDITED_TOGETHER]),
            },
        )
