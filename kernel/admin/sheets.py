"""Every list as a file (OP-14): what the list shows, filtered and sorted as it stands there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import display_for_field, label_for_field, lookup_field
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from kernel import audit, clock
from kernel.cells import BOM, csv_of
from kernel.downloads import Download

if TYPE_CHECKING:
    from kernel.admin.base import ConsoleModelAdmin

#: Rows of one file; who needs more filters, or uses an export of its own.
MAX_ROWS = 2_000


def may_export(page: ConsoleModelAdmin, request: HttpRequest) -> bool:
    """Tell whether the reader may take this list along."""
    asked = page.export_permission
    return page.has_view_permission(request) and (not asked or page.actor(request).may(asked))


def answer(page: ConsoleModelAdmin, request: HttpRequest) -> HttpResponseBase:
    """Answer the list as CSV: the columns of the screen, at most `MAX_ROWS` rows, no formulas.

    It is on record. Raises Http404 for who may not see the list, PermissionDenied for who may not
    take it along; filters that the list does not know lead back to it.
    """
    if not page.has_view_permission(request):
        raise Http404
    if not may_export(page, request):
        raise PermissionDenied
    try:
        found = page.get_changelist_instance(request)
    except IncorrectLookupParameters:
        return HttpResponseRedirect("../")
    columns = [name for name in found.list_display if name != "action_checkbox"]
    rows = list(found.queryset[:MAX_ROWS])
    content = BOM + csv_of([_titles(page, columns), *_lines(page, columns, rows)])
    at = clock.now()
    audit.record(
        actor=page.actor(request),
        action="kernel.export_list",
        target=request.user,  # type: ignore[arg-type]  # who has an actor is signed in
        at=at,
        after={"list": page.opts.label_lower, "rows": len(rows)},
    )
    name = f"{page.opts.model_name}-{at:%Y%m%d-%H%M}.csv"
    return Download([content], len(content), name, "text/csv; charset=utf-8").response()


def _titles(page: ConsoleModelAdmin, columns: list[str]) -> list[str]:
    return [capfirst(str(label_for_field(name, page.model, page))) for name in columns]


def _lines(
    page: ConsoleModelAdmin, columns: list[str], rows: list[models.Model]
) -> Iterator[list[str]]:
    for row in rows:
        yield [text_of(page, row, name) for name in columns]


def text_of(page: ConsoleModelAdmin, row: models.Model, name: str) -> str:
    """Return what the list shows of `row` in the column `name`, as plain text."""
    try:
        field, _attribute, value = lookup_field(name, row, page)
    except ObjectDoesNotExist:
        return ""
    if field is None:
        return _plain(value)
    if isinstance(field, models.ForeignKey):
        return str(getattr(row, name) or "")
    return _plain(display_for_field(value, field, ""))


def _plain(value: Any) -> str:
    if isinstance(value, tuple | list):  # a coloured label: its key and its words
        return _plain(value[1]) if len(value) > 1 else ""
    if isinstance(value, SafeString):
        return " ".join(strip_tags(value).split())
    return "" if value is None else str(value)
