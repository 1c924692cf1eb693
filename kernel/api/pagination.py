"""Pages by cursor (`kernel.keyset`), as the API asks for and hands out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.errors import FieldError, InvalidInput
from kernel.keyset import BadCursor, Page, page_of

PAGE_SIZE = 20
MAX_PAGE_SIZE = 100


@dataclass(frozen=True)
class Feed:
    """Rows of a list that grows at its end: `next` of the last page waits for what comes."""

    rows: Any
    ordering: tuple[str, ...]
    is_endless: bool = True


class Cursor(BasePagination):
    """``?limit=20&cursor=…`` → ``{"results": […], "next": "<cursor or null>", "previous": …}``."""

    ordering: Sequence[str] = ("-id",)
    is_endless = False
    _page = Page([], None, None)

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """Return one page. Raises InvalidInput for a cursor or limit that is not one."""
        cursor = request.query_params.get("cursor")
        limit = _limit(request)
        try:
            self._page = page_of(
                queryset,
                ordering=self.ordering,
                cursor=cursor,
                limit=limit,
                is_endless=self.is_endless,
            )
        except BadCursor:
            detail = _("This cursor is not one of ours.")
            raise _bad("/cursor", "invalid_cursor", detail) from None
        return self._page.rows

    def envelope(self, data: Any) -> dict[str, Any]:
        """Return the page around its rows."""
        return {"results": data, "next": self._page.next, "previous": self._page.previous}

    def get_paginated_response(self, data: Any) -> Response:
        """Return the answer."""
        return Response(self.envelope(data))

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


def _limit(request: Request) -> int:
    text = request.query_params.get("limit")
    if text is None:
        return PAGE_SIZE
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:5]) <= MAX_PAGE_SIZE):
        raise _bad("/limit", "invalid_limit", _("The limit is a number from 1 to 100."))
    return int(text[:5])


def _bad(pointer: str, code: str, detail: Any) -> InvalidInput:
    return InvalidInput(detail, errors=[FieldError(pointer, code, detail)])


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, "description": description}
