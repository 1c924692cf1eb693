"""The second wall: behind it the database shows one shop's rows, whatever the code asks for.

`visible_to(actor)` is the first wall and says what a page wants; this one holds when it was
forgotten. A door that answers a merchant works inside `behind(shop_id)`: one transaction as a role
that reads and writes the rows which the models' `Wall`s give to that shop, and nothing else. Why
and how: docs/adr/0018.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, models, transaction
from django.db.backends.ddl_references import Statement, Table
from psycopg.pq import TransactionStatus

#: The role of whoever acts for one shop. Nobody logs in as it.
SHOP_ROLE = "haodian_shop"
#: Who may see every shop: buyers' doors, workers, the platform's people. Log-ins are members of it.
PLATFORM_ROLE = "haodian_platform"
#: The setting of a transaction that says which shop.
SETTING = "haodian.shop_id"

#: What a shop may do with its own rows, and with rows that are everybody's.
CHANGE = "SELECT, INSERT, UPDATE, DELETE"
READ = "SELECT"

_ENTER = f"SELECT set_config('role', '{SHOP_ROLE}', true), set_config('{SETTING}', %s, true)"
_LEAVE = f"SELECT set_config('role', 'none', true), set_config('{SETTING}', '', true)"

#: The columns of a wall that opens some of them.
_COLUMNS = re.compile(r"SELECT \(([^)]+)\)")

_shop: ContextVar[int | None] = ContextVar("wall", default=None)


def current() -> int | None:
    """Return the shop behind whose wall this code runs, None outside of all."""
    return _shop.get()


@contextmanager
def behind(shop_id: int) -> Iterator[None]:
    """Run the block as one transaction that knows only the rows of the shop `shop_id`.

    Raises RuntimeError behind the wall of another shop. Behind the same one it changes nothing.
    """
    if (now := _shop.get()) is not None:
        if now != shop_id:
            raise RuntimeError(f"behind the wall of shop {now}, not of {shop_id}")
        yield
        return
    is_part = connection.in_atomic_block
    with transaction.atomic():
        _say(_ENTER, str(shop_id))
        token = _shop.set(shop_id)
        try:
            yield
        finally:
            _shop.reset(token)
        if is_part:  # else the role ends with the transaction
            _say(_LEAVE)


@contextmanager
def outside(why: str) -> Iterator[None]:
    """Run the block as if there were no wall: for what a shop causes but does not own.

    `why` is for the reader; tests/architecture/test_walls.py keeps the list of those who ask.
    Nothing that such a block reads may reach the merchant.
    """
    shop_id = _shop.get()
    if shop_id is None:
        yield
        return
    _say(_LEAVE)
    token = _shop.set(None)
    try:
        yield
    finally:
        _shop.reset(token)
        _say(_ENTER, str(shop_id))


def readable(rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """Return `rows` with those columns alone that a shop may read, where not all of them are."""
    walls = (one for one in rows.model._meta.constraints if isinstance(one, Wall))
    names = next((found[1] for one in walls if (found := _COLUMNS.search(one.may))), "")
    return rows.only(*names.split(", ")) if names else rows


def kept(pieces: Iterable[bytes]) -> Iterable[bytes]:
    """Return `pieces` so that each is made behind the wall of now, however late it is asked for."""
    shop_id = _shop.get()
    return pieces if shop_id is None else _kept(iter(pieces), shop_id)


def _kept(pieces: Iterator[bytes], shop_id: int) -> Iterator[bytes]:
    while True:
        with behind(shop_id):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


def _say(statement: str, *values: str) -> None:
    is_broken = connection.connection.info.transaction_status == TransactionStatus.INERROR
    if connection.needs_rollback or is_broken:
        return  # the rollback to come takes back what was said since its savepoint
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


class Wall(models.BaseConstraint):
    """What the role of a shop may do with a table; declared beside a model's constraints::

        constraints = (Wall(by="shop", name="order_wall"),)   # its own rows
        constraints = (Wall(may=READ, name="brand_wall"),)    # everybody's

    `by` names the column that holds the shop; without it every row is seen. A table that declares
    none is closed to shops. Other roles are not held: only members of PLATFORM_ROLE see a table
    with `by` at all, its owner included.
    """

    def __init__(
        self,
        *,
        name: str,
        by: str = "",
        may: str = CHANGE,
        violation_error_code: str | None = None,
        violation_error_message: str | None = None,
    ) -> None:
        self.by, self.may = by, may
        super().__init__(
            name=name,
            violation_error_code=violation_error_code,
            violation_error_message=violation_error_message,
        )

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        """Add nothing to CREATE TABLE: the table has to be there first."""
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        return self._statement(model, schema_editor, _BUILD if self.by else _OPEN)

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return self._statement(model, schema_editor, _TEAR_DOWN if self.by else _CLOSE)

    def _statement(self, model: Any, schema_editor: Any, template: str) -> Any:
        quote = schema_editor.quote_name
        return Statement(
            template,
            table=Table(model._meta.db_table, quote),
            name=quote(self.name),
            all_name=quote(f"{self.name}_platform"),
            column=quote(model._meta.get_field(self.by).column) if self.by else "",
            may=self.may,
        )

    def validate(
        self,
        model: type[models.Model],
        instance: models.Model,
        exclude: Collection[str] | None = None,
        using: str = DEFAULT_DB_ALIAS,
    ) -> None:
        """Ask nothing: the database refuses."""

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | {"by": self.by, "may": self.may}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Wall):
            return NotImplemented
        return bool(self.deconstruct() == other.deconstruct())

    __hash__ = None  # type: ignore[assignment]  # as Django's own constraints

    def __repr__(self) -> str:
        return f"<Wall: {self.name} ({self.by or 'everybody'}: {self.may})>"


_OPEN = f"GRANT %(may)s ON %(table)s TO {SHOP_ROLE}"
_CLOSE = f"REVOKE %(may)s ON %(table)s FROM {SHOP_ROLE}"
_BUILD = f"""
ALTER TABLE %(table)s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY %(name)s ON %(table)s TO {SHOP_ROLE}
    USING (%(column)s = NULLIF(current_setting('{SETTING}', true), '')::bigint);
CREATE POLICY %(all_name)s ON %(table)s TO {PLATFORM_ROLE} USING (true);
{_OPEN}
"""
_TEAR_DOWN = f"""
{_CLOSE};
DROP POLICY %(all_name)s ON %(table)s;
DROP POLICY %(name)s ON %(table)s;
ALTER TABLE %(table)s NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY
"""
