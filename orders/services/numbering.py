"""Public numbers of groups, orders, payments and refunds: one sequence, one round trip a set."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from kernel.numbers import public_number

#: A letter tells people on the telephone what they are talking about; an order has none.
GROUP, ORDER, PAYMENT, REFUND = "G", "", "P", "R"


def take(count: int, at: datetime, *, prefix: str = ORDER) -> list[str]:
    """Return `count` new numbers such as ``2611220001234567`` or ``P2611220001234567``.

    A number that a rolled-back transaction took is never given again.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('orders_number_seq') FROM generate_series(1, %s)", [count])
        return [f"{prefix}{public_number(value, at)}" for (value,) in cursor.fetchall()]
