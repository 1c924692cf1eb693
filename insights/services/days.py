"""Days of shops, added up from the rows: marked by facts, added up as a whole (ADR 0019).

A mark says "something of this day changed". Adding up reads the mark first and the rows after it,
so what it writes contains every fact whose mark it names; a fact that comes meanwhile leaves the
day marked. Lost, repeated and shuffled facts can make a figure late, never wrong.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from kernel.numbers import TRADE_ZONE

#: Days that are added up by one statement.
BATCH = 200
#: A day is left alone for so many times as long as its addition took: adding up takes at most a
#: twentieth of one core, however long the days of a live session are.
REST = 20
#: Held while days are added up, so that two sweeps do not do the same work.
TURN = 7_420_019
#: The figures of a `ShopDay`, as `days.sql` gives them.
FIGURES = (
    "orders", "pieces", "gmv_amount", "returned_amount", "refund_amount", "refunds",
    "buyers", "new_buyers", "hour_orders", "hour_gmv",
)  # fmt: skip
SUM = (Path(__file__).parent / "days.sql").read_text(encoding="utf-8")

MARK = """
INSERT INTO insights_shopday (
    shop_id, day, marks, orders, pieces, gmv_amount, returned_amount, refund_amount, refunds,
    buyers, new_buyers, hour_orders, hour_gmv, added_marks
)
SELECT shop_id, day, 1, 0, 0, 0, 0, 0, 0, 0, 0, array_fill(0, ARRAY[24]),
       array_fill(0::bigint, ARRAY[24]), 0
FROM ({changed}) AS changed GROUP BY shop_id, day ORDER BY shop_id, day
ON CONFLICT (shop_id, day) DO UPDATE SET marks = insights_shopday.marks + 1
"""
#: The orders' own days, and later ones of the same buyers: who is new there may have changed.
PAID = """
SELECT later.shop_id, (later.paid_at AT TIME ZONE %(zone)s)::date AS day
FROM orders_order AS paid JOIN orders_order AS later
    ON later.buyer_id = paid.buyer_id
    AND later.shop_id + 0 = paid.shop_id -- by the buyer's index, not all that the shop sold since
    AND later.paid_at >= paid.paid_at
WHERE paid.id = ANY(%(orders)s)
"""
REFUNDED = """
SELECT back.shop_id, (told.at AT TIME ZONE %(zone)s)::date AS day
FROM orders_refund AS refund
JOIN orders_linerefund AS back ON back.refund_id = refund.id
JOIN orders_orderline AS line ON line.id = back.line_id
JOIN orders_order AS paid ON paid.id = line.order_id
CROSS JOIN LATERAL (VALUES (back.at), (paid.paid_at)) AS told (at)
WHERE refund.number = ANY(%(refunds)s) AND told.at IS NOT NULL
"""
#: Every day of a shop (or of all: null) since a day that has a paid order or a refund.
TRADED = """
SELECT shop_id, (paid_at AT TIME ZONE %(zone)s)::date AS day FROM orders_order
WHERE paid_at >= %(since)s::timestamptz AND (%(shop)s::bigint IS NULL OR shop_id = %(shop)s::bigint)
UNION
SELECT shop_id, (at AT TIME ZONE %(zone)s)::date FROM orders_linerefund
WHERE at >= %(since)s::timestamptz AND (%(shop)s::bigint IS NULL OR shop_id = %(shop)s::bigint)
"""
GIVEN = """
SELECT shop_id, day FROM unnest(%(shops)s::bigint[], %(days)s::date[]) AS given (shop_id, day)
"""
DUE = """
SELECT shop_id, day, marks FROM insights_shopday
WHERE marks > added_marks AND due_at <= statement_timestamp()
ORDER BY due_at LIMIT %s
"""
#: Never over a later addition: `added_marks` only grows.
KEEP = f"""
UPDATE insights_shopday AS kept
SET ({", ".join(FIGURES)}) = ({", ".join(f"summed.{name}" for name in FIGURES)}),
    added_marks = given.marks, added_at = statement_timestamp()
FROM ({SUM}) AS summed
JOIN unnest(%(shops)s::bigint[], %(days)s::date[], %(marks)s::int[])
    AS given (shop_id, day, marks) USING (shop_id, day)
WHERE kept.shop_id = summed.shop_id AND kept.day = summed.day AND kept.added_marks <= given.marks
"""  # noqa: S608 -- names of our own columns
WAKE = """
UPDATE insights_shopday SET due_at = statement_timestamp() WHERE marks > added_marks
"""
LEAVE = """
UPDATE insights_shopday SET due_at = statement_timestamp() + %s
FROM unnest(%s::bigint[], %s::date[]) AS given (shop, date)
WHERE shop_id = given.shop AND day = given.date
"""


def mark_paid(order_ids: Collection[int]) -> None:
    """Mark the days of orders that were paid. One statement for any number of them."""
    _mark(PAID, {"orders": list(order_ids)})


def mark_refunded(refund_numbers: Collection[str]) -> None:
    """Mark the days on which the refunds were booked, and those of their orders. One statement."""
    _mark(REFUNDED, {"refunds": list(refund_numbers)})


def mark_traded(*, since: datetime, shop_id: int | None = None) -> int:
    """Mark every day since `since` that has a paid order or a refund; return how many.

    For a database that was filled before there was a compass, and for repairs.
    """
    return _mark(TRADED, {"since": since, "shop": shop_id})


def mark(wanted: Collection[tuple[int, date]]) -> None:
    """Mark the given (shop, day)s. One statement."""
    shops, days = [shop for shop, _day in wanted], [day for _shop, day in wanted]
    _mark(GIVEN, {"shops": shops, "days": days})


def _mark(changed: str, values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(MARK.format(changed=changed), values | {"zone": str(TRADE_ZONE)})
        return cursor.rowcount


def add_up_due(*, limit: int = BATCH) -> int:
    """Add up to `limit` marked days up again; return how many. None while another sweep does.

    Afterwards their figures are what the rows said at a moment after the marks that were read.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [TURN])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(DUE, [limit])
        due = cursor.fetchall()
        if not due:
            return 0
        shops, days, marks = (list(column) for column in zip(*due, strict=True))
        began = time.monotonic()
        given: dict[str, Any] = {
            "shops": shops,
            "days": days,
            "marks": marks,
            "zone": str(TRADE_ZONE),
        }
        cursor.execute(KEEP, given)
        rest: Any = timedelta(seconds=(time.monotonic() - began) * REST)
        cursor.execute(LEAVE, [rest, shops, days])
        return len(due)


def add_up_all(*, rests: bool = True) -> int:
    """Add up what is marked and due until nothing is; return how many days.

    Without `rests` days that were added up a moment ago are due too.
    """
    if not rests:
        with connection.cursor() as cursor:
            cursor.execute(WAKE)
    done = 0
    while added := add_up_due():
        done += added
    return done


def figures_of(wanted: Sequence[tuple[int, date]]) -> dict[tuple[int, date], dict[str, Any]]:
    """Return (shop, day) → what the rows say of it now, figure by figure. One statement."""
    with connection.cursor() as cursor:
        shops, days = [shop for shop, _day in wanted], [day for _shop, day in wanted]
        cursor.execute(SUM, {"shops": shops, "days": days, "zone": str(TRADE_ZONE)})
        return {
            (shop, day): dict(zip(FIGURES, figures, strict=True))
            for shop, day, *figures in cursor.fetchall()
        }
