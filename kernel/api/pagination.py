"""Pages by cursor: found by the values of the neighbouring row, never by counting or skipping."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Field, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.errors import FieldError, InvalidInput
from kernel.text import is_storable

PAGE_SIZE = 20
MAX_PAGE_SIZE = 100
MAX_CURSOR_LENGTH = 600


class Cursor(BasePagination):
    """``?limit=20&cursor=…`` → ``{"results": […], "next": "<cursor or null>", "previous": …}``.

    A cursor holds the ordering values of the row it stands at, so rows that are equal in the first
    column, empty columns and rows that appear meanwhile neither repeat nor hide another. The
    primary key is added as the last column where the ordering does not name it.
    """

    ordering: Sequence[str] = ("-id",)

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """Return one page. Raises InvalidInput for a cursor or limit that is not one."""
        self._columns = _columns(queryset, self.ordering)
        limit = _limit(request)
        text = request.query_params.get("cursor")
        is_back, values = _decode(text, self._columns) if text is not None else (False, None)
        if values is not None:
            queryset = queryset.filter(_beyond(self._columns, values, is_back=is_back))
        rows = list(queryset.order_by(*(one.order(is_back) for one in self._columns))[: limit + 1])
        has_more = len(rows) > limit
        rows = rows[:limit]
        if is_back:
            rows.reverse()
        has_next, has_previous = (True, has_more) if is_back else (has_more, values is not None)
        self._next = self._encode(rows[-1], is_back=False) if rows and has_next else None
        self._previous = self._encode(rows[0], is_back=True) if rows and has_previous else None
        return rows

    def get_paginated_response(self, data: Any) -> Response:
        """Return the page's envelope."""
        return Response({"results": data, "next": self._next, "previous": self._previous})

    def get_paginated_response_schema(self, schema: Any) -> dict[str, Any]:
        """Describe the envelope."""
        token = {"type": "string", "nullable": True}
        return {
            "type": "object",
            "required": ["results", "next", "previous"],
            "properties": {"results": schema, "next": token, "previous": token},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Describe ``limit`` and ``cursor``."""
        limit = {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": PAGE_SIZE}
        return [
            _parameter("limit", limit, "How many rows a page holds."),
            _parameter("cursor", {"type": "string"}, "`next` or `previous` of another page."),
        ]

    def _encode(self, row: Any, *, is_back: bool) -> str:
        values = [one.pack(row) for one in self._columns]
        text = json.dumps([int(is_back), *values], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


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
        return self.field.to_python(packed)

    def equal(self, value: Any) -> Q:
        return Q(**{f"{self.name}__isnull": True}) if value is None else Q(**{self.name: value})

    def beyond(self, value: Any, is_back: bool) -> Q | None:
        """Rows strictly behind `value`; None when there are none.

        PostgreSQL puts NULL last when ascending and first when descending: NULL is the largest.
        """
        is_falling = self.is_descending != is_back
        if value is None:
            return Q(**{f"{self.name}__isnull": False}) if is_falling else None
        rows = Q(**{f"{self.name}__{'lt' if is_falling else 'gt'}": value})
        if not is_falling and self.field.null:
            rows |= Q(**{f"{self.name}__isnull": True})
        return rows


def _columns(queryset: QuerySet[Any], ordering: Sequence[str]) -> list[_Column]:
    names = list(ordering)
    keys = {"pk", queryset.model._meta.pk.name}
    if not keys & {name.removeprefix("-") for name in names}:
        names.append("-pk" if names[-1].startswith("-") else "pk")
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
    rows, tie = Q(pk__in=[]), Q()
    for column, value in zip(columns, values, strict=True):
        strictly = column.beyond(value, is_back)
        if strictly is not None:
            rows |= tie & strictly
        tie &= column.equal(value)
    return rows


def _limit(request: Request) -> int:
    text = request.query_params.get("limit")
    if text is None:
        return PAGE_SIZE
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:5]) <= MAX_PAGE_SIZE):
        raise _bad("/limit", "invalid_limit", _("The limit is a number from 1 to 100."))
    return int(text[:5])


def _decode(text: str, columns: Sequence[_Column]) -> tuple[bool, list[Any]]:
    try:
        if len(text) > MAX_CURSOR_LENGTH:
            raise ValueError("too long")
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        direction, *packed = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if direction not in (0, 1) or len(packed) != len(columns):
            raise ValueError("not of this list")
        pairs = zip(columns, packed, strict=True)
        return bool(direction), [one.unpack(value) for one, value in pairs]
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error, ValidationError):
        detail = _("This cursor is not one of ours.")
        raise _bad("/cursor", "invalid_cursor", detail) from None


def _bad(pointer: str, code: str, detail: Any) -> InvalidInput:
    return InvalidInput(detail, errors=[FieldError(pointer, code, detail)])


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, "description": description}
