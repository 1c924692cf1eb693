"""Pages found by the values of the neighbouring row, never by counting or skipping.

A cursor holds the ordering values of the row it stands at, so rows that are equal in the first
column, empty columns and rows that appear meanwhile neither repeat nor hide another. The primary
key is added as the last column where the ordering does not name it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import F, Field, Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

from kernel.text import is_storable

MAX_CURSOR_LENGTH = 600
MAX_BIGINT = 2**63 - 1


class BadCursor(ValueError):
    """A cursor that this list did not hand out."""


@dataclass(frozen=True)
class Page:
    """Rows in the list's order, and the cursors of the pages around them, None where it ends."""

    rows: list[Any]
    next: str | None
    previous: str | None


def page_of(
    queryset: QuerySet[Any],
    *,
    ordering: Sequence[str],
    cursor: str | None,
    limit: int,
    is_endless: bool = False,
) -> Page:
    """Return the page of `queryset` at `cursor`, the first without one. Raises BadCursor.

    Where rows still come at the end (`is_endless`), the last page has a `next` as well: after its
    last row, or `cursor` itself where no row came since.
    """
    columns = _columns(queryset, ordering)
    is_back, values = _decode(cursor, columns) if cursor is not None else (False, [])
    if values:
        queryset = queryset.filter(_beyond(columns, values, is_back=is_back))
    rows = list(queryset.order_by(*(one.order(is_back) for one in columns))[: limit + 1])
    has_more = len(rows) > limit
    rows = rows[:limit]
    if is_back:
        rows.reverse()
    has_next, has_previous = (bool(values), has_more) if is_back else (has_more, bool(values))
    if is_endless and not rows:
        return Page([], cursor, None)
    return Page(
        rows,
        _encode(columns, rows[-1], is_back=False) if rows and (has_next or is_endless) else None,
        _encode(columns, rows[0], is_back=True) if rows and has_previous else None,
    )


class _Column:
    """One column of an ordering: its name, direction and how its values travel."""

    def __init__(self, name: str, field: Field[Any, Any]) -> None:
        self.name = name.removeprefix("-")
        self.is_descending = name.startswith("-")
        self.field = field

    def order(self, is_back: bool) -> str:
        return f"-{self.name}" if self.is_descending != is_back else self.name

    def pack(self, row: Any) -> Any:
        value = row
        for part in ["pk"] if self.name == "pk" else self.name.split("__"):
            value = value.get(part) if isinstance(value, Mapping) else getattr(value, part, None)
        if isinstance(value, datetime | date):
            return value.isoformat()
        return str(value) if isinstance(value, Decimal) else value

    def unpack(self, packed: Any) -> Any:
        if isinstance(packed, str) and not is_storable(packed):
            raise ValueError("text that cannot be stored")
        if packed is not None and not isinstance(packed, str | int | float):
            raise TypeError("not a plain value")
        value = self.field.to_python(packed)
        if isinstance(value, int) and not -MAX_BIGINT <= value <= MAX_BIGINT:
            raise ValueError("a number that no column holds")
        return value

    @property
    def may_be_null(self) -> bool:
        """Whether a row may have no value; through a relation it may be the relation."""
        return self.field.null or "__" in self.name

    def equal(self, value: Any) -> Q:
        return Q(**{f"{self.name}__isnull": True}) if value is None else Q(**{self.name: value})

    def beyond(self, value: Any, is_back: bool, *, or_equal: bool = False) -> Q | None:
        """Rows strictly behind `value`, or at it; None when there are none.

        PostgreSQL puts NULL last when ascending and first when descending: NULL is the largest.
        """
        is_falling = self.is_descending != is_back
        if value is None:
            return Q(**{f"{self.name}__isnull": False}) if is_falling else None
        lookup = ("lt" if is_falling else "gt") + ("e" if or_equal else "")
        rows = Q(**{f"{self.name}__{lookup}": value})
        if not is_falling and self.may_be_null:
            rows |= Q(**{f"{self.name}__isnull": True})
        return rows


def _columns(queryset: QuerySet[Any], ordering: Sequence[str]) -> list[_Column]:
    names = list(ordering)
    keys = {"pk", queryset.model._meta.pk.name}
    if not keys & {name.removeprefix("-") for name in names}:
        names.append("-pk" if names and names[-1].startswith("-") else "pk")
    return [_Column(name, _field(queryset, name.removeprefix("-"))) for name in names]


def _field(queryset: QuerySet[Any], name: str) -> Field[Any, Any]:
    annotation = queryset.query.annotations.get(name)
    if annotation is not None:
        return annotation.output_field
    model = queryset.model
    field = model._meta.pk
    for part in name.split("__"):
        try:
            field = model._meta.pk if part == "pk" else model._meta.get_field(part)
        except FieldDoesNotExist:
            raise ValueError(f"{name} is no column of {queryset.model.__name__}") from None
        model = getattr(field, "related_model", None) or model
    return field


def _beyond(columns: Sequence[_Column], values: Sequence[Any], *, is_back: bool) -> Q:
    """Return the condition of rows behind those `values`, in a form that an index can start at."""
    if len({one.is_descending for one in columns}) == 1 and not any(
        one.may_be_null for one in columns
    ):
        is_falling = columns[0].is_descending != is_back
        row = Tuple(*(F(one.name) for one in columns))
        return Q((TupleLessThan if is_falling else TupleGreaterThan)(row, tuple(values)))
    rows, tie = Q(pk__in=[]), Q()
    for column, value in zip(columns, values, strict=True):
        strictly = column.beyond(value, is_back)
        if strictly is not None:
            rows |= tie & strictly
        tie &= column.equal(value)
    # The same said of the first column alone: no index starts at a chain of ORs.
    start = columns[0].beyond(values[0], is_back, or_equal=True) if values[0] is not None else None
    return rows if start is None else start & rows


def _encode(columns: Sequence[_Column], row: Any, *, is_back: bool) -> str:
    return _pack([int(is_back), *(one.pack(row) for one in columns)])


def _pack(values: Sequence[Any]) -> str:
    text = json.dumps(values, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(text: str, columns: Sequence[_Column]) -> tuple[bool, list[Any]]:
    if text == LAST:
        return True, []
    try:
        if len(text) > MAX_CURSOR_LENGTH:
            raise ValueError("too long")
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        direction, *packed = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if direction not in (0, 1) or len(packed) != len(columns):
            raise ValueError("not of this list")
        pairs = zip(columns, packed, strict=True)
        return bool(direction), [one.unpack(value) for one, value in pairs]
    except (ValueError, TypeError, OverflowError, RecursionError, ValidationError) as error:
        raise BadCursor from error


#: The cursor of the last page of any list.
LAST = _pack([1])
