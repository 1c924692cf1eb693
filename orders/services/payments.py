"""Payments that wait for money, and the locks that whoever moves a group's money takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from catalog.enums import MovementKind
from catalog.services import stock
from kernel.actors import Actor
from kernel.asking import Rows, Statement, ask, numbers
from kernel.errors import DomainError, NotFound
from kernel.group_commit import GroupCommit
from orders.enums import OrderStatus
from orders.errors import NotPayable
from orders.models import Order, OrderGroup, OrderLine, Payment
from orders.services import numbering
from orders.services.till import LineRow

#: When the gateway is asked about a payment that it told nothing of, counted from its start.
POLL_AFTER = (timedelta(seconds=60), timedelta(minutes=5), timedelta(minutes=30))


@dataclass(frozen=True)
class Wish:
    """A buyer wants to pay what is unpaid in their checkout, with this gateway."""

    group_number: str
    buyer_id: int
    gateway: str


def start_payment(*, group_number: str, gateway: str, at: datetime, actor: Actor) -> Payment:
    """Return the pending payment of what is unpaid in the actor's group; made when there is none.

    Who begins so late that the order would be closed meanwhile has HELD_WHILE_PAYING to finish.
    The row is the intent: the gateway is asked after commit, with its number. Whoever starts one at
    the same moment shares the transaction.

    Raises NotFound for a group that is not the actor's, NotPayable when nothing waits for money.
    """
    result = _queue.submit((Wish(group_number, actor.user_id or 0, gateway), at))
    if isinstance(result, DomainError):
        raise result
    return result


@transaction.atomic
def start_payments(wishes: Sequence[Wish], *, at: datetime) -> list[Payment | DomainError]:
    """Return for each wish its pending payment, or NotFound or NotPayable.

    Equal wishes, of this set or of an earlier one, have the same payment.
    """
    asked = {(wish.group_number, wish.buyer_id) for wish in wishes}
    wanted = [[number for number, _buyer in asked], numbers(buyer for _number, buyer in asked)]
    groups, amounts, known, names = ask(
        Statement(LOCK_GROUPS, wanted, _read_groups),
        Statement(UNPAID, wanted, _read_amounts),
        Statement(PENDING, wanted, lambda rows: [pk for (pk,) in rows]),
        numbering.to_take(len(wishes), at, prefix=numbering.PAYMENT),
    )
    pending = _read_payments(known)
    keys = [_key(wish, groups, amounts) for wish in wishes]
    by_pk = {group.pk: group for group in groups.values()}
    missing = [key for key in dict.fromkeys(keys) if key and key not in pending]
    made = Payment.objects.bulk_create(
        intent(number, by_pk[group_id], gateway, amount, at)
        for number, (group_id, gateway, amount) in zip(names, missing, strict=False)
    )
    pending |= dict(zip(missing, made, strict=True))
    _hold_longer({key[0] for key in missing}, amounts, at)
    return [
        pending[key] if key else _refusal(groups, wish)
        for key, wish in zip(keys, wishes, strict=True)
    ]


#: Each sees what the one before it has locked: it stays so until the transaction ends.
LOCK_GROUPS = """
SELECT placed.id, number, buyer_id, currency FROM orders_ordergroup AS placed
JOIN unnest(%s::text[], %s::bigint[]) AS asked (number, buyer_id) USING (number, buyer_id)
ORDER BY placed.id FOR NO KEY UPDATE OF placed
"""
UNPAID = """
SELECT one.group_id, sum(one.pay_amount)::bigint, min(one.pay_by_at) FROM orders_order AS one
JOIN orders_ordergroup AS placed ON placed.id = one.group_id
JOIN unnest(%s::text[], %s::bigint[]) AS asked (number, buyer_id)
    ON asked.number = placed.number AND asked.buyer_id = placed.buyer_id
WHERE one.status = 'unpaid' GROUP BY one.group_id
"""
PENDING = """
SELECT payment.id FROM orders_payment AS payment
JOIN orders_ordergroup AS placed ON placed.id = payment.group_id
JOIN unnest(%s::text[], %s::bigint[]) AS asked (number, buyer_id)
    ON asked.number = placed.number AND asked.buyer_id = placed.buyer_id
