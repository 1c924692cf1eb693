"""What stands in the tables: marks between two sides, and fingerprints that any change moves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

#: Highest key by table.
Marks = Mapping[str, int]
#: Columns that say whose a row is, and the model they point at.
OWNERS = {
    "shop_id": "shops.shop",
    "buyer_id": "accounts.user",
    "user_id": "accounts.user",
    "owner_id": "accounts.user",
    "creator_id": "accounts.creator",
    "agency_id": "accounts.agency",
}
#: Log-in bookkeeping of the probes themselves.
_NOT_OURS = {"django_session", "usersessions_usersession", "django_admin_log"}
#: An answer kept for a retry is the caller's own, and says nothing of anybody's rows.
_BOOKKEEPING = {"kernel_idempotencyrecord"}


def tables() -> list[type[models.Model]]:
    """Return the models whose tables hold anything, in a stable order."""
    found = {
        model._meta.db_table: model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }
    return [found[name] for name in sorted(found) if name not in _NOT_OURS]


def _numbered() -> list[type[models.Model]]:
    return [one for one in tables() if "int" in (one._meta.pk.db_type(connection) or "")]


def marks() -> Marks:
    """Return the highest key of every table."""
    parts = [
        f"SELECT '{one._meta.db_table}', coalesce(max({one._meta.pk.column}), 0) "
        f"FROM {one._meta.db_table}"
        for one in _numbered()
    ]
    return dict(_rows(" UNION ALL ".join(parts)))


def everything() -> dict[str, str]:
    """Return table → fingerprint of all its rows."""
    parts = [_print_of(one, "true") for one in tables() if one._meta.db_table not in _BOOKKEEPING]
    return dict(_rows(" UNION ALL ".join(parts)))


def between(low: Marks, high: Marks) -> dict[str, str]:
    """Return table → fingerprint of the rows made after `low` and up to `high`."""
    parts = [
        _print_of(one, f"{one._meta.pk.column} > {low[table]} AND {one._meta.pk.column} <= {top}")
        for one in _numbered()
        if (top := high[table := one._meta.db_table]) > low[table]
    ]
    return dict(_rows(" UNION ALL ".join(parts)))


def added(low: Marks, high: Marks) -> dict[str, str]:
    """Return table → number of rows after `high` that belong to an owner between the marks."""
    parts = []
    for one in _numbered():
        table, key = one._meta.db_table, one._meta.pk.column
        columns = {field.column for field in one._meta.concrete_fields}
        theirs = [
            f"{column} > {low[owner]} AND {column} <= {high[owner]}"
            for column, label in OWNERS.items()
            if column in columns and (owner := apps.get_model(label)._meta.db_table)
        ]
        if theirs and table not in _BOOKKEEPING:
            where = " OR ".join(f"({condition})" for condition in theirs)
            parts.append(
                f"SELECT '{table} (new)', count(*)::text FROM {table} "
                f"WHERE {key} > {high[table]} AND ({where})"
            )
    return dict(_rows(" UNION ALL ".join(parts)))


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Return the tables whose fingerprints differ."""
    return sorted(name for name in before if before[name] != after[name])


@contextmanager
def rolled_back() -> Iterator[None]:
    """Undo whatever the block writes; inside, no transaction seems to be open, as at a door."""
    block = transaction.atomic()
    block._from_testcase = True  # what Django's own TestCase says of the transactions around a test
    with block:
        yield
        transaction.set_rollback(True)


class Writes:
    """Counts statements that may change a row; most probes make none and need no fingerprint."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if str(sql).lstrip()[:6].upper() in ("INSERT", "UPDATE", "DELETE"):
            self.count += 1
        return execute(sql, params, many, context)


@contextmanager
def watched() -> Iterator[Writes]:
    """Count the writes of the block."""
    writes = Writes()
    with connection.execute_wrapper(writes):
        yield writes


def _print_of(model: type[models.Model], where: str) -> str:
    table, key = model._meta.db_table, model._meta.pk.column
    digest = f"md5(coalesce(string_agg(md5(t::text), '' ORDER BY {key}), ''))"
    return f"SELECT '{table}', {digest} FROM {table} t WHERE {where}"


def _rows(sql: str) -> list[tuple[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()
