"""Bytes, or what was pasted, to rows: two cells each, as they were written."""

from __future__ import annotations

import re
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from catalog.errors import UnreadableFile
from catalog.services.importing import cells
from catalog.services.importing.faults import BadCell
from catalog.services.importing.lines import columns_of, need
from catalog.services.importing.reading import normal, table
from kernel.cells import written

#: Our field → the names its column may have, the proper one first, the Chinese one after it.
COLUMNS: dict[str, tuple[str, ...]] = {
    "product": (
        "product",
        "商品",
        "商家编码",
        "商品编号",
        "merchant_code",
        "product_id",
        "sku_code",
    ),
    "rate": ("rate", "佣金率", "佣金比例", "rate_in_percent", "commission_rate"),
}
_NEEDED = {name: name for name in COLUMNS}
_KNOWN = frozenset(normal(name) for names in COLUMNS.values() for name in names)
_LONGEST = 64
_RATE = re.compile(r"(\d{1,3}(?:\.\d{1,2})?)0*\s*%?\Z")


class WrittenRow(NamedTuple):
    """A row as it was written; `fault` is a code when it could not be read as one."""

    number: int
    product: str
    rate: str
    fault: str = ""

    @property
    def cells(self) -> list[str]:
        """The two cells, in the order of `COLUMNS`."""
        return [self.product, self.rate]


def rows_of(content: bytes) -> list[WrittenRow]:
    """Return the rows of a CSV or XLSX file, or of pasted lines, without the empty ones.

    No first row with names is needed when the columns stand in our order. Raises UnreadableFile,
    MissingColumns.
    """
    read = table(content, unnamed=tuple(COLUMNS), names=_KNOWN)
    columns = columns_of(read, COLUMNS)
    need(columns, _NEEDED)
    if not read.rows:
        raise UnreadableFile(_("The file has no rows."))
    if len(read.rows) > settings.MAX_PLAN_ROWS:
        text = _("The file has more than %(count)s rows.") % {"count": settings.MAX_PLAN_ROWS}
        raise UnreadableFile(text)
    rows = []
    for row in read.rows:
        of_row = {name: written(row.cells.get(columns[name], "")) for name in COLUMNS}
        fault = "too_many_cells" if row.has_more_cells else ""
        fault = "unclosed_quote" if row.is_unclosed else fault
        rows.append(WrittenRow(row.number, **of_row, fault=fault))
    return rows


def name_of(raw: str) -> str:
    """Return the merchant code or product id of a cell. Raises BadCell."""
    value = cells.text(raw, _LONGEST)
    if not value:
        raise BadCell("missing")
    return value


def rate_of(raw: str) -> int:
    """Return the basis points of a rate in percent, ``12.5`` or ``12.5 %``. Raises BadCell."""
    value = cells.text(raw, _LONGEST)
    if not value:
        raise BadCell("missing")
    found = _RATE.match(value) if value.isascii() else None
    if found is None:
        raise BadCell("bad_rate")
    whole, _point, part = found[1].partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0"))
