"""What a set of payment facts is decided on: groups, payments and orders, locked by id."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection

from kernel.rowsets import statement
from orders.enums import PaymentStatus
from orders.services.gateways.port import PaymentFact

SQL = Path(__file__).with_name("till.sql")


class PaymentRow(NamedTuple):
    """A payment as it stands under its lock."""

    pk: int
    number: str
    group_id: int
    buyer_id: int
    gateway: str
    amount: int
    currency: str
    status: str
    gateway_txn: str
    is_effective: bool


class LineRow(NamedTuple):
    """What one line of an unpaid order takes of the stock, and whether it holds it yet."""

    sku_id: int
    shop_id: int
    position: int
    quantity: int
    is_held: bool = True


class OrderRow(NamedTuple):
    """An unpaid order; `shop` is the public id, which owns the escrow."""

    pk: int
    number: str
    group_id: int
    shop_id: int
    shop: str
    buyer_id: int
    pay_amount: int
    lines: tuple[LineRow, ...]

    @property
    def is_held(self) -> bool:
        """Whether all its pieces are held (CA-11)."""
        return all(line.is_held for line in self.lines)


@dataclass(frozen=True)
class Till:
    """What is locked, and how it stands while a set is decided."""

    #: All payments of the groups, by number.
    payments: dict[str, PaymentRow] = field(default_factory=dict)
    #: Group pk → its unpaid orders, by pk.
    orders: dict[int, list[OrderRow]] = field(default_factory=dict)
    #: Groups that a payment has paid.
    paid_groups: set[int] = field(default_factory=set)
    #: (gateway, transaction) → payment pk.
    captured: dict[tuple[str, str], int] = field(default_factory=dict)

    def unheld(self, numbers: Collection[str]) -> list[int]:
        """Return the orders that wait for the payments `numbers` and do not hold their pieces."""
        pending = {
            one.group_id
            for number in numbers
            if (one := self.payments.get(number)) and one.status == PaymentStatus.PENDING
        }
        return [
            order.pk for pk in pending for order in self.orders.get(pk, ()) if not order.is_held
        ]

    def book(self, paid: PaymentRow) -> None:
        """Remember that `paid` has its money now."""
        self.payments[paid.number] = paid
        self.captured[paid.gateway, paid.gateway_txn] = paid.pk
        if paid.is_effective:
            self.paid_groups.add(paid.group_id)

    def open_in(self, group_ids: set[int]) -> list[int]:
        """Return the payments of the groups whose money may still come."""
        return [
            one.pk
            for one in self.payments.values()
            if one.group_id in group_ids and one.status == PaymentStatus.PENDING
        ]


#: Which group a payment pays never changes, so it may be read before there is a lock.
LOCK_GROUPS = """
WITH locked AS (
    SELECT id FROM orders_ordergroup
    WHERE id = ANY (ARRAY(
        SELECT group_id FROM orders_payment
        WHERE number IN (
            SELECT number FROM jsonb_to_recordset(%s) AS fact (number text)
        )
    ))
    ORDER BY id FOR NO KEY UPDATE
)
SELECT array_agg(id)::text FROM locked
"""


def open_till(facts: Sequence[PaymentFact]) -> Till:
    """Lock the groups that `facts` are about, then their payments and orders, each by id.

    Two statements, the second with a look that is younger than the locks of the first. A payment
    that was started in between is not there: no group was locked for it.
    """
    asked = json.dumps(
        [
            {"number": one.payment_number, "gateway": one.gateway, "gateway_txn": one.gateway_txn}
            for one in facts
        ]
    )
    with connection.cursor() as cursor:
        cursor.execute(LOCK_GROUPS, [asked])
        (groups,) = cursor.fetchone()
        if groups is None:
            return Till()
        cursor.execute(statement(SQL), {"groups": groups, "facts": asked})
        payments, orders, captured = cursor.fetchone()
    return _till([PaymentRow(*row) for row in payments], orders or (), captured or ())


def _till(
    payments: Sequence[PaymentRow],
    orders: Sequence[Sequence[Any]],
    captured: Sequence[tuple[str, str, int]],
) -> Till:
    by_group: dict[int, list[OrderRow]] = {one.group_id: [] for one in payments}
    for *values, lines in orders:
        held = tuple(LineRow(*line) for line in lines or ())
        order = OrderRow._make([*values, held])
        by_group[order.group_id].append(order)
    return Till(
        payments={one.number: one for one in payments},
        orders=by_group,
        paid_groups={one.group_id for one in payments if one.is_effective},
        captured={(gateway, txn): pk for gateway, txn, pk in captured},
    )
