"""Public numbers of groups, orders, payments and refunds: one sequence, one round trip a set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kernel.asking import Statement, ask_one
from kernel.numbers import public_number

#: A letter tells people on the telephone what they are talking about; an order has none.
GROUP, ORDER, PAYMENT, REFUND = "G", "", "P", "R"


def take(count: int, at: datetime, *, prefix: str = ORDER) -> list[str]:
    """Return `count` new numbers such as ``2611220001234567`` or ``P2611220001234567``.

    A number that a rolled-back transaction took is never given again.
    """
    return ask_one(to_take(count, at, prefix=prefix))


def to_take(count: int, at: datetime, *, prefix: str = ORDER) -> Statement[list[str]]:
    """Return the statement that does what `take` does."""
    return Statement(
        "SELECT nextval('orders_number_seq') FROM generate_series(1, %s)",
        [count],
        lambda rows: [f"{prefix}{public_number(value, at)}" for (value,) in rows],
    )


@dataclass(frozen=True)
class Reserved:
    """Numbers and primary keys of rows that are about to be written."""

    group_numbers: list[str]
    order_numbers: list[str]
    group_ids: list[int]
    order_ids: list[int]
    line_ids: list[int]
    payment_numbers: list[str]


RESERVE = """
SELECT array(SELECT nextval('orders_number_seq') FROM generate_series(1, %(numbers)s)),
       array(SELECT nextval('orders_ordergroup_id_seq') FROM generate_series(1, %(groups)s)),
       array(SELECT nextval('orders_order_id_seq') FROM generate_series(1, %(orders)s)),
       array(SELECT nextval('orders_orderline_id_seq') FROM generate_series(1, %(lines)s))
"""


def to_reserve(
    *, groups: int, orders: int, lines: int, payments: int, at: datetime
) -> Statement[Reserved]:
    """Return the statement that names so many new groups, orders, lines and payments.

    What is not used of it is never given to anybody else.
    """
    counts = {"groups": groups, "orders": orders, "lines": lines}
    total = {"numbers": groups + orders + payments}
    return Statement(
        RESERVE,
        counts | total,
        lambda rows: _reserved(rows[0], groups=groups, orders=orders, at=at),
    )


def _reserved(row: tuple[Any, ...], *, groups: int, orders: int, at: datetime) -> Reserved:
    values, group_ids, order_ids, line_ids = row
    numbers = [public_number(value, at) for value in values]
    return Reserved(
        group_numbers=[f"{GROUP}{number}" for number in numbers[:groups]],
        order_numbers=[f"{ORDER}{number}" for number in numbers[groups : groups + orders]],
        group_ids=group_ids,
        order_ids=order_ids,
        line_ids=line_ids,
        payment_numbers=[f"{PAYMENT}{number}" for number in numbers[groups + orders :]],
    )