WHERE payment.status = 'pending'
"""


class Unpaid(NamedTuple):
    """What a group's unpaid orders cost (minor units), and when the first of them is closed."""

    amount: int
    pay_by_at: datetime


#: Group pk, gateway and amount (minor units): what makes two payments one.
Key = tuple[int, str, int]


def _read_groups(rows: Rows) -> dict[tuple[str, int], OrderGroup]:
    """Return locked groups by (number, buyer), with what a payment takes from them."""
    return {
        (number, buyer_id): OrderGroup(id=pk, number=number, buyer_id=buyer_id, currency=currency)
        for pk, number, buyer_id, currency in rows
    }


def _read_amounts(rows: Rows) -> dict[int, Unpaid]:
    """Return group pk → what its unpaid orders cost, and when the first of them is closed."""
    return {group_id: Unpaid(amount, pay_by_at) for group_id, amount, pay_by_at in rows}


def _read_payments(pks: Sequence[int]) -> dict[Key, Payment]:
    """Return payments by what they pay."""
    rows = Payment.objects.select_related("group").in_bulk(pks) if pks else {}
    return {(one.group_id, one.gateway, one.amount): one for one in rows.values()}


def _key(
    wish: Wish, groups: Mapping[tuple[str, int], OrderGroup], amounts: Mapping[int, Unpaid]
) -> Key | None:
    """Return what the wish would pay; None when there is no such group, or nothing is unpaid."""
    group = groups.get((wish.group_number, wish.buyer_id))
    unpaid = amounts.get(group.pk) if group else None
    return (group.pk, wish.gateway, unpaid.amount) if group and unpaid and unpaid.amount else None


def _hold_longer(group_ids: Iterable[int], amounts: Mapping[int, Unpaid], at: datetime) -> None:
    """Give who began to pay late the time to finish: the pieces are held so long (CA-12).

    Once a payment: who comes back to one that is pending gets nothing more. No statement unless an
    order is about to be closed.
    """
    until = at + settings.HELD_WHILE_PAYING
    late = [pk for pk in group_ids if amounts[pk].pay_by_at < until]
    if late:
        ending = Order.objects.filter(status=OrderStatus.UNPAID, pay_by_at__lt=until)
        ending.filter(group_id__in=late).update(pay_by_at=until)


def _refusal(groups: Mapping[tuple[str, int], OrderGroup], wish: Wish) -> DomainError:
    return NotPayable() if (wish.group_number, wish.buyer_id) in groups else NotFound()


def intent(number: str, group: OrderGroup, gateway: str, amount: int, at: datetime) -> Payment:
    """Return a payment, not saved, that waits for `amount` (minor units) of the group's."""
    return Payment(
        number=number,
        group=group,
        buyer_id=group.buyer_id,
        gateway=gateway,
        amount=amount,
        currency=group.currency,
        poll_at=at + POLL_AFTER[0],
        created_at=at,
    )


def _start(waiting: Sequence[tuple[Wish, datetime]]) -> list[Payment | DomainError]:
    latest = max(at for _wish, at in waiting)
    return start_payments([wish for wish, _at in waiting], at=latest)


_queue: GroupCommit[tuple[Wish, datetime], Payment | DomainError] = GroupCommit(
    _start, name="payments"
)


def lock_orders(group_id: int) -> list[Order]:
    """Lock and return the group's orders, by id. The group is locked first, by who asks."""
    return list(
        Order.objects.select_for_update(no_key=True, of=("self",))
        .filter(group_id=group_id)
        .select_related("shop")
        .order_by("pk")
    )


def stock_move(kind: MovementKind, order_number: str, line: OrderLine | LineRow) -> stock.Move:
    """Return the move of all pieces of `line`, caused by its place in its order."""
    return stock.Move(
        sku_id=line.sku_id,
        shop_id=line.shop_id,
        kind=kind,
        quantity=line.quantity,
        reference=f"order:{order_number}:{line.position}",
    )
