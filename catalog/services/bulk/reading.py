"""Rows of a paste or a file: merchant code, price, stock, list price."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.errors import MissingColumns, UnreadableFile
from catalog.services.importing import cells
from catalog.services.importing.faults import BadCell
from catalog.services.importing.lines import columns_of
from catalog.services.importing.reading import Row, table
from catalog.services.importing.template import COLUMNS
from kernel.text import is_storable

#: What the columns are when nobody named them, in order.
UNNAMED = ("sku_code", "price", "stock", "list_price")
MAX_ROWS = 10_000
_NAMES = {name: COLUMNS[name] for name in UNNAMED}
_PARSERS: dict[str, Callable[[str], Any]] = {
    "price": cells.money,
    "list_price": cells.money,
    "stock": cells.pieces,
}


@dataclass
class Wish:
    """What is to become of one SKU; amounts in minor units, None keeps what is there."""

    row: int
    merchant_code: str
    price: int | None = None
    list_price: int | None = None
    #: Pieces on hand, those held for orders included.
    stock: int | None = None
    #: What is wrong with it already, and in which column.
    code: str = ""
    column: str = ""


def wishes_in(content: bytes) -> list[Wish]:
    """Return the rows of a CSV, a sheet, or a text pasted from one; bad cells are told by row.

    A first row of column names (those of the import template) is known as such; without one the
    columns are code, price, stock and list price. Raises UnreadableFile, MissingColumns.
    """
    aliases = {alias for names in _NAMES.values() for alias in names}
    read = table(content, unnamed=UNNAMED, names=aliases)
    columns = columns_of(read, _NAMES)
    if "sku_code" not in columns:
        raise MissingColumns(["sku_code"])
    if len(read.rows) > MAX_ROWS:
        raise UnreadableFile(_("A bulk edit has at most 10,000 rows."))
    return [_wish(row, columns) for row in read.rows]


def _wish(row: Row, columns: dict[str, str]) -> Wish:
    code = row.cells.get(columns["sku_code"], "").strip()[:64]
    # A row that cannot be read is stored all the same, to be shown.
    wish = Wish(row.number, "".join(one if is_storable(one) else "\ufffd" for one in code))
    if row.is_unclosed:
        return _marked(wish, "", "unclosed_quote")
    if row.has_more_cells:
        return _marked(wish, "", "too_many_cells")
    try:
        wish.merchant_code = cells.text(wish.merchant_code, 64)
    except BadCell as bad:
        return _marked(wish, columns["sku_code"], bad.code)
    if not wish.merchant_code:
        return _marked(wish, columns["sku_code"], "missing")
    for name, parse in _PARSERS.items():
        raw = row.cells.get(columns.get(name, ""), "")
        if not raw.strip():
            continue
        try:
            setattr(wish, name, parse(raw))
        except BadCell as bad:
            return _marked(wish, columns[name], bad.code)
    return wish


def _marked(wish: Wish, column: str, code: str) -> Wish:
    wish.column, wish.code = column, code
    return wish


def as_text(rows: Sequence[tuple[str, str, str]]) -> str:
    """Return (code, price, stock) as text that `wishes_in` reads."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    return written.getvalue()
