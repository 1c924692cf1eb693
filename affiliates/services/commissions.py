"""Commission of order lines: whatever was heard, and however often, it comes to what the lines say.

Facts arrive late, twice and in any order, so no function here adds what an event carries. `sync`
locks the orders, reads what they and their refunds are *now*, and writes the difference to what the
entries already explain. The order's lock is the one that a refund holds, so a refund and the first
estimate never miss each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.db import connection, transaction
from django.db.models.functions import Now

from affiliates import policies
from affiliates.enums import CommissionStatus, EntryKind
from affiliates.events import CommissionReversed
from affiliates.models import Commission, CommissionEntry
from affiliates.selectors import UNSETTLED
from affiliates.services.deriving import derive, sales_of
from kernel.actors import SYSTEM
from kernel.errors import IllegalTransition
from kernel.events import publish
from kernel.models import StatusChange
from kernel.money import MAX_AMOUNT
from orders.enums import OrderStatus
from orders.models import LineRefund, Order, OrderLine

SETTLED = (
    CommissionStatus.SETTLED,
    CommissionStatus.REVERSED_PART,
    CommissionStatus.REVERSED,
)
#: Rows that one run of a sweep takes.
BATCH = 500
_AMOUNTS = ("base_amount", "amount", "creator_amount", "agency_amount")


@dataclass(frozen=True)
class Earning:
    """What a line earns its creator and the creator's agency, in minor units."""

    creator_id: int
    creator_public_id: str
    creator_amount: int
    agency_id: int | None = None
    agency_public_id: str = ""
    agency_amount: int = 0


@transaction.atomic
def sync(*, order_ids: Collection[int], at: datetime) -> None:
    """Bring the commissions of the orders to what orders, lines and refunds say now.

    Afterwards every paid line that earns has a commission, reduced by each refund booked; it is
    confirmed when the order is completed, void when nothing is left of it, on hold while the order
    is. A repetition writes nothing.
    """
    locked = _lock_orders(order_ids)
    if not locked:
        return
    sales = sales_of(locked)
    derive([one for one in sales if one.paid_at is not None and not one.is_derived], at)
    # A plain sale that was derived just now says already what its order says.
    moved_on = {one.order_id for one in sales if one.is_derived or not one.is_plain}
    if moved_on:
        commissions = _lock_commissions(line__order__in=moved_on)
        _bring_up(commissions, {one.line.order_id: one.line.order for one in commissions}, at)


@transaction.atomic
def apply_refunds(*, line_ids: Collection[int], at: datetime) -> None:
    """Take back what the refunds of the lines cost, in the refund's transaction (AL-43).

    Before settlement the commission becomes smaller or void, after it negative entries are written.
    A line whose commission is not derived yet is left to `sync`, which sees the refund.
    """
    commissions = _lock_commissions(line__in=line_ids)
    if commissions:
        orders = {one.line.order_id: one.line.order for one in commissions}
        _bring_up(commissions, orders, at)


@transaction.atomic
def settle(*, line_ids: Collection[int], at: datetime) -> dict[int, Earning]:
    """Move the commissions of the lines to settled; return line pk → what is paid out for it.

    Lines that earn nothing, or nothing any more, are absent. The caller books the amounts in this
    transaction. A line that is settled already comes with its amounts of now.
    """
    lines = OrderLine.objects.filter(pk__in=line_ids).exclude(pick_code="")
    sync(order_ids=set(lines.values_list("order_id", flat=True)), at=at)
    commissions = _lock_commissions(line__in=line_ids)
    due = [one for one in commissions if one.status in UNSETTLED]
    for one in due:
        one.settled_at = at
    for was, to in pairwise([*UNSETTLED, CommissionStatus.SETTLED]):
        _move([one for one in due if one.status == was], to, at, "settled_at")
    CommissionEntry.objects.bulk_create(
        [_entry(one, EntryKind.SETTLE, "settle", policies.Split(0, 0, 0), at) for one in due]
    )
    return earnings(commissions)


