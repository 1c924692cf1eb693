"""What must always hold of deposits, asked of the database itself."""

from __future__ import annotations

from django.db import connection

_LAWS = (
    (
        "deposit {0}: keeps {1}, its entries sum to {2}",
        """
        SELECT d.public_id, array[d.balance_amount, d.frozen_amount, d.entry_count]::bigint[],
               array[coalesce(sum(e.amount), 0), coalesce(sum(e.frozen_amount), 0), count(e.id)]
                   ::bigint[]
          FROM governance_deposit d
          LEFT JOIN governance_depositentry e ON e.deposit_id = d.id AND e.shop_id = d.shop_id
         GROUP BY d.id
        HAVING array[d.balance_amount, d.frozen_amount, d.entry_count]::bigint[] <>
               array[coalesce(sum(e.amount), 0), coalesce(sum(e.frozen_amount), 0), count(e.id)]
                   ::bigint[]
         LIMIT 100
        """,
    ),
    (
        "deposit of {0}: the entries say {1} and {2} set aside, the book {3} and {4}",
        """
        WITH book AS (
            SELECT owner,
                   -sum(balance_amount) AS balance,
                   -sum(balance_amount) FILTER (WHERE code = 'shop_deposit_frozen') AS frozen
              FROM ledger_ledgeraccount
             WHERE code IN ('shop_deposit', 'shop_deposit_frozen') AND currency = 'CNY'
             GROUP BY owner),
        kept AS (
            SELECT shop.public_id AS owner, sum(e.amount) AS balance, sum(e.frozen_amount) AS frozen
              FROM governance_depositentry e JOIN shops_shop shop ON shop.id = e.shop_id
             GROUP BY shop.public_id)
        SELECT coalesce(book.owner, kept.owner), coalesce(kept.balance, 0)::bigint,
               coalesce(kept.frozen, 0)::bigint, coalesce(book.balance, 0)::bigint,
               coalesce(book.frozen, 0)::bigint
          FROM book FULL JOIN kept USING (owner)
         WHERE coalesce(kept.balance, 0) <> coalesce(book.balance, 0)
            OR coalesce(kept.frozen, 0) <> coalesce(book.frozen, 0) LIMIT 100
        """,
    ),
    (
        "deposit entry {0}: no transfer in the book",
        """
        SELECT e.number FROM governance_depositentry e
         WHERE NOT EXISTS (SELECT 1 FROM ledger_transfer t
                            WHERE t.reference = 'deposit:' || e.number) LIMIT 100
        """,
    ),
    (
        "deposit entry {0}: says {1} after it, the entries up to it sum to {2}",
        """
        SELECT number, after_amount, total FROM (
            SELECT number, after_amount,
                   sum(amount) OVER (PARTITION BY deposit_id ORDER BY position)::bigint AS total
              FROM governance_depositentry) running
         WHERE after_amount <> total LIMIT 100
        """,
    ),
    (
        "deposit {0}: {1} waits to be deducted, {2} is set aside",
        """
        SELECT d.public_id, sum(w.amount)::bigint, d.frozen_amount
          FROM governance_deposit d
          JOIN governance_deduction w ON w.deposit_id = d.id AND w.status = 'pending'
         GROUP BY d.id HAVING sum(w.amount) > d.frozen_amount LIMIT 100
        """,
    ),
    (
        "deposit {0}: is {1}, with {2} of {3}",
        """
        SELECT public_id, status, balance_amount, due_amount FROM governance_deposit
         WHERE status <> 'refunded'
           AND (status IN ('shortfall', 'advanced')) <> (balance_amount < due_amount) LIMIT 100
        """,
    ),
    (
        "deductions sum to {0}, the book says {1}",
        """
        SELECT taken.total, book.total FROM
            (SELECT coalesce(-sum(amount), 0)::bigint AS total
               FROM governance_depositentry WHERE kind = 'deduct') taken,
            (SELECT coalesce(-sum(leg.amount), 0)::bigint AS total
               FROM ledger_leg leg JOIN ledger_ledgeraccount account ON account.id = leg.account_id
              WHERE account.code = 'deposit_penalty') book
         WHERE taken.total <> book.total
        """,
    ),
)


def violations() -> list[str]:
    """Return a sentence for each breach; empty when deposits are right.

    Per shop: balance and set aside are the sums of the entries and what the book holds; each entry
    has its transfer and says the sum up to it; what waits to be deducted is set aside; who is short
    is marked as short. In all: what was deducted is what the book says.
    """
    found: list[str] = []
    with connection.cursor() as cursor:
        for text, query in _LAWS:
            cursor.execute(query)
            found += [text.format(*row) for row in cursor.fetchall()]
    return found
