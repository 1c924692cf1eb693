"""Parcels (OR-12, OR-13): a *set* of them at a time; one is a set of one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel import audit
from kernel.actors import Actor
from kernel.errors import DomainError, FieldError, InvalidInput, NotFound
from kernel.events import publish
from kernel.states import move_all
from orders.enums import Carrier, OrderStatus
from orders.errors import NotShippable, OrderFrozen, UnknownCarrier
from orders.events import OrderShipped
from orders.models import Order, OrderLine, Package, PackageLine
from orders.services.carriers import TRACKING
from orders.services.parcel_facts import ParcelPlaces, check_serials
from orders.services.readdressing import refuse_shipped

_AWAITING = (OrderStatus.TO_SHIP, OrderStatus.PARTLY_SHIPPED)


@dataclass(frozen=True)
class Parcel:
    """A parcel that shall go: `pieces` (line position → quantity), or all that is left."""

    order_id: int
    #: Names the parcel within its order: the same one again changes nothing.
    request_id: str
    carrier_code: str
    tracking_number: str
    #: A quantity of None is what is left of the line.
    pieces: Mapping[int, int | None] | None = None
    #: Line position → serial numbers of its pieces in this parcel.
    serials: Mapping[int, Sequence[str]] = field(default_factory=dict)
    #: Public ids of addresses of the shop, empty for none: where it leaves, where it comes back to.
    sent_from_id: str = ""
    goes_back_to_id: str = ""


@dataclass
class _Granted:
    """A parcel that goes, and how its order stands after it."""

    parcel: Parcel
    packed: Sequence[tuple[OrderLine, int]]
    before: str
    after: str
    package: Package

    @property
    def is_complete(self) -> bool:
        return self.after == OrderStatus.SHIPPED


def ship_order(
    *,
    order_id: int,
    request_id: str,
    carrier_code: str,
    tracking_number: str,
    at: datetime,
    actor: Actor,
    pieces: Mapping[int, int] | None = None,
    serials: Mapping[int, Sequence[str]] | None = None,
    sent_from_id: str = "",
    goes_back_to_id: str = "",
) -> Package:
    """Record one parcel with `pieces` (line position → quantity), or with all that is left.

    Afterwards the order is partly shipped, or shipped with the clock of receipt running. A known
    `request_id` returns the order's first package with it and changes nothing.

    `serials` are of pieces of a line in this parcel; addresses are the shop's, kept as they are now
    (returns of what is in the parcel go to `goes_back_to_id`).

    Raises UnknownCarrier, InvalidInput for a tracking number that cannot be one, SerialsWrong,
    UnknownShopAddress, NotShippable for pieces that are not there, OrderFrozen while an after-sales
    case holds the order: the case is decided first.
    """
    parcel = Parcel(
        order_id,
        request_id,
        carrier_code,
        tracking_number,
        pieces,
        serials or {},
        sent_from_id,
        goes_back_to_id,
    )
    (result,) = ship_parcels(parcels=[parcel], at=at, actor=actor)
    if isinstance(result, DomainError):
        raise result
    return result


@transaction.atomic
def ship_parcels(
    *, parcels: Sequence[Parcel], at: datetime, actor: Actor, is_dry_run: bool = False
) -> list[Package | DomainError]:
    """Record parcels, each judged by itself in the order given; return the package or the refusal.

    What is refused leaves no trace and keeps nothing else back. A constant number of statements,
    but for one line of the audit trail a parcel. The refusals are those of `ship_order`, and
    NotFound for an order that is not there. In a dry run all is judged and nothing written.
    """
    desk = _Desk({parcel.order_id for parcel in parcels}, at=at, actor=actor)
    results = [desk.judge(parcel) for parcel in parcels]
    if not is_dry_run:
        desk.write()
    return results


def lock_orders(order_ids: Iterable[int]) -> list[Order]:
    """Lock and return orders, by id."""
    orders = Order.objects.select_for_update(no_key=True, of=("self",)).defer("receiver_sealed")
    return list(orders.filter(pk__in=set(order_ids)).order_by("pk"))


def request_id_of(key: str) -> str:
    """Return the parcel's request id for an idempotency key of any length."""
    return hashlib.sha256(key.encode()).hexdigest()


