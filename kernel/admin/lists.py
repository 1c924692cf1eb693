"""The lists of the consoles: as fast with millions of rows as with ten, however far one goes.

Pages are found by the row that they begin behind (`kernel.keyset`), never by skipping; a count ends
early (`kernel.counting`); nothing is counted for a filter; only offered columns sort.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from kernel.counting import capped_count, shown_count
from kernel.keyset import LAST, BadCursor, page_of

if TYPE_CHECKING:
    from kernel.admin.base import ConsoleModelAdmin

#: The parameter of an address that says where a page begins.
CURSOR_VAR = "from"


class CappedPaginator(Paginator):
    """Counts no further than anybody reads."""

    template_name = "console/pagination.html"

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return capped_count(rows)

    @property
    def shown_count(self) -> str:
        """The number of rows as people read it."""
        return shown_count(self.count)


class ConsoleChangeList(ChangeList):
    """A page of a list; rows are linked by their public id or number, never by primary key."""

    model_admin: ConsoleModelAdmin

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.cursor = request.GET.get(CURSOR_VAR)
        super().__init__(request, *args, **kwargs)

    def url_for_result(self, result: Any) -> str:
        return self.model_admin.object_url(result)

    def get_filters_params(self, params: Any = None) -> dict[str, Any]:
        known: dict[str, Any] = super().get_filters_params(params)
        return {name: value for name, value in known.items() if name != CURSOR_VAR}

    def get_query_string(self, new_params: Any = None, remove: Any = None) -> str:
        """Return the address of this list with other parameters: it begins at its first page."""
        wanted = {CURSOR_VAR: None} | dict(new_params or {})
        return super().get_query_string(wanted, remove)

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        """Return the ordering; an address that asks for a column that is not offered is ignored."""
        if self.sortable_by is not None and ORDER_VAR in self.params:
            offered = {
                str(place)
                for place, name in enumerate(self.list_display)
                if name in self.sortable_by
            }
            asked = self.params[ORDER_VAR].split(".")
            if not {one.removeprefix("-") for one in asked} <= offered:
                del self.params[ORDER_VAR]
        return super().get_ordering(request, queryset)

    def get_results(self, request: HttpRequest) -> None:
        """Read one page. Raises IncorrectLookupParameters for a cursor of another list."""
        self.paginator = self.model_admin.get_paginator(request, self.queryset, self.list_per_page)
        self.result_count = self.paginator.count
        try:
            self.page = page_of(
                self.queryset,
                ordering=self.queryset.query.order_by,
                cursor=self.cursor,
                limit=self.list_per_page,
            )
        except BadCursor:
            raise IncorrectLookupParameters from None
        self.result_list: Any = self.page.rows
        self.multi_page = bool(self.page.next or self.page.previous)
        self.can_show_all = False
        self.full_result_count = None
        self.show_full_result_count = self.show_admin_actions = False

    @property
    def pages(self) -> dict[str, str | None]:
        """Addresses of the first, previous, next and last page, None where there is none."""
        page = self.page
        return {
            "first": self.get_query_string() if page.previous else None,
            "previous": self._at(page.previous),
            "next": self._at(page.next),
            "last": self._at(LAST) if page.next else None,
        }

    def _at(self, cursor: str | None) -> str | None:
        return self.get_query_string({CURSOR_VAR: cursor}) if cursor else None


class KnownValuesFilter(admin.SimpleListFilter):
    """A filter by a column whose values the code knows: nothing is read to offer them."""

    def known(self) -> Sequence[tuple[str, Any]]:
        """Return the values and what they are called."""
        raise NotImplementedError

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        return self.known()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        is_known = self.value() in dict(self.known())
        return queryset.filter(**{str(self.parameter_name): self.value()}) if is_known else queryset