@transaction.atomic
def release_due(*, at: datetime, limit: int = BATCH) -> int:
    """Mark as to settle what is past its after-sales window and not held; return how many.

    Settlement itself does not wait for this: it is what creators see.
    """
    due = Commission.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        status=CommissionStatus.CONFIRMED,
        is_on_hold=False,
        line__order__aftersales_until_at__lte=Now(),
    )
    rows = list(due.order_by("pk")[:limit])
    _move(rows, CommissionStatus.SETTLEABLE, at)
    return len(rows)


def earnings(commissions: Iterable[Commission]) -> dict[int, Earning]:
    """Return line pk → what settled commissions come to now."""
    return {
        one.line_id: Earning(
            creator_id=one.creator_id,
            creator_public_id=one.creator.public_id,
            creator_amount=one.creator_amount,
            agency_id=one.agency_id,
            agency_public_id=one.agency.public_id if one.agency else "",
            agency_amount=one.agency_amount,
        )
        for one in commissions
        if one.status in SETTLED
    }


def earnings_of(line_ids: Collection[int]) -> dict[int, Earning]:
    """Return line pk → what settled commissions come to now."""
    rows = Commission.objects.filter(line__in=line_ids).select_related("creator", "agency")
    return earnings(rows)


#: In the order of their ids, as whoever locks several orders does.
LOCK = """
SELECT id FROM orders_order AS sold
WHERE id = ANY(%s) AND EXISTS (
    SELECT FROM orders_orderline WHERE order_id = sold.id AND pick_code <> ''
)
ORDER BY id FOR NO KEY UPDATE
"""


