"""An after-sales case holds an order: no automatic receipt meanwhile, no parcel before shipping."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from kernel.events import publish
from orders.enums import OrderStatus
from orders.events import OrderFrozen
from orders.models import Order


@transaction.atomic
def freeze(*, order_id: int, at: datetime) -> bool:
    """Hold the order; return False when it was held already. Publishes OrderFrozen."""
    frozen = Order.objects.filter(pk=order_id, is_frozen=False).update(is_frozen=True, frozen_at=at)
    if frozen:
        _tell(order_id, is_frozen=True)
    return bool(frozen)


@transaction.atomic
def unfreeze(*, order_id: int, at: datetime) -> bool:
    """Hold the order no more; return False when it was not held. Publishes OrderFrozen.

    The clock of automatic receipt stood still meanwhile: `confirm_by_at` moves by the time that the
    order was held since it was shipped. The caller makes sure that no other case of it is open.
    """
    order = Order.objects.select_for_update(no_key=True, of=("self",)).get(pk=order_id)
    if not order.is_frozen:
        return False
    if order.status == OrderStatus.SHIPPED and order.confirm_by_at and order.frozen_at:
        stopped_at = max(order.frozen_at, order.shipped_at or order.frozen_at)
        order.confirm_by_at += max(at - stopped_at, timedelta(0))
    order.is_frozen, order.frozen_at = False, None
    order.save(update_fields=["is_frozen", "frozen_at", "confirm_by_at"])
    _tell(order_id, is_frozen=False)
    return True


def _tell(order_id: int, *, is_frozen: bool) -> None:
    shop_id = Order.objects.values_list("shop_id", flat=True).get(pk=order_id)
    publish(OrderFrozen(order_id=order_id, shop_id=shop_id, is_frozen=is_frozen))
