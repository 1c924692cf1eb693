"""Sets of rows as one parameter: what `jsonb_populate_recordset(NULL::table, %s)` reads."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from django.db import models


def row_of(model: type[models.Model]) -> type[Any]:
    """Return a struct of the columns of `model`: what is written a thousand times a second.

    Making one costs a tenth of an instance. A column with a plain default, an empty text where one
    may be, or NULL where that may be, needs not be named; a default of the database's has to be.
    """
    columns: list[Any] = []
    names: dict[str, str] = {}
    for one in model._meta.concrete_fields:
        names[one.attname] = one.column or one.attname
        columns.append((one.attname, Any, *_default(one)))
    return msgspec.defstruct(f"{model.__name__}Row", columns, kw_only=True, rename=names, gc=False)


def _default(column: models.Field[Any, Any]) -> list[Any]:
    if column.has_default():
        default = column.default
        return [msgspec.field(default_factory=default) if callable(default) else default]
    if column.null or column.primary_key:
        return [None]
    return [""] if column.blank and column.empty_strings_allowed else []


def rowset(rows: Iterable[Any]) -> str:
    """Return rows, or the columns of unsaved instances, as a JSON array ready for PostgreSQL.

    Every column must hold a plain value: a default of the database's is not known here. In rows,
    bytes are text already (`bytea`).
    """
    values = [_row(one) if isinstance(one, models.Model) else one for one in rows]
    return msgspec.json.encode(values, enc_hook=plain).decode()


def bytea(value: bytes) -> str:
    """Return bytes as PostgreSQL reads them from a JSON row."""
    return f"\\x{value.hex()}"


@cache
def statement(path: Path, *written: type[models.Model]) -> str:
    """Return the text of a ``.sql`` file, read once.

    ``{table}`` in it stands for the columns of a model of `written`. They are named one by one, so
    that a release that knows nothing of a new column leaves it to its default.
    """
    text = path.read_text(encoding="utf-8")
    for model in written:
        columns = ", ".join(f'"{column}"' for _name, column in _columns(model))
        text = text.replace(f"{{{model._meta.db_table}}}", columns)
    return text


def _row(instance: models.Model) -> dict[str, Any]:
    values = instance.__dict__
    row = {column: values[name] for name, column in _columns(type(instance))}
    return {key: bytea(one) if isinstance(one, bytes) else one for key, one in row.items()}


@cache
def _columns(model: type[models.Model]) -> tuple[tuple[str, str], ...]:
    fields = model._meta.concrete_fields
    return tuple((one.attname, one.column or one.attname) for one in fields)


def plain(value: Any) -> str:
    """Return a value that JSON does not know as PostgreSQL reads it from a JSON row."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return bytea(value)
    return str(value)
