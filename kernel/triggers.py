"""Rules that the database keeps when Python forgets: used by migrations."""

from __future__ import annotations

from django.db.migrations import RunSQL

REFUSE_CHANGE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""


def append_only(*tables: str) -> RunSQL:
    """An operation after which rows of `tables` can be inserted and read, never changed or deleted.

    It holds for the tables' owner too. TRUNCATE stays possible, for tests. Needs kernel 0002.
    """
    make = "".join(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION refuse_change();\n"
        for table in tables
    )
    drop = "".join(f"DROP TRIGGER append_only ON {table};\n" for table in tables)
    return RunSQL(make, drop)
