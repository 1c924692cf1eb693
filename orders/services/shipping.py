"""Parcels (OR-12, OR-13)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel import audit
from kernel.actors import Actor
from kernel.errors import FieldError, InvalidInput
from kernel.events import publish
from kernel.states import move
from orders.enums import Carrier, OrderStatus
from orders.errors import NotShippable, OrderFrozen, UnknownCarrier
from orders.events import OrderShipped
from orders.models import Order, OrderLine, Package, PackageLine

TRACKING = re.compile(r"[A-Za-z0-9-]{5,40}")


@transaction.atomic
def ship_order(
    *,
    order_id: int,
    request_id: str,
    carrier_code: str,
    tracking_number: str,
    at: datetime,
    actor: Actor,
    pieces: Mapping[int, int] | None = None,
) -> Package:
    """Record one parcel with `pieces` (line position → quantity), or with all that is left.

    Afterwards the order is partly shipped, or shipped with the clock of receipt running. A known
    `request_id` returns the order's first package with it and changes nothing.

    Raises UnknownCarrier, InvalidInput for a tracking number that cannot be one, NotShippable for
    pieces that are not there, OrderFrozen while an after-sales case holds the order: the case is
    decided first.
    """
    order = Order.objects.select_for_update(no_key=True, of=("self",)).get(pk=order_id)
    known = order.packages.filter(request_id=request_id).first()
    if known is not None:
        return known
    _check(carrier_code, tracking_number)
    if order.status not in (OrderStatus.TO_SHIP, OrderStatus.PARTLY_SHIPPED):
        raise NotShippable
    if order.is_frozen:
        raise OrderFrozen
    lines = list(order.lines.select_for_update(no_key=True).order_by("pk"))
    packed = _pack(lines, pieces)
    package = Package.objects.create(
        order=order,
        shop_id=order.shop_id,
        buyer_id=order.buyer_id,
        request_id=request_id,
        carrier_code=carrier_code,
        tracking_number=tracking_number,
        shipped_at=at,
        actor_label=actor.label[:120],
    )
    PackageLine.objects.bulk_create(
        PackageLine(
            package=package,
            line=line,
            shop_id=order.shop_id,
            buyer_id=order.buyer_id,
            quantity=quantity,
        )
        for line, quantity in packed
    )
    for line, quantity in packed:
        line.shipped_quantity += quantity
    OrderLine.objects.bulk_update([line for line, _quantity in packed], ["shipped_quantity"])
    is_complete = not any(line.unshipped_quantity for line in lines)
    before = order.status
    _move_on(order, is_complete=is_complete, at=at, actor=actor)
    publish(
        OrderShipped(
            order_id=order.pk,
            shop_id=order.shop_id,
            package_id=package.pk,
            is_complete=is_complete,
        )
    )
    audit.record(
        actor=actor,
        action="orders.ship_order",
        target=order,
        at=at,
        before={"status": before},
        after={"status": order.status, "carrier": carrier_code, "tracking": tracking_number},
    )
    return package


def request_id_of(key: str) -> str:
    """Return the parcel's request id for an idempotency key of any length."""
    return hashlib.sha256(key.encode()).hexdigest()


def _check(carrier_code: str, tracking_number: str) -> None:
    if carrier_code not in Carrier.values:
        raise UnknownCarrier(
            errors=[FieldError("/carrier", UnknownCarrier.code, UnknownCarrier.message)]
        )
    if not TRACKING.fullmatch(tracking_number):
        text = _("A tracking number has 5 to 40 letters, digits or hyphens.")
        raise InvalidInput(text, errors=[FieldError("/tracking_number", "invalid", text)])


def _pack(
    lines: Sequence[OrderLine], pieces: Mapping[int, int] | None
) -> list[tuple[OrderLine, int]]:
    """Return what goes into the parcel. Raises NotShippable naming the line that is short."""
    if pieces is None:
        packed = [(one, one.unshipped_quantity) for one in lines if one.unshipped_quantity]
    else:
        by_position = {line.position: line for line in lines}
        if any(position not in by_position for position in pieces):
            raise NotShippable
        packed = [(by_position[position], pieces[position]) for position in sorted(pieces)]
    for line, quantity in packed:
        if not 1 <= quantity <= line.unshipped_quantity:
            raise NotShippable(extra={"line": line.position, "left": line.unshipped_quantity})
    if not packed:
        raise NotShippable
    return packed


def _move_on(order: Order, *, is_complete: bool, at: datetime, actor: Actor) -> None:
    if is_complete:
        move(
            order,
            to=OrderStatus.SHIPPED,
            at=at,
            actor=actor,
            shipped_at=at,
            confirm_by_at=at + settings.AUTO_CONFIRM_AFTER,
        )
    elif order.status == OrderStatus.TO_SHIP:
        move(order, to=OrderStatus.PARTLY_SHIPPED, at=at, actor=actor)
