"""What must always hold of settled money, asked of the database itself."""

from __future__ import annotations

from django.db import connection

_LAWS = (
    (
        "line {0}-{1}: settled as {2}, worth {3}",
        """
        SELECT e.order_number, l.position, sum(e.paid_amount)::bigint,
               l.pay_amount - l.refunded_amount
          FROM settlements_settlemententry e JOIN orders_orderline l ON l.id = e.line_id
         GROUP BY l.id, e.order_number
        HAVING sum(e.paid_amount) <> l.pay_amount - l.refunded_amount LIMIT 100
        """,
    ),
    (
        "line {0}-{1}: a party's share is negative or left after a full refund: {2}",
        """
        SELECT order_number, position, shares FROM (
            SELECT e.order_number, l.position, bool_or(l.pay_amount = l.refunded_amount) AS gone,
                   array[sum(e.shop_amount), sum(e.creator_amount), sum(e.agency_amount),
                         sum(e.platform_fee_amount)]::bigint[] AS shares
              FROM settlements_settlemententry e JOIN orders_orderline l ON l.id = e.line_id
             GROUP BY l.id, e.order_number) line
         WHERE 0 > ANY (shares) OR (gone AND 0 <> ANY (shares)) LIMIT 100
        """,
    ),
    (
        "line {0}-{1}: settled commission {2}, the commission is {3}",
        """
        SELECT c.order_number, l.position,
               array[coalesce(e.creator, 0), coalesce(e.agency, 0)]::bigint[],
               array[c.creator_amount, c.agency_amount]
          FROM affiliates_commission c
          JOIN orders_orderline l ON l.id = c.line_id
          LEFT JOIN (SELECT line_id, sum(creator_amount) AS creator, sum(agency_amount) AS agency
                       FROM settlements_settlemententry GROUP BY line_id) e ON e.line_id = c.line_id
         WHERE c.status IN ('settled', 'reversed_part', 'reversed')
           AND (coalesce(e.creator, 0) <> c.creator_amount
                OR coalesce(e.agency, 0) <> c.agency_amount) LIMIT 100
        """,
    ),
    (
        "entry {0}: no transfer in the book",
        """
        SELECT e.reference FROM settlements_settlemententry e
         WHERE (e.paid_amount <> 0 OR e.subsidy_amount <> 0)
           AND NOT EXISTS (SELECT 1 FROM ledger_transfer t WHERE t.reference = e.reference)
         LIMIT 100
        """,
    ),
    (
        "entry {0}: {1} of it are to be collected, the book says {2}",
        """
        SELECT e.reference, e.creator_amount, coalesce(book.amount, 0)::bigint
          FROM settlements_settlemententry e
          LEFT JOIN (SELECT t.reference, sum(leg.amount) AS amount
                       FROM ledger_transfer t JOIN ledger_leg leg ON leg.transfer_id = t.id
                       JOIN ledger_ledgeraccount account ON account.id = leg.account_id
                      WHERE t.kind = 'collect' AND account.code = 'creator_payable'
                      GROUP BY 1) book ON book.reference = 'collect:' || e.id
         WHERE e.collected_by_id IS NOT NULL AND e.creator_amount <> coalesce(book.amount, 0)
         LIMIT 100
        """,
    ),
    (
        "statement lines of {0}[{1}] sum to {2}, the book owes {3}",
        """
        WITH lines AS (
            SELECT s.party || '_payable' AS code,
                   coalesce(shop.public_id, creator.public_id, agency.public_id) AS owner,
                   s.currency, sum(s.amount) AS total
              FROM settlements_statementline s
              LEFT JOIN shops_shop shop ON shop.id = s.shop_id
              LEFT JOIN accounts_creator creator ON creator.id = s.creator_id
              LEFT JOIN accounts_agency agency ON agency.id = s.agency_id
             GROUP BY 1, 2, 3),
        book AS (
            SELECT code, owner, currency, -balance_amount AS total
              FROM ledger_ledgeraccount
             WHERE code IN ('shop_payable', 'creator_payable', 'agency_payable'))
        SELECT coalesce(lines.code, book.code), coalesce(lines.owner, book.owner),
               coalesce(lines.total, 0)::bigint, coalesce(book.total, 0)
          FROM lines FULL JOIN book USING (code, owner, currency)
         WHERE coalesce(lines.total, 0) <> coalesce(book.total, 0) LIMIT 100
        """,
    ),
    (
        "escrow of {0}: the book holds {1}, its unsettled lines are worth {2}",
        """
        WITH lines AS (
            SELECT shop.public_id AS owner, l.currency,
                   sum(l.pay_amount - l.refunded_amount) AS worth
              FROM orders_orderline l
              JOIN orders_order o ON o.id = l.order_id
              JOIN shops_shop shop ON shop.id = o.shop_id
             WHERE o.paid_at IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM settlements_settlemententry e
                                WHERE e.line_id = l.id AND e.kind = 'settle')
             GROUP BY 1, 2),
        book AS (
            SELECT account.owner, account.currency, -sum(leg.amount) AS held
              FROM ledger_ledgeraccount account JOIN ledger_leg leg ON leg.account_id = account.id
             WHERE account.code = 'escrow' GROUP BY 1, 2)
        SELECT coalesce(lines.owner, book.owner), coalesce(book.held, 0)::bigint,
               coalesce(lines.worth, 0)::bigint
          FROM lines FULL JOIN book USING (owner, currency)
         WHERE coalesce(lines.worth, 0) <> coalesce(book.held, 0) LIMIT 100
        """,
    ),
    (
        "order {0} is marked as settled, its line {1} is not",
        """
        SELECT o.number, l.position
          FROM orders_order o JOIN orders_orderline l ON l.order_id = o.id
         WHERE o.settled_at IS NOT NULL
           AND (o.status = 'completed' OR l.pay_amount > l.refunded_amount)
           AND NOT EXISTS (SELECT 1 FROM settlements_settlemententry e
                            WHERE e.line_id = l.id AND e.kind = 'settle') LIMIT 100
        """,
    ),
    (
        "platform fees: entries sum to {0}, the book says {1}",
        """
        SELECT fees.total, book.total FROM
            (SELECT coalesce(sum(platform_fee_amount), 0)::bigint AS total
               FROM settlements_settlemententry) fees,
            (SELECT coalesce(-sum(leg.amount), 0)::bigint AS total
               FROM ledger_leg leg JOIN ledger_ledgeraccount account ON account.id = leg.account_id
              WHERE account.code = 'platform_fee') book
         WHERE fees.total <> book.total
        """,
    ),
    (
        "payouts under way sum to {0}, the book says {1}",
        """
        SELECT asked.total, book.total FROM
            (SELECT coalesce(sum(amount), 0)::bigint AS total
               FROM settlements_payout WHERE status = 'requested') asked,
            (SELECT coalesce(-sum(leg.amount), 0)::bigint AS total
               FROM ledger_leg leg JOIN ledger_ledgeraccount account ON account.id = leg.account_id
              WHERE account.code = 'payout_in_transit') book
         WHERE asked.total <> book.total
        """,
    ),
)


def violations() -> list[str]:
    """Return a sentence for each breach; empty when the books are right.

    Per line: settled = paid − refunded; no party below zero, and everybody at zero after a full
    refund; the commission as the alliance has it; none waits in a settled order. In all:
    statements, escrow, fees and payouts equal the book. The waterfall itself (AL-44) is a CHECK of
    the table.
    """
    found: list[str] = []
    with connection.cursor() as cursor:
        for text, query in _LAWS:
            cursor.execute(query)
            found += [text.format(*row) for row in cursor.fetchall()]
    return found
