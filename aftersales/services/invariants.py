"""What must always be true of after-sales, asked of the database itself."""

from __future__ import annotations

from django.db import connection

_LAWS = (
    (
        "line {0}-{1}: its cases gave back {2}, the line says {3}",
        """
        SELECT o.number, l.position, coalesce(sum(c.amount), 0), l.refunded_amount
          FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
          LEFT JOIN aftersales_refundcase c ON c.line_id = l.id
           AND c.status IN ('refunding', 'refund_failed', 'success')
         WHERE l.refunded_amount > 0 OR c.id IS NOT NULL
         GROUP BY o.number, l.id
        HAVING coalesce(sum(c.amount), 0) <> l.refunded_amount LIMIT 100
        """,
    ),
    (
        "case {0}: is {1} over {2}, its refund is {3} over {4}",
        """
        SELECT c.number, c.status, c.amount, coalesce(r.status, 'missing'), coalesce(r.amount, 0)
          FROM aftersales_refundcase c
          LEFT JOIN orders_refund r
            ON r.number = c.refund_number AND r.reference = 'case:' || c.number
         WHERE c.status IN ('refunding', 'refund_failed', 'success')
           AND (r.id IS NULL OR r.amount <> c.amount
                OR (c.status = 'success' AND r.status <> 'success')) LIMIT 100
        """,
    ),
    (
        "case {0}: is {1}, though its refund arrived at {2}",
        # The news travels through the outbox: five minutes are its patience.
        """
        SELECT c.number, c.status, r.finished_at
          FROM orders_refund r JOIN aftersales_refundcase c ON r.reference = 'case:' || c.number
         WHERE r.status = 'success' AND c.status <> 'success'
           AND r.finished_at < statement_timestamp() - interval '5 minutes' LIMIT 100
        """,
    ),
    (
        "case {0}: is {1} with deadline {2}, action {3}, closed at {4}",
        """
        SELECT number, status, due_at, overdue_action, closed_at FROM aftersales_refundcase
         WHERE (status IN ('requested', 'await_return', 'returned', 'rejected_first',
                           'rejected_second')
                AND (due_at IS NULL OR closed_at IS NOT NULL
                     OR (overdue_action = '') <> (arbitration_status = 'judging')))
            OR (status IN ('refunding', 'refund_failed') AND due_at IS NOT NULL)
            OR (status IN ('success', 'closed') AND (due_at IS NOT NULL OR closed_at IS NULL))
         LIMIT 100
        """,
    ),
    (
        "order {0}: held is {1}, {2} cases need it to be",
        """
        SELECT o.number, o.is_frozen, count(c.id)
          FROM orders_order o LEFT JOIN aftersales_refundcase c ON c.order_id = o.id
           AND c.status NOT IN ('success', 'closed')
           AND (c.kind <> 'refund_unshipped' OR c.status <> 'rejected_first'
                OR c.arbitration_status = 'judging')
         WHERE o.is_frozen OR c.id IS NOT NULL
         GROUP BY o.id HAVING o.is_frozen <> (count(c.id) > 0) LIMIT 100
        """,
    ),
    (
        "case {0}: {1} pieces came back sellable, {2} went to stock",
        """
        SELECT c.number, sum(CASE WHEN p.inspection = 'sellable' THEN p.quantity ELSE 0 END),
               coalesce(sum(m.on_hand_delta), 0)
          FROM aftersales_refundcase c
          JOIN aftersales_returnparcel p ON p.case_id = c.id
          JOIN orders_orderline l ON l.id = c.line_id
          LEFT JOIN catalog_stockmovement m ON m.sku_id = l.sku_id
           AND m.reference = 'case:' || c.number AND m.kind = 'returned'
         GROUP BY c.id
        HAVING sum(CASE WHEN p.inspection = 'sellable' THEN p.quantity ELSE 0 END)
               <> coalesce(sum(m.on_hand_delta), 0) LIMIT 100
        """,
    ),
)


def violations() -> list[str]:
    """Return a sentence for each breach; empty when after-sales is sound.

    What cases gave back is what their lines say; a refunded case has its refund, over the same
    amount, and is over exactly when the money arrived; whoever waits has a deadline; an order is
    held exactly while a case needs it; goods went to stock exactly when they came back sellable.
    """
    found: list[str] = []
    with connection.cursor() as cursor:
        for text, query in _LAWS:
            cursor.execute(query)
            found += [text.format(*row) for row in cursor.fetchall()]
    return found
