"""Pages by cursor: any depth costs the same, and no page is ever counted."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound as DrfNotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.errors import FieldError, InvalidInput

MAX_PAGE_SIZE = 100


class Cursor(CursorPagination):
    """``?limit=20&cursor=…`` → ``{"results": […], "next": "<cursor or null>", "previous": …}``."""

    page_size = 20
    max_page_size = MAX_PAGE_SIZE
    page_size_query_param = "limit"
    cursor_query_param = "cursor"
    ordering = ("-id",)

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        try:
            return super().paginate_queryset(queryset, request, view=view)
        except (DrfNotFound, ValueError, OverflowError):
            raise _bad("/cursor", "invalid_cursor", _("This cursor is not one of ours.")) from None

    def get_page_size(self, request: Request) -> int:
        text = request.query_params.get(self.page_size_query_param)
        if text is None:
            return self.page_size
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:5]) <= MAX_PAGE_SIZE):
            raise _bad("/limit", "invalid_limit", _("The limit is a number from 1 to 100."))
        return int(text)

    def get_ordering(self, request: Request, queryset: Any, view: Any) -> Any:
        return tuple(self.ordering)

    def encode_cursor(self, cursor: Any) -> str:
        # DRF answers whole addresses; clients of ours get the token alone and keep their filters.
        link = super().encode_cursor(cursor)
        return link.partition("cursor=")[2].partition("&")[0]

    def get_paginated_response(self, data: Any) -> Response:
        following, before = self.get_next_link(), self.get_previous_link()
        return Response(
            {
                "results": data,
                "next": unquote(following) if following else None,
                "previous": unquote(before) if before else None,
            }
        )


def _bad(pointer: str, code: str, detail: Any) -> InvalidInput:
    return InvalidInput(detail, errors=[FieldError(pointer, code, detail)])
