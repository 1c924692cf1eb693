"""Putting a parcel's carrier or number right (OR-12)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from kernel import audit
from kernel.actors import Actor
from kernel.errors import NotFound
from orders.enums import ENDED_PARCELS, OrderStatus, ParcelState
from orders.errors import LabelIsFinal
from orders.models import Package, PackageEdit
from orders.services.shipping import check_label, lock_orders

_OPEN = (OrderStatus.PARTLY_SHIPPED, OrderStatus.SHIPPED)


@transaction.atomic
def relabel(
    *,
    order_id: int,
    place: int,
    carrier_code: str,
    tracking_number: str,
    at: datetime,
    actor: Actor,
    reason: str = "",
) -> Package:
    """Write another carrier and number onto the `place`-th parcel (1 …) of an order.

    What stood there is kept in its history. The way of the old number is not that of the new one:
    the parcel counts as just handed over. The label that is there already changes nothing.

    Raises NotFound, LabelIsFinal when the parcel arrived or the order is over, and what
    `shipping.check_label` raises.
    """
    check_label(carrier_code, tracking_number)
    orders = lock_orders([order_id])
    packages = Package.objects.filter(order__in=orders).order_by("pk")
    found = list(packages.select_for_update(no_key=True, of=("self",))[:place])
    if place < 1 or len(found) < place:
        raise NotFound
    (order,), package = orders, found[-1]
    before = (package.carrier_code, package.tracking_number)
    if before == (carrier_code, tracking_number):
        return package
    if order.status not in _OPEN or package.state in ENDED_PARCELS:
        raise LabelIsFinal
    PackageEdit.objects.create(
        package=package,
        shop_id=package.shop_id,
        buyer_id=package.buyer_id,
        carrier_code=before[0],
        tracking_number=before[1],
        reason=reason,
        edited_at=at,
        actor_label=actor.label[:120],
    )
    package.carrier_code, package.tracking_number = carrier_code, tracking_number
    package.state, package.moved_at, package.alert = ParcelState.SENT, None, ""
    package.save(update_fields=["carrier_code", "tracking_number", "state", "moved_at", "alert"])
    audit.record(
        actor=actor,
        action="orders.relabel_parcel",
        target=order,
        at=at,
        before={"carrier": before[0], "tracking": before[1]},
        after={"carrier": carrier_code, "tracking": tracking_number},
        reason=reason,
    )
    return package
