"""Wishes to parcels: what can be shipped is, the rest gets a fault. A set at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kernel.actors import Actor
from kernel.errors import DomainError, NotFound
from orders.enums import OrderStatus
from orders.errors import NotShippable, OrderFrozen
from orders.models import Order, OrderLine, Package, PackageLine
from orders.services.shipfiles.reading import WrittenRow
from orders.services.shipfiles.sorting import ParcelWish
from orders.services.shipping import Parcel, lock_orders, ship_parcels

_AWAITING = (OrderStatus.TO_SHIP, OrderStatus.PARTLY_SHIPPED)
#: Whose parcel it is and where it goes: orders of one may lie in one parcel (OR-15).
Destination = tuple[int, str]


@dataclass
class _Facts:
    """What the database says of the orders of a set; they are locked."""

    orders: dict[str, Order]
    #: Order pk → merchant code → position of the line.
    positions: dict[int, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    #: (order pk, carrier, tracking number) → position → pieces, of parcels that left.
    left: dict[tuple[int, str, str], dict[int, int]] = field(default_factory=dict)
    #: Tracking number → where parcels of the shop with it went.
    used: dict[str, set[Destination]] = field(default_factory=lambda: defaultdict(set))
    #: Order number → where it goes, of orders that share a number with one of the set.
    partners: dict[str, Destination] = field(default_factory=dict)


def ship_wishes(
    *, shop_id: int, wishes: Sequence[ParcelWish], actor: Actor, at: datetime, is_dry_run: bool
) -> None:
    """Ship what `wishes` name and can be shipped; the others know afterwards what is wrong.

    A parcel of the same order with the same number and the same pieces left already: it is well,
    with a note. In a dry run nothing is written, and the faults are the same. Belongs in a
    transaction; the wishes of an order are all in it.
    """
    facts = _facts_of(shop_id, wishes)
    asked: list[tuple[ParcelWish, Parcel]] = []
    for wish in wishes:
        if wish.is_good:
            parcel = _parcel_of(wish, facts)
            if parcel is not None:
                asked.append((wish, parcel))
    was = {order.pk: order.status for order in facts.orders.values()}
    results = ship_parcels(
        parcels=[parcel for _wish, parcel in asked], at=at, actor=actor, is_dry_run=is_dry_run
    )
    for (wish, parcel), result in zip(asked, results, strict=True):
        if isinstance(result, DomainError):
            wish.blame(*_said(result, was[parcel.order_id]))


def _facts_of(shop_id: int, wishes: Sequence[ParcelWish]) -> _Facts:
    numbers = {wish.order for wish in wishes if wish.is_good}
    ours = Order.objects.filter(shop_id=shop_id)
    pks = ours.filter(number__in=numbers).values_list("pk", flat=True)
    orders = {order.number: order for order in lock_orders(pks)}
    facts = _Facts(orders)
    keys = [order.pk for order in orders.values()]
    lines = OrderLine.objects.filter(shop_id=shop_id, order__in=keys)
    for order_id, code, position in lines.values_list("order_id", "sku__merchant_code", "position"):
        facts.positions[order_id][code] = position
    _read_parcels(facts, shop_id, keys)
    _read_numbers(facts, shop_id, wishes)
    return facts


def _read_parcels(facts: _Facts, shop_id: int, order_ids: Sequence[int]) -> None:
    pieces = PackageLine.objects.filter(shop_id=shop_id, package__order__in=order_ids)
    columns = ("package__order_id", "package__carrier_code", "package__tracking_number")
    for order_id, carrier, number, position, quantity in pieces.values_list(
        *columns, "line__position", "quantity"
    ):
        inside = facts.left.setdefault((order_id, carrier, number), {})
        inside[position] = inside.get(position, 0) + quantity


def _read_numbers(facts: _Facts, shop_id: int, wishes: Sequence[ParcelWish]) -> None:
    numbers = {wish.tracking_number for wish in wishes if wish.is_good}
    parcels = Package.objects.filter(shop_id=shop_id, tracking_number__in=numbers)
    for number, buyer_id, place in parcels.values_list(
        "tracking_number", "buyer_id", "order__address_hash"
    ):
        facts.used[number].add((buyer_id, place))
    others = {wish.shares_with for wish in wishes if wish.shares_with}
    partners = Order.objects.filter(shop_id=shop_id, number__in=others)
    for number, buyer_id, place in partners.values_list("number", "buyer_id", "address_hash"):
        facts.partners[number] = (buyer_id, place)


def _parcel_of(wish: ParcelWish, facts: _Facts) -> Parcel | None:
    """Return the parcel that `wish` asks for; None when it is blamed, or left already."""
    order = facts.orders.get(wish.order)
    if order is None:
        wish.blame("order", "unknown_order")
        return None
    codes = facts.positions[order.pk]
    foreign = [code for code in wish.pieces if code not in codes]
    if foreign:
        wish.blame("sku_code", "unknown_sku", _row_of(wish, foreign[0]))
        return None
    asked = {codes[code]: quantity for code, quantity in wish.pieces.items()}
    left = facts.left.get((order.pk, wish.carrier_code, wish.tracking_number))
    if left is not None:
        is_same = _is_same(order, asked, left)
        for row in wish.rows if is_same else wish.rows[:1]:
            wish.blame("tracking_number", "already_shipped" if is_same else "tracking_used", row)
        return None
    if _is_foreign_number(wish, order, facts):
        wish.blame("tracking_number", "tracking_used")
        return None
    return Parcel(order.pk, wish.request_id, wish.carrier_code, wish.tracking_number, asked or None)


def _is_same(order: Order, asked: Mapping[int, int | None], left: Mapping[int, int]) -> bool:
    """Tell whether the parcel that left holds what is asked for; "all" of an order that waits on is
    more than what left."""
    if not asked:
        return order.status not in _AWAITING
    return asked.keys() == left.keys() and all(
        count is None or count == left[place] for place, count in asked.items()
    )


def _is_foreign_number(wish: ParcelWish, order: Order, facts: _Facts) -> bool:
    """Tell whether the number is that of a parcel to somebody or somewhere else."""
    places = set(facts.used.get(wish.tracking_number, ()))
    if wish.shares_with in facts.partners:
        places.add(facts.partners[wish.shares_with])
    return bool(places - {(order.buyer_id, order.address_hash)})


def _row_of(wish: ParcelWish, code: str) -> WrittenRow:
    return next(row for row in wish.rows if row.sku_code.strip() == code)


def _said(refusal: DomainError, status: str) -> tuple[str, str]:
    """Return the column and the code of a refusal; `status` is the order's before the set."""
    if isinstance(refusal, OrderFrozen):
        return "order", "refund_pending"
    if isinstance(refusal, NotFound) or status not in _AWAITING:
        return "order", "not_awaiting_shipment"
    if isinstance(refusal, NotShippable) and "line" in refusal.extra:
        is_none = not refusal.extra["left"]
        return ("order", "nothing_left") if is_none else ("quantity", "too_many_pieces")
    return "order", "nothing_left"
