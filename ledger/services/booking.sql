-- Books a set of postings, or nothing of it: a transfer a posting with its legs, and the balances.
WITH
told AS (
    SELECT * FROM jsonb_to_recordset(%(transfers)s) AS transfer
        (reference text, kind text, currency text, at timestamptz, note jsonb)
),
-- A leg a row, with its account; without one when nobody has used it before. LIMIT makes it a look
-- into the unique index a leg, however many accounts there are and whatever is guessed of the legs.
legs AS (
    SELECT leg.reference, leg.amount, account.id AS account_id, account.keeps_balance
    FROM jsonb_to_recordset(%(legs)s) AS leg
        (reference text, code text, owner text, currency text, amount bigint)
    LEFT JOIN LATERAL (
        SELECT id, keeps_balance FROM ledger_ledgeraccount AS known
        WHERE (known.code, known.owner, known.currency) = (leg.code, leg.owner, leg.currency)
        LIMIT 1
    ) AS account ON true
),
-- What the caller has to see to first.
found AS (
    SELECT EXISTS (SELECT FROM legs WHERE account_id IS NULL) AS lacks_account,
           EXISTS (SELECT FROM told JOIN ledger_transfer USING (reference)) AS has_known
),
-- In the order of references: sets that overlap wait for each other instead of deadlocking. What
-- somebody else has booked since this statement began is left to the caller.
booked AS (
    INSERT INTO ledger_transfer (reference, kind, currency, at, note)
    SELECT reference, kind, currency, at, note FROM told
    WHERE NOT (SELECT lacks_account OR has_known FROM found)
    ORDER BY reference
    ON CONFLICT (reference) DO NOTHING
    RETURNING id, reference
),
written AS (
    INSERT INTO ledger_leg (transfer_id, account_id, amount)
    SELECT booked.id, legs.account_id, legs.amount FROM booked JOIN legs USING (reference)
),
-- Balances of the accounts that keep one, locked in the order of ids: they are the hottest rows.
changes AS (
    SELECT legs.account_id AS id, sum(legs.amount) AS amount FROM booked JOIN legs USING (reference)
    WHERE legs.keeps_balance GROUP BY legs.account_id HAVING sum(legs.amount) <> 0
),
locked AS (
    SELECT id FROM ledger_ledgeraccount WHERE id = ANY (ARRAY(SELECT id FROM changes))
    ORDER BY id FOR NO KEY UPDATE
),
balanced AS (
    UPDATE ledger_ledgeraccount AS account SET balance_amount = balance_amount + changes.amount
    FROM locked JOIN changes USING (id) WHERE account.id = locked.id
)
SELECT ARRAY(SELECT reference FROM booked), found.lacks_account FROM found