class _Desk:
    """The locked rows of a set, what is still to be shipped of them, and what was granted."""

    def __init__(self, order_ids: set[int], *, at: datetime, actor: Actor) -> None:
        self.at, self.actor = at, actor
        self.orders = {order.pk: order for order in lock_orders(order_ids)}
        lines = OrderLine.objects.select_for_update(no_key=True, of=("self",))
        self.lines: dict[int, list[OrderLine]] = {pk: [] for pk in self.orders}
        for line in lines.filter(order__in=self.orders).order_by("pk"):
            self.lines[line.order_id].append(line)
        packages = Package.objects.filter(order__in=self.orders)
        self.known = {(one.order_id, one.request_id): one for one in packages}
        self.granted: list[_Granted] = []

    def judge(self, parcel: Parcel) -> Package | DomainError:
        """Return the parcel's package, known or to be written, or why there is none."""
        order = self.orders.get(parcel.order_id)
        if order is None:
            return NotFound()
        known = self.known.get((parcel.order_id, parcel.request_id))
        if known is not None:
            return known
        try:
            check_label(parcel.carrier_code, parcel.tracking_number)
            if order.status not in _AWAITING:
                raise NotShippable
            if order.is_frozen:
                raise OrderFrozen
            packed = _pack(self.lines[order.pk], parcel.pieces)
            check_serials(parcel.serials, {line.position: pieces for line, pieces in packed})
            places = ParcelPlaces.of(order.shop_id, parcel.sent_from_id, parcel.goes_back_to_id)
        except DomainError as refusal:
            return refusal
        return self._grant(order, parcel, packed, places)

    def _grant(
        self,
        order: Order,
        parcel: Parcel,
        packed: Sequence[tuple[OrderLine, int]],
        places: ParcelPlaces,
    ) -> Package:
        for line, quantity in packed:
            line.shipped_quantity += quantity
        is_left = any(line.unshipped_quantity for line in self.lines[order.pk])
        after = OrderStatus.PARTLY_SHIPPED if is_left else OrderStatus.SHIPPED
        package = Package(
            order=order,
            shop_id=order.shop_id,
            buyer_id=order.buyer_id,
            request_id=parcel.request_id,
            carrier_code=parcel.carrier_code,
            tracking_number=parcel.tracking_number,
            shipped_at=self.at,
            sent_from=places.sent_from,
            goes_back_to=places.goes_back_to,
            actor_label=self.actor.label[:120],
        )
        self.granted.append(_Granted(parcel, packed, order.status, after, package))
        order.status = after  # the next parcel of the set is judged by it
        self.known[order.pk, parcel.request_id] = package
        return package

    def write(self) -> None:
        """Write what was granted, and tell of it."""
        if not self.granted:
            return
        Package.objects.bulk_create(one.package for one in self.granted)
        PackageLine.objects.bulk_create(
            PackageLine(
                package=one.package,
                line=line,
                shop_id=line.shop_id,
                buyer_id=line.buyer_id,
                quantity=quantity,
                serials=list(one.parcel.serials.get(line.position, ())),
            )
            for one in self.granted
            for line, quantity in one.packed
        )
        changed = {line.pk: line for one in self.granted for line, _quantity in one.packed}
        OrderLine.objects.bulk_update(changed.values(), ["shipped_quantity"])
        self._move_on()
        refuse_shipped({one.package.order_id for one in self.granted}, at=self.at)
        publish(
            *(
                OrderShipped(
                    order_id=one.package.order_id,
                    shop_id=one.package.shop_id,
                    package_id=one.package.pk,
                    is_complete=one.is_complete,
                )
                for one in self.granted
            )
        )
        for one in self.granted:
            self._record(one)

    def _move_on(self) -> None:
        """Move each order once, from where it stood before the set to where the set leaves it."""
        first: dict[int, str] = {}
        last: dict[int, str] = {}
        for one in self.granted:
            first.setdefault(one.package.order_id, one.before)
            last[one.package.order_id] = one.after
        moved = {pk: to for pk, to in last.items() if first[pk] != to}
        in_part = [pk for pk, to in moved.items() if to == OrderStatus.PARTLY_SHIPPED]
        whole = [pk for pk, to in moved.items() if to == OrderStatus.SHIPPED]
        at, actor = self.at, self.actor
        move_all(Order, in_part, path=[OrderStatus.PARTLY_SHIPPED], at=at, actor=actor)
        move_all(
            Order,
            whole,
            path=[OrderStatus.SHIPPED],
            at=at,
            actor=actor,
            shipped_at=at,
            confirm_by_at=at + settings.AUTO_CONFIRM_AFTER,
        )

    def _record(self, one: _Granted) -> None:
        audit.record(
            actor=self.actor,
            action="orders.ship_order",
            target=one.package.order,
            at=self.at,
            before={"status": one.before},
            after={
                "status": one.after,
                "carrier": one.parcel.carrier_code,
                "tracking": one.parcel.tracking_number,
            },
        )


def check_label(carrier_code: str, tracking_number: str) -> None:
    """Raise UnknownCarrier, or InvalidInput for a tracking number that cannot be one."""
    if carrier_code not in Carrier.values:
        raise UnknownCarrier(
            errors=[FieldError("/carrier", UnknownCarrier.code, UnknownCarrier.message)]
        )
    if not TRACKING.fullmatch(tracking_number):
        text = _("A tracking number has 5 to 40 letters, digits or hyphens.")
        raise InvalidInput(text, errors=[FieldError("/tracking_number", "invalid", text)])


def _pack(
    lines: Sequence[OrderLine], pieces: Mapping[int, int | None] | None
) -> list[tuple[OrderLine, int]]:
    """Return what goes into the parcel. Raises NotShippable naming the line that is short."""
    if pieces is None:
        packed = [(one, one.unshipped_quantity) for one in lines if one.unshipped_quantity]
    else:
        by_position = {line.position: line for line in lines}
        if any(position not in by_position for position in pieces):
            raise NotShippable
        wanted = sorted(pieces.items())
        packed = [
            (line, line.unshipped_quantity if quantity is None else quantity)
            for line, quantity in ((by_position[position], count) for position, count in wanted)
        ]
    for line, quantity in packed:
        if not 1 <= quantity <= line.unshipped_quantity:
            raise NotShippable(extra={"line": line.position, "left": line.unshipped_quantity})
    if not packed:
        raise NotShippable
    return packed
