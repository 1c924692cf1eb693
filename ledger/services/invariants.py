"""The book's own laws, asked of the database itself."""

from __future__ import annotations

from django.db import connection

_LAWS = (
    (
        "transfer {0}: {1} legs that sum to {2}",
        """
        SELECT transfer.reference, count(leg.id), coalesce(sum(leg.amount), 0)
          FROM ledger_transfer transfer LEFT JOIN ledger_leg leg ON leg.transfer_id = transfer.id
         GROUP BY transfer.id
        HAVING count(leg.id) < 2 OR coalesce(sum(leg.amount), 0) <> 0 LIMIT 100
        """,
    ),
    (
        "transfer {0}: a leg on an account of another currency",
        """
        SELECT DISTINCT transfer.reference
          FROM ledger_transfer transfer
          JOIN ledger_leg leg ON leg.transfer_id = transfer.id
          JOIN ledger_ledgeraccount account ON account.id = leg.account_id
         WHERE account.currency <> transfer.currency LIMIT 100
        """,
    ),
    (
        "all legs of {0} sum to {1}",
        """
        SELECT account.currency, sum(leg.amount)
          FROM ledger_leg leg JOIN ledger_ledgeraccount account ON account.id = leg.account_id
         GROUP BY account.currency HAVING sum(leg.amount) <> 0
        """,
    ),
    (
        "account {0}[{1}]: keeps {2}, its legs sum to {3}",
        """
        SELECT account.code, account.owner, account.balance_amount, coalesce(sum(leg.amount), 0)
          FROM ledger_ledgeraccount account LEFT JOIN ledger_leg leg ON leg.account_id = account.id
         WHERE account.keeps_balance
         GROUP BY account.id
        HAVING account.balance_amount <> coalesce(sum(leg.amount), 0) LIMIT 100
        """,
    ),
)


def violations() -> list[str]:
    """Return a sentence for each breach of the book's laws; empty when it is sound.

    Every transfer has two legs or more, of one currency, that sum to zero; all legs together sum to
    zero; a kept balance is the sum of its legs (reliability 4.1, 4.7).
    """
    found: list[str] = []
    with connection.cursor() as cursor:
        for text, query in _LAWS:
            cursor.execute(query)
            found += [text.format(*row) for row in cursor.fetchall()]
    return found
