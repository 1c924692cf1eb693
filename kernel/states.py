"""Moves of a status: compare-and-swap with a history row.

A machine is a table on its model::

    TRANSITIONS = {Status.DRAFT: {Status.SUBMITTED}, Status.SUBMITTED: {Status.APPROVED, …}}

`move` reads the sources from it, so the rule and its guard cannot drift apart. One statement locks
the rows, checks where they stand, moves them and writes their history.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, NoReturn, cast

from django.db import connection, models

from kernel.actors import SYSTEM, Actor
from kernel.errors import IllegalTransition
from kernel.rowsets import plain

#: Rows are locked in the order of their ids. Unless all stand where they may, none is moved.
MOVE = """
WITH was AS (
    SELECT id, {field} AS status FROM {table} WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
), fit AS (
    SELECT id, status FROM was WHERE status = ANY(%s)
), moved AS (
    UPDATE {table} AS t SET {changes}
    FROM fit{news} WHERE t.id = fit.id AND (SELECT count(*) FROM fit) = %s
    RETURNING t.id, fit.status
)
INSERT INTO kernel_statuschange
    (model, object_id, field, from_status, to_status, at, actor_label, reason)
SELECT %s, moved.id, %s, coalesce(step.from_status, moved.status), step.to_status, %s, %s,
       CASE step.place WHEN 1 THEN left(coalesce(%s::jsonb ->> moved.id::text, %s), 200) ELSE '' END
FROM moved CROSS JOIN unnest(%s::text[], %s::text[]) WITH ORDINALITY
     AS step (from_status, to_status, place)
ORDER BY moved.id, step.place
RETURNING from_status
"""
NEWS = " JOIN jsonb_populate_recordset(NULL::{table}, %s) AS news USING (id)"


def sources(table: dict[Any, Iterable[Any]], to: str) -> list[str]:
    """Return the states from which `table` allows a move to `to`."""
    return [str(state) for state, targets in table.items() if to in targets]


def move(
    instance: models.Model,
    *,
    to: str,
    at: datetime,
    actor: Actor = SYSTEM,
    field: str = "status",
    reason: str = "",
    **changes: Any,
) -> str:
    """Move `instance` to `to` and write the history row; return the state it came from.

    `changes` are further columns written by the same UPDATE. Of two racing callers one wins. The
    table is the model's ``TRANSITIONS``, or ``<FIELD>_TRANSITIONS`` for a second machine.

    Raises IllegalTransition when the stored state does not allow the move; nothing is changed then.
    """
    model = type(instance)
    came_from = _move(model, [instance.pk], [to], at, actor, field, reason, {}, {}, changes)
    for name, value in {field: to, **changes}.items():
        setattr(instance, name, value)
    return came_from


def move_all(
    model: type[models.Model],
    pks: Collection[int],
    *,
    path: Sequence[str],
    at: datetime,
    actor: Actor = SYSTEM,
    field: str = "status",
    reasons: Mapping[int, str] | None = None,
    each: Mapping[int, Mapping[str, Any]] | None = None,
    **changes: Any,
) -> None:
    """Move the rows `pks` of `model` along `path`, all or none, in one statement.

    Each step has its history row; `reasons`, by primary key, are those of the first. `each` holds,
    by primary key, further columns of one row, the same names for all; `changes` what all get.

    Raises IllegalTransition when the stored state of one does not allow the first step or the table
    does not allow a later one; nothing is changed then.
    """
    if each and each.keys() != set(pks):
        raise ValueError("further columns of some rows and not of others")
    if pks:
        _move(model, pks, path, at, actor, field, "", reasons or {}, each or {}, changes)


def _move(
    model: type[models.Model],
    pks: Collection[int],
    path: Sequence[str],
    at: datetime,
    actor: Actor,
    field: str,
    reason: str,
    reasons: Mapping[int, str],
    each: Mapping[int, Mapping[str, Any]],
    changes: Mapping[str, Any],
) -> str:
    """Move all or raise IllegalTransition; return the state that the first by id came from."""
    table = getattr(model, "TRANSITIONS" if field == "status" else f"{field.upper()}_TRANSITIONS")
    for before, after in pairwise(path):
        if after not in table.get(before, ()):
            raise IllegalTransition(extra={"from": str(before), "to": str(after)})
    allowed = sources(table, path[0])
    shared = {field: path[-1], **changes}
    assignments, values = _assignments(model, shared, next(iter(each.values()), {}))
    sql = MOVE.format(
        field=_column(model, field).column,
        table=model._meta.db_table,
        changes=assignments,
        news=NEWS.format(table=model._meta.db_table) if each else "",
    )
    steps = [str(step) for step in path]
    values = [
        list(pks),
        allowed,
        *values,
        *([_news(model, each)] if each else []),
        len(pks),
        model._meta.label_lower,
        field,
        at,
        (actor.label or actor.role)[:120],
        json.dumps(reasons),
        reason,
        [None, *steps[:-1]],
        steps,
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        first = cursor.fetchone()
    if first is None:
        _refuse(model, pks, field, path[0], allowed)
    return str(first[0])


def _assignments(
    model: type[models.Model], shared: Mapping[str, Any], each: Iterable[str]
) -> tuple[str, list[Any]]:
    """Return the SET clause and its parameters; a value may be an expression such as `Now()`."""
    query = model._base_manager.all().query
    compiler = query.get_compiler(connection=connection)
    clauses, values = [], []
    for name, value in shared.items():
        column = _column(model, name)
        if hasattr(value, "resolve_expression"):
            sql, params = compiler.compile(value.resolve_expression(query))
            values += params
        else:
            sql = "%s"
            stored = value.pk if isinstance(value, models.Model) else value
            values.append(column.get_db_prep_save(stored, connection))
        clauses.append(f"{column.column} = {sql}")
    columns = (_column(model, name).column for name in each)
    return ", ".join([*clauses, *(f"{column} = news.{column}" for column in columns)]), values


def _news(model: type[models.Model], each: Mapping[int, Mapping[str, Any]]) -> str:
    rows = [
        {"id": pk, **{_column(model, name).column: value for name, value in one.items()}}
        for pk, one in each.items()
    ]
    return json.dumps(rows, default=plain)


def _column(model: type[models.Model], name: str) -> models.Field[Any, Any]:
    return cast("models.Field[Any, Any]", model._meta.get_field(name))


def _refuse(
    model: type[models.Model], pks: Collection[int], field: str, to: str, allowed: Collection[str]
) -> NoReturn:
    stored = dict(model._base_manager.filter(pk__in=pks).values_list("pk", field))
    wrong = next((stored.get(pk) for pk in pks if stored.get(pk) not in allowed), None)
    raise IllegalTransition(extra={"from": wrong, "to": str(to)})
