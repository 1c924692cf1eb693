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


def frozen(table: str, *columns: str) -> RunSQL:
    """An operation after which rows of `table` are not deleted and keep what is in `columns`.

    The other columns, a state for one, may be written. Needs kernel 0002.
    """
    return RunSQL(
        f"CREATE TRIGGER frozen BEFORE DELETE OR UPDATE OF {', '.join(columns)} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION refuse_change();",
        f"DROP TRIGGER frozen ON {table};",
    )


REVISE = """
CREATE FUNCTION revise() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    row_now jsonb := CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
BEGIN
    INSERT INTO kernel_revision AS known (subject, number)
    VALUES (TG_ARGV[0] || ':' || (row_now ->> TG_ARGV[1]), 1)
    ON CONFLICT (subject) DO UPDATE SET number = known.number + 1;
    RETURN NULL;
END $$;
"""


def revised(table: str, *, subject: str, key: str, columns: str, is_part: bool = False) -> RunSQL:
    """An operation after which changes of `columns` count as a revision of ``subject:<key>``.

    So what was read of `table` can be remembered, and checked by one look at `kernel_revision`.
    With `is_part` the rows are parts of their subject: one more or one less changes it too. The
    column `key` of a row never changes. Needs kernel 0003.
    """
    when = "INSERT OR DELETE OR UPDATE" if is_part else "DELETE OR UPDATE"
    return RunSQL(
        f"CREATE TRIGGER revised AFTER {when} OF {columns} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION revise('{subject}', '{key}');",
        f"DROP TRIGGER revised ON {table};",
    )