def _lock_orders(order_ids: Collection[int]) -> list[int]:
    """Lock those of the orders that a creator brought; return these."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [list(order_ids)])
        return [pk for (pk,) in cursor.fetchall()]


def _lock_commissions(**which: object) -> list[Commission]:
    rows = Commission.objects.select_for_update(no_key=True, of=("self",)).filter(**which)
    return list(rows.select_related("line__order", "creator", "agency").order_by("pk"))


def _bring_up(commissions: Sequence[Commission], orders: Mapping[int, Order], at: datetime) -> None:
    """Write what is missing between the commissions and what lines and orders say."""
    refunds = _refunds(one.line_id for one in commissions)
    known = set(
        CommissionEntry.objects.filter(commission__in=commissions).values_list(
            "commission_id", "reference"
        )
    )
    entries: list[CommissionEntry] = []
    for one in commissions:
        is_closed = orders[one.line.order_id].status == OrderStatus.CLOSED
        for reference, goods_amount in _losses(refunds[one.line_id], is_closed):
            if (one.pk, reference) not in known:
                entries += _reduce(one, goods_amount, reference, at)
    CommissionEntry.objects.bulk_create(entries)
    reduced = {entry.commission_id: entry.commission for entry in entries}
    Commission.objects.bulk_update(reduced.values(), _AMOUNTS)
    _progress(commissions, orders, reduced.keys(), at)


def _refunds(line_ids: Iterable[int]) -> dict[int, list[tuple[str, int]]]:
    """Return line pk → (refund number, goods taken back), oldest first. Freight earned nothing."""
    found: dict[int, list[tuple[str, int]]] = defaultdict(list)
    rows = LineRefund.objects.filter(line_id__in=list(line_ids)).order_by("pk")
    for line_id, number, amount, freight_amount in rows.values_list(
        "line_id", "refund__number", "amount", "freight_amount"
    ):
        found[line_id].append((number, amount - freight_amount))
    return found


def _losses(refunds: Sequence[tuple[str, int]], is_closed: bool) -> list[tuple[str, int]]:
    """Return (reference, goods lost) in order; an order closed before it was shipped loses all."""
    losses = [(f"refund:{number}", goods_amount) for number, goods_amount in refunds]
    return [*losses, ("close", MAX_AMOUNT)] if is_closed else losses


def _reduce(
    one: Commission, goods_amount: int, reference: str, at: datetime
) -> list[CommissionEntry]:
    """Make `one` smaller by what `goods_amount` earned; return the entry that says so, if any."""
    was = _present(one)
    base = max(0, was.base_amount - goods_amount)
    if base == was.base_amount:
        return []
    left = policies.split(
        base_amount=base, rate_bp=one.rate_bp, agency_share_bp=one.agency_share_bp
    )
    one.base_amount, one.amount = left.base_amount, left.amount
    one.creator_amount, one.agency_amount = left.creator_amount, left.agency_amount
    change = policies.Split(
        left.base_amount - was.base_amount,
        left.creator_amount - was.creator_amount,
        left.agency_amount - was.agency_amount,
    )
    kind = EntryKind.REVERSE if one.status in SETTLED else EntryKind.REDUCE
    return [_entry(one, kind, reference, change, at)]


def _progress(
    commissions: Sequence[Commission],
    orders: Mapping[int, Order],
    reduced: Collection[int],
    at: datetime,
) -> None:
    targets: dict[CommissionStatus, list[Commission]] = defaultdict(list)
    held = []
    for one in commissions:
        order = orders[one.line.order_id]
        target = _target(one, order, one.pk in reduced)
        if target is not None:
            targets[target].append(one)
        if target == CommissionStatus.CONFIRMED:
            one.confirmed_at, one.settle_after = order.completed_at, order.aftersales_until_at
        if one.is_on_hold != order.is_frozen:
            one.is_on_hold = order.is_frozen
            held.append(one)
    Commission.objects.bulk_update(held, ["is_on_hold"])
    for status, rows in targets.items():
        _move(rows, status, at, "confirmed_at", "settle_after")
    taken_back = [*targets[CommissionStatus.REVERSED_PART], *targets[CommissionStatus.REVERSED]]
    if taken_back:
        publish(
            *(
                CommissionReversed(
                    commission_id=one.pk, creator_id=one.creator_id, shop_id=one.shop_id
                )
                for one in taken_back
            )
        )


def _target(one: Commission, order: Order, is_reduced: bool) -> CommissionStatus | None:
    """Return the status that `one` moves to, or None."""
    if one.status in SETTLED:
        if not is_reduced:
            return None
        return CommissionStatus.REVERSED_PART if one.base_amount else CommissionStatus.REVERSED
    if one.status not in UNSETTLED:
        return None
    if not one.base_amount:
        return CommissionStatus.VOID
    if one.status == CommissionStatus.ESTIMATED and order.status == OrderStatus.COMPLETED:
        return CommissionStatus.CONFIRMED
    return None


def _move(rows: Sequence[Commission], to: CommissionStatus, at: datetime, *changed: str) -> None:
    """Move locked commissions as `kernel.states.move` would, in two statements for all of them."""
    if not rows:
        return
    history = []
    for one in rows:
        if to not in Commission.TRANSITIONS[CommissionStatus(one.status)]:
            raise IllegalTransition(extra={"from": one.status, "to": str(to)})
        history.append(
            StatusChange(
                model=Commission._meta.label_lower,
                object_id=one.pk,
                field="status",
                from_status=one.status,
                to_status=to,
                at=at,
                actor_label=SYSTEM.label,
            )
        )
        one.status = to
    Commission.objects.bulk_update(rows, ["status", *changed])
    StatusChange.objects.bulk_create(history)


def _present(one: Commission) -> policies.Split:
    return policies.Split(one.base_amount, one.creator_amount, one.agency_amount)


def _entry(
    one: Commission, kind: EntryKind, reference: str, change: policies.Split, at: datetime
) -> CommissionEntry:
    return CommissionEntry(
        commission=one,
        shop_id=one.shop_id,
        creator_id=one.creator_id,
        agency_id=one.agency_id,
        kind=kind,
        base_amount=change.base_amount,
        creator_amount=change.creator_amount,
        agency_amount=change.agency_amount,
        reference=reference,
        at=at,
    )
