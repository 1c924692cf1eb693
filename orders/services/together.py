"""Several orders in one parcel (OR-15)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from kernel.actors import Actor
from kernel.errors import DomainError
from orders.errors import NotTogether
from orders.models import Order, Package
from orders.services.shipping import Parcel, lock_orders, ship_parcels

#: Orders in one parcel.
MOST_TOGETHER = 20


@transaction.atomic
def ship_together(
    *,
    shop_id: int,
    numbers: Sequence[str],
    request_id: str,
    carrier_code: str,
    tracking_number: str,
    at: datetime,
    actor: Actor,
) -> list[Package]:
    """Ship all that is left of the shop's orders `numbers` under one tracking number, or nothing.

    Each order has a package of its own with that number; a known `request_id` returns the first
    ones. Raises NotTogether unless all are there and go to one buyer at one address (told by the
    keyed hash), and what `shipping.ship_order` raises for any of them.
    """
    wanted = set(numbers)
    keys = Order.objects.filter(shop_id=shop_id, number__in=wanted).values_list("pk", flat=True)
    orders = lock_orders(keys)
    places = {(order.buyer_id, order.address_hash) for order in orders}
    if len(orders) != len(wanted) or len(places) != 1:
        raise NotTogether
    parcels = [Parcel(order.pk, request_id, carrier_code, tracking_number) for order in orders]
    packages = []
    for result in ship_parcels(parcels=parcels, at=at, actor=actor):
        if isinstance(result, DomainError):
            raise result  # and nothing of the others is kept
        packages.append(result)
    return packages
