"""Bytes, or what was pasted, to rows: five cells each, as they were written."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from catalog.errors import UnreadableFile
from catalog.services.importing.lines import columns_of, need
from catalog.services.importing.reading import decode, normal, table
from kernel.cells import written

#: Our field → the names its column may have, the proper one first, the Chinese one after it. The
#: titles of the export "to ship" are among them: add carrier and number to it, and send it back.
COLUMNS: dict[str, tuple[str, ...]] = {
    "order": ("order", "订单号", "订单", "订单编号", "order_number"),
    "carrier": ("carrier", "快递公司", "物流公司", "承运商", "carrier_code"),
    "tracking_number": ("tracking_number", "快递单号", "运单号", "物流单号", "tracking"),
    "sku_code": ("sku_code", "商家编码", "规格编码", "merchant_code"),
    "quantity": ("pieces", "件数", "待发件数", "still_to_ship", "数量", "quantity"),
}
NEEDED = {"order": "order", "carrier": "carrier", "tracking_number": "tracking_number"}
_KNOWN = {normal(name) for names in COLUMNS.values() for name in names}


class WrittenRow(NamedTuple):
    """A row as it was written; `fault` is a code when it could not be read as one."""

    number: int
    order: str
    carrier: str
    tracking_number: str
    sku_code: str
    quantity: str
    fault: str = ""

    @property
    def cells(self) -> list[str]:
        """The five cells, in the order of `COLUMNS`."""
        return list(self[1:6])


def rows_of(content: bytes) -> list[WrittenRow]:
    """Return the rows of a CSV or XLSX file, or of pasted lines, without the empty ones.

    CSV needs no first row with names when its columns stand in our order. Raises UnreadableFile,
    MissingColumns.
    """
    shift = 0
    if not content.startswith(b"PK\x03\x04"):
        content, shift = _named(decode(content) if content else "")
    read = table(content)
    columns = columns_of(read, COLUMNS)
    need(columns, NEEDED)
    if not read.rows:
        raise UnreadableFile(_("The file has no rows."))
    if len(read.rows) > settings.MAX_SHIPPING_ROWS:
        text = _("The file has more than %(count)s rows.") % {"count": settings.MAX_SHIPPING_ROWS}
        raise UnreadableFile(text)
    rows = []
    for row in read.rows:
        cells = {name: written(row.cells.get(columns.get(name, ""), "")) for name in COLUMNS}
        fault = "too_many_cells" if row.has_more_cells else ""
        fault = "unclosed_quote" if row.is_unclosed else fault
        rows.append(WrittenRow(row.number - shift, **cells, fault=fault))
    return rows


def _named(text: str) -> tuple[bytes, int]:
    """Return `text` with a first row of names, and how many rows were put before it."""
    stripped = text.lstrip("\ufeff\r\n ")
    first = stripped.splitlines()[0] if stripped else ""
    delimiter = max(",;\t|", key=first.count)
    names = next(csv.reader([first], delimiter=delimiter), [])
    if not stripped or _is_header(names):
        return text.encode(), 0
    return f"{delimiter.join(COLUMNS)}\n{stripped}".encode(), 1


def _is_header(names: Sequence[str]) -> bool:
    return any(normal(name) in _KNOWN for name in names)
