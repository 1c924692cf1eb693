"""What buyers have of products that limit it (CA-17): counted from their orders, one at a time.

The orders themselves are the count: nothing beside them could drift, and what is closed or refunded
is given back by that alone. Two checkouts of one buyer for one product take turns, whatever SKUs
they name, so neither counts without seeing what the other took.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, time

from kernel.asking import Rows, Statement, ask, nothing, numbers
from kernel.numbers import TRADE_ZONE
from orders.services.deciding import Bought

#: Turns are taken before any row is locked, in the order of their numbers: nobody waits in a ring.
TAKE_TURNS = """
SELECT pg_advisory_xact_lock(turn) FROM (
    SELECT DISTINCT hashint8extended(buyer_id, product_id) AS turn
    FROM unnest(%s::bigint[], %s::bigint[]) AS asked (buyer_id, product_id)
    ORDER BY turn
) AS turns
"""
#: By the buyer's orders, of which there are few. Who got all the money of a line back is sent no
#: piece of it, however few were named (`refunds.refund_line`): cancelled ones do not count either.
COUNT = """
SELECT asked.buyer_id, asked.product_id,
    coalesce(
        sum(line.quantity - greatest(line.refunded_quantity, line.cancelled_quantity)), 0
    )::bigint
FROM unnest(%s::bigint[], %s::bigint[]) AS asked (buyer_id, product_id)
LEFT JOIN (
    orders_order AS placed JOIN orders_orderline AS line ON line.order_id = placed.id
) ON placed.buyer_id = asked.buyer_id AND placed.status <> 'closed'
    AND line.product_id = asked.product_id
GROUP BY asked.buyer_id, asked.product_id
"""


def count_in_turn(pairs: Collection[tuple[int, int]]) -> Bought:
    """Return what each of `pairs` (buyer pk, product pk) has, and keep it so for this transaction.

    Until it ends nobody else who counts in turn gets past this point for one of the pairs.
    """
    if not pairs:
        return {}
    _turns, bought = ask(Statement(TAKE_TURNS, _params(pairs), nothing), to_count(pairs))
    return bought


#: A shop takes its orders one after the other while they are counted: first half of its turn.
SHOP_TURN = 7_421
TAKE_SHOP_TURNS = """
SELECT pg_advisory_xact_lock(%s, turn) FROM (
    SELECT DISTINCT (shop_id %% 2147483647)::int AS turn
    FROM unnest(%s::bigint[]) AS asked (shop_id) ORDER BY turn
) AS turns
"""
#: What was closed without being paid is given back.
COUNT_OF_SHOPS = """
SELECT asked.shop_id, count(placed.id)
FROM unnest(%s::bigint[]) AS asked (shop_id)
LEFT JOIN orders_order AS placed ON placed.shop_id = asked.shop_id
    AND placed.placed_at >= %s AND placed.status <> 'closed'
GROUP BY asked.shop_id
"""


def left_today(capped: Mapping[int, int], at: datetime) -> dict[int, int]:
    """Return shop pk → orders it may still take on the day of `at` in China (SH-16).

    `capped` is shop pk → orders a day. Until this transaction ends nobody else takes an order of
    one of the shops. Nothing is asked where no shop is limited.
    """
    if not capped:
        return {}
    day = datetime.combine(at.astimezone(TRADE_ZONE), time(), tzinfo=TRADE_ZONE)
    shops = numbers(capped)
    _turns, taken = ask(
        Statement(TAKE_SHOP_TURNS, [SHOP_TURN, shops], nothing),
        Statement(COUNT_OF_SHOPS, [shops, day], _by_shop),
    )
    return {pk: most - taken[pk] for pk, most in capped.items()}


def _by_shop(rows: Rows) -> dict[int, int]:
    """Return shop pk → its orders of the day."""
    return dict(rows)


def to_count(pairs: Collection[tuple[int, int]]) -> Statement[Bought]:
    """Return the statement that tells what each of `pairs` (buyer pk, product pk) has now."""
    return Statement(
        COUNT,
        _params(pairs),
        lambda rows: {(buyer, product): pieces for buyer, product, pieces in rows},
    )


def _params(pairs: Collection[tuple[int, int]]) -> list[str]:
    return [numbers(buyer for buyer, _product in pairs), numbers(pk for _buyer, pk in pairs)]
