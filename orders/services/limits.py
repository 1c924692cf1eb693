"""What buyers have of products that limit it (CA-17): counted from their orders, one at a time.

The orders themselves are the count: nothing beside them could drift, and what is closed or refunded
is given back by that alone. Two checkouts of one buyer for one product take turns, whatever SKUs
they name, so neither counts without seeing what the other took.
"""

from __future__ import annotations

from collections.abc import Collection

from kernel.asking import Statement, ask, nothing, numbers
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


def to_count(pairs: Collection[tuple[int, int]]) -> Statement[Bought]:
    """Return the statement that tells what each of `pairs` (buyer pk, product pk) has now."""
    return Statement(
        COUNT,
        _params(pairs),
        lambda rows: {(buyer, product): pieces for buyer, product, pieces in rows},
    )


def _params(pairs: Collection[tuple[int, int]]) -> list[str]:
    return [numbers(buyer for buyer, _product in pairs), numbers(pk for _buyer, pk in pairs)]
