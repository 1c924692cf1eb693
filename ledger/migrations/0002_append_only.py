"""The book's own rules: append-only, and every transfer sums to zero."""

from django.db import migrations

from kernel.triggers import append_only

BALANCED = """
CREATE FUNCTION transfer_is_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    legs bigint;
    total numeric;
    currencies bigint;
BEGIN
    SELECT count(*), coalesce(sum(leg.amount), 0),
           count(*) FILTER (WHERE account.currency <> transfer.currency)
      INTO legs, total, currencies
      FROM ledger_transfer transfer
      LEFT JOIN ledger_leg leg ON leg.transfer_id = transfer.id
      LEFT JOIN ledger_ledgeraccount account ON account.id = leg.account_id
     WHERE transfer.id = CASE TG_TABLE_NAME WHEN 'ledger_leg'
                              THEN (to_jsonb(NEW) ->> 'transfer_id')::bigint ELSE NEW.id END;
    IF legs < 2 OR total <> 0 OR currencies > 0 THEN
        RAISE EXCEPTION 'transfer is not balanced: % legs, sum %, % of another currency',
            legs, total, currencies USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON ledger_transfer
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION transfer_is_balanced();
CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON ledger_leg
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION transfer_is_balanced();
"""
UNDO = """
DROP TRIGGER balanced ON ledger_leg;
DROP TRIGGER balanced ON ledger_transfer;
DROP FUNCTION transfer_is_balanced();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("kernel", "0002_append_only")]

    operations = [
        append_only("ledger_transfer", "ledger_leg"),
        migrations.RunSQL(BALANCED, UNDO),
    ]
