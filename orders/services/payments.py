"""Payments that wait for money, and the locks that whoever moves a group's money takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from catalog.enums import MovementKind
from catalog.services import stock
from kernel.actors import Actor
from kernel.errors import DomainError, NotFound
from kernel.group_commit import GroupCommit
from orders.enums import OrderStatus, PaymentStatus
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
    groups = _lock_groups_of(wishes)
    amounts = _unpaid_amounts([group.pk for group in groups.values()])
    pending = {
        (one.group_id, one.gateway, one.amount): one
        for one in Payment.objects.filter(group__in=amounts, status=PaymentStatus.PENDING)
    }
    missing: dict[tuple[int, str, int], OrderGroup] = {}
    keys: list[tuple[int, str, int] | None] = []
    for wish in wishes:
        group = groups.get((wish.group_number, wish.buyer_id))
        amount = amounts.get(group.pk, 0) if group else 0
        key = (group.pk, wish.gateway, amount) if group and amount else None
        keys.append(key)
        if group and key and key not in pending:
            missing[key] = group
    pending |= _make(missing, at)
    return [
        pending[key] if key else _refusal(groups, wish)
        for key, wish in zip(keys, wishes, strict=True)
    ]


def _refusal(groups: Mapping[tuple[str, int], OrderGroup], wish: Wish) -> DomainError:
    return NotPayable() if (wish.group_number, wish.buyer_id) in groups else NotFound()


def _lock_groups_of(wishes: Sequence[Wish]) -> dict[tuple[str, int], OrderGroup]:
    """Lock and return the groups that are the buyers' own, by (number, buyer)."""
    wanted = {(wish.group_number, wish.buyer_id) for wish in wishes}
    rows = (
        OrderGroup.objects.select_for_update(no_key=True, of=("self",))
        .filter(
            number__in={number for number, _buyer in wanted},
            buyer_id__in={buyer_id for _number, buyer_id in wanted},
        )
        .order_by("pk")
    )
    found = {(row.number, row.buyer_id): row for row in rows}
    return {key: row for key, row in found.items() if key in wanted}


def _unpaid_amounts(group_ids: Sequence[int]) -> dict[int, int]:
    """Return group pk → what its unpaid orders cost. Their groups are locked: it stays so."""
    unpaid = Order.objects.filter(group_id__in=group_ids, status=OrderStatus.UNPAID)
    amounts: Counter[int] = Counter()
    for group_id, amount in unpaid.values_list("group_id", "pay_amount"):
        amounts[group_id] += amount
    return dict(amounts)


def _make(
    missing: Mapping[tuple[int, str, int], OrderGroup], at: datetime
) -> dict[tuple[int, str, int], Payment]:
    if not missing:
        return {}
    numbers = numbering.take(len(missing), at, prefix=numbering.PAYMENT)
    made = Payment.objects.bulk_create(
        intent(number, group, gateway, amount, at)
        for number, ((_group_id, gateway, amount), group) in zip(
            numbers, missing.items(), strict=True
        )
    )
    return dict(zip(missing, made, strict=True))


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
