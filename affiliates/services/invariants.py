"""What must always hold of commissions, asked of the database itself."""

from __future__ import annotations

from django.db import connection

_LAWS = (
    (
        "commission of order {0}, line {1}: amounts {2}, entries sum to {3}",
        """
        SELECT c.order_number, l.position,
               array[c.base_amount, c.creator_amount, c.agency_amount],
               array[sum(e.base_amount), sum(e.creator_amount), sum(e.agency_amount)]::bigint[]
          FROM affiliates_commission c
          JOIN orders_orderline l ON l.id = c.line_id
          LEFT JOIN affiliates_commissionentry e ON e.commission_id = c.id
         GROUP BY c.id, l.position
        HAVING c.base_amount <> coalesce(sum(e.base_amount), 0)
            OR c.creator_amount <> coalesce(sum(e.creator_amount), 0)
            OR c.agency_amount <> coalesce(sum(e.agency_amount), 0) LIMIT 100
        """,
    ),
    (
        "commission of order {0}, line {1}: base {2}, the line is worth {3}",
        """
        SELECT c.order_number, l.position, c.base_amount, left_over.goods
          FROM affiliates_commission c
          JOIN orders_orderline l ON l.id = c.line_id
          JOIN orders_order o ON o.id = l.order_id
          CROSS JOIN LATERAL (
              SELECT CASE WHEN o.status = 'closed' THEN 0 ELSE greatest(0,
                     l.pay_amount - l.freight_amount
                     - coalesce(sum(r.amount - r.freight_amount), 0)) END AS goods
                FROM orders_linerefund r WHERE r.line_id = l.id) left_over
         WHERE c.base_amount <> left_over.goods LIMIT 100
        """,
    ),
    (
        "commission of order {0}, line {1}: {2} is not {3} basis points of {4}",
        """
        SELECT c.order_number, l.position, c.amount, c.rate_bp, c.base_amount
          FROM affiliates_commission c JOIN orders_orderline l ON l.id = c.line_id
         WHERE c.amount <> c.base_amount * c.rate_bp / 10000
            OR c.agency_amount <> c.amount * c.agency_share_bp / 10000 LIMIT 100
        """,
    ),
    (
        "commission of order {0}, line {1}: {2} with a base of {3}",
        """
        SELECT c.order_number, l.position, c.status, c.base_amount
          FROM affiliates_commission c JOIN orders_orderline l ON l.id = c.line_id
         WHERE (c.status IN ('void', 'reversed')) <> (c.base_amount = 0) LIMIT 100
        """,
    ),
)


def violations() -> list[str]:
    """Return a sentence for each breach; empty when all is right.

    Σ entries = amounts; the base is what the line is worth after its refunds; the amounts are the
    frozen rates of the base, rounded down; void and taken back mean that nothing is left.
    """
    found: list[str] = []
    with connection.cursor() as cursor:
        for text, query in _LAWS:
            cursor.execute(query)
            found += [text.format(*row) for row in cursor.fetchall()]
    return found
