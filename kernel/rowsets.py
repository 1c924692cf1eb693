"""Sets of rows as one parameter: what `jsonb_populate_recordset(NULL::table, %s)` reads."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.db import models


def rowset(instances: Iterable[models.Model]) -> str:
    """Return the columns of unsaved `instances` as a JSON array, ready for PostgreSQL.

    Every column must hold a plain value: a default of the database's is not known here.
    """
    return json.dumps([_row(one) for one in instances], default=plain, ensure_ascii=False)


@cache
def statement(path: Path) -> str:
    """Return the text of a ``.sql`` file, read once."""
    return path.read_text(encoding="utf-8")


def _row(instance: models.Model) -> dict[str, Any]:
    values = instance.__dict__
    return {column: values[name] for name, column in _columns(type(instance))}


@cache
def _columns(model: type[models.Model]) -> tuple[tuple[str, str], ...]:
    fields = model._meta.concrete_fields
    return tuple((one.attname, one.column or one.attname) for one in fields)


def plain(value: Any) -> str:
    """Return a value that JSON does not know as PostgreSQL reads it from a JSON row."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    return str(value)
