"""Sending an order elsewhere (改地址, OR-16): the buyer asks, the shop or the time answers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from kernel import audit
from kernel.actors import SYSTEM, Actor
from kernel.clock import database_now
from kernel.errors import IllegalTransition, NotFound
from kernel.states import move
from orders.enums import AddressChangeStatus, AddressRefusal, OrderStatus
from orders.errors import AddressChangePending, AddressIsFinal, FreightRises
from orders.models import AddressChange, Order, OrderRules, PrintedOrder
from orders.services.freight_there import extra_freight
from orders.services.receivers import SealedReceiver, receiver_of
from orders.services.requests import Receiver
from shops.models import Shop

_PENDING = AddressChangeStatus.PENDING
#: Nobody has touched the parcel yet; before payment the shop is not asked at all.
_EARLY = (OrderStatus.UNPAID, OrderStatus.PAID)
_CHANGEABLE = (*_EARLY, OrderStatus.TO_SHIP)


@transaction.atomic
def ask(
    *,
    order_id: int,
    at: datetime,
    actor: Actor,
    receiver: Receiver | None = None,
    address_id: str = "",
) -> AddressChange:
    """Let the buyer ask for another receiver: given, or named by a saved address of theirs.

    Approved at once when the order is not paid, or when the shop does not want to be asked and the
    parcel is not being prepared; then refused (1003) when it is. Otherwise it waits for the shop,
    ADDRESS_ANSWER_WITHIN at most; so it does where sending costs more, which the shop may bear.
    Raises AddressIsFinal when a parcel left or the order is over, AddressChangePending while
    another wish waits, NotFound for an address that is not theirs, NotDeliveredThere and
    RegionNotFound as a checkout does, FreightRises before payment: a new checkout asks for it.
    """
    order = _lock(order_id)
    if order.status not in _CHANGEABLE:
        raise AddressIsFinal
    if AddressChange.objects.filter(order=order, status=_PENDING).exists():
        raise AddressChangePending
    sealed = receiver_of(buyer_id=order.buyer_id, receiver=receiver, address_id=address_id)
    if sealed is None:
        raise NotFound
    extra = extra_freight(order, sealed.masked)
    if extra and order.status in _EARLY:
        raise FreightRises(extra={"extra_freight": extra})
    change = _new(order, sealed, extra, at)
    audit.record(
        actor=actor,
        action="orders.ask_address_change",
        target=order,
        at=at,
        after={"change": change.public_id},
    )
    if not extra and (order.status in _EARLY or not _asks(order.shop_id)):
        _answer_at_once(order, change, at)
    return change


@transaction.atomic
def approve(
    *, change_id: int, at: datetime, actor: Actor, bears_freight: bool = False
) -> AddressChange:
    """Send the order to the new receiver; the shop `bears_freight` that sending there costs more.

    Raises IllegalTransition when the wish was answered, AddressIsFinal when a parcel left
    meanwhile, FreightRises when there is more to bear and the shop does not say that it does.
    """
    order, change = _lock_both(change_id)
    if change.extra_freight_amount and not bears_freight:
        raise FreightRises(extra={"extra_freight": change.extra_freight_amount})
    if order.status not in _CHANGEABLE:
        raise AddressIsFinal
    _approve(order, change, at, actor)
    return change


@transaction.atomic
def reject(*, change_id: int, refusal: int, at: datetime, actor: Actor) -> AddressChange:
    """Leave the order where it is, and say why (1001 to 1005). Raises IllegalTransition."""
    order, change = _lock_both(change_id)
    _reject(order, change, AddressRefusal(refusal), at, actor)
    return change


def decide_due(*, at: datetime, limit: int = 100) -> int:
    """Answer what the shops did not answer in time, by the database's clock; return how many.

    Approved, unless the parcel is being prepared (refused, 1003) or sending there costs more that
    nobody took on (1006). Orders that somebody is at are
    left to the next sweep. Each in a transaction of its own.
    """
    due = AddressChange.objects.filter(status=_PENDING, due_at__lte=Now()).order_by("due_at", "pk")
    return sum(_decide(order_id, at) for order_id in due.values_list("order_id", flat=True)[:limit])


def refuse_shipped(order_ids: Collection[int], *, at: datetime) -> None:
    """Refuse (1005) what waits for orders whose parcel just left. The orders are locked."""
    waiting = AddressChange.objects.filter(order__in=order_ids, status=_PENDING)
    for change in waiting.select_related("order").order_by("order", "pk"):
        _reject(change.order, change, AddressRefusal.SHIPPING, at, SYSTEM)


@transaction.atomic
def set_rules(*, shop: Shop, asks_for_addresses: bool, at: datetime, actor: Actor) -> OrderRules:
    """Say whether the shop wants to be asked before an address changes."""
    before = _asks(shop.pk)
    rules, _is_new = OrderRules.objects.update_or_create(
        shop=shop, defaults={"asks_for_addresses": asks_for_addresses}
    )
    audit.record(
        actor=actor,
        action="orders.set_rules",
        target=rules,
        at=at,
        before={"asks_for_addresses": before},
        after={"asks_for_addresses": asks_for_addresses},
    )
    return rules


def is_in_warehouse(order: Order) -> bool:
    """Tell whether the parcel is being prepared: the order stands on a label or a pick list."""
    return PrintedOrder.objects.filter(shop_id=order.shop_id, order=order).exists()


def _asks(shop_id: int) -> bool:
    return OrderRules.objects.filter(shop_id=shop_id, asks_for_addresses=True).exists()


def _new(order: Order, sealed: SealedReceiver, extra: int, at: datetime) -> AddressChange:
    within: timedelta = settings.ADDRESS_ANSWER_WITHIN
    return AddressChange.objects.create(
        order=order,
        shop_id=order.shop_id,
        buyer_id=order.buyer_id,
        receiver_sealed=sealed.sealed,
        receiver_masked=sealed.masked,
        address_hash=sealed.address_hash,
        extra_freight_amount=extra,
        created_at=at,
        due_at=database_now() + within,
    )


def _answer_at_once(order: Order, change: AddressChange, at: datetime) -> None:
    if order.status not in _EARLY and is_in_warehouse(order):
        _reject(order, change, AddressRefusal.IN_WAREHOUSE, at, SYSTEM)
    elif change.extra_freight_amount:
        _reject(order, change, AddressRefusal.FREIGHT, at, SYSTEM)
    else:
        _approve(order, change, at, SYSTEM)


@transaction.atomic
def _decide(order_id: int, at: datetime) -> bool:
    """Answer the wish of one order; False when somebody is at the order, or it was answered."""
    rows = Order.objects.select_for_update(no_key=True, of=("self",), skip_locked=True)
    order = rows.filter(pk=order_id).first()
    waiting = AddressChange.objects.filter(order_id=order_id, status=_PENDING, due_at__lte=Now())
    change = waiting.first() if order else None
    if order is None or change is None:
        return False
    if order.status == OrderStatus.CLOSED:
        move(change, to=AddressChangeStatus.LAPSED, at=at, **_decided(SYSTEM, at))
    elif order.status not in _CHANGEABLE:
        _reject(order, change, AddressRefusal.SHIPPING, at, SYSTEM)
    else:
        _answer_at_once(order, change, at)
    return True


def _approve(order: Order, change: AddressChange, at: datetime, actor: Actor) -> None:
    move(change, to=AddressChangeStatus.APPROVED, at=at, actor=actor, **_decided(actor, at))
    before = order.address_hash
    order.receiver_sealed = change.receiver_sealed
    order.receiver_masked = change.receiver_masked
    order.address_hash = change.address_hash
    order.save(update_fields=["receiver_sealed", "receiver_masked", "address_hash"])
    audit.record(
        actor=actor,
        action="orders.approve_address_change",
        target=order,
        at=at,
        before={"address_hash": before},
        after={
            "address_hash": order.address_hash,
            "change": change.public_id,
            "extra_freight": change.extra_freight_amount,
        },
    )


def _reject(
    order: Order, change: AddressChange, refusal: AddressRefusal, at: datetime, actor: Actor
) -> None:
    decided = _decided(actor, at)
    move(change, to=AddressChangeStatus.REJECTED, at=at, actor=actor, refusal=refusal, **decided)
    audit.record(
        actor=actor,
        action="orders.reject_address_change",
        target=order,
        at=at,
        after={"refusal": refusal.value, "change": change.public_id},
    )


def _decided(actor: Actor, at: datetime) -> dict[str, Any]:
    return {"decided_at": at, "due_at": None, "actor_label": (actor.label or actor.role)[:120]}


def _lock(order_id: int) -> Order:
    return Order.objects.select_for_update(no_key=True, of=("self",)).get(pk=order_id)


def _lock_both(change_id: int) -> tuple[Order, AddressChange]:
    """Lock the order, which stands before its wishes, and read the wish as it is then."""
    order = _lock(AddressChange.objects.values_list("order_id", flat=True).get(pk=change_id))
    change = AddressChange.objects.get(pk=change_id)
    if change.status != _PENDING:
        raise IllegalTransition(extra={"from": change.status})
    return order, change
