"""Bytes to a table: CSV in the encodings and with the delimiters that people really send, XLSX."""

from __future__ import annotations

import csv
import io
import unicodedata
import zipfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import chain
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.errors import UnreadableFile

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_HELD_BYTES = 40 * 1024 * 1024
MAX_ROWS = 50_000
MAX_COLUMNS = 200
#: A sheet that was formatted to its end has a million empty rows.
MAX_EMPTY_ROWS = 1_000
#: Of characters beyond ASCII, the part that may be broken before a text counts as another encoding.
MAX_BROKEN_PART = 0.1

# One cell may hold a whole description; what is too long is refused by name, row by row.
csv.field_size_limit(MAX_BYTES)


@dataclass(frozen=True)
class Row:
    """A row by column; `number` as the spreadsheet counts, the header being row 1."""

    number: int
    cells: dict[str, str]
    has_more_cells: bool = False
    is_unclosed: bool = False


@dataclass(frozen=True)
class Table:
    """The columns as the file writes them (first row) and the rows that are not empty."""

    columns: list[str]
    rows: list[Row]


def table(content: bytes, *, unnamed: Sequence[str] = (), names: Collection[str] = ()) -> Table:
    """Read `content` as XLSX or CSV. Raises UnreadableFile.

    Where the first row has none of `names` (as `normal` writes them), it is a row like the others
    and the columns are the `unnamed` ones, in order.
    """
    if not content.strip(b"\x00 \r\n\t\xef\xbb\xbf\xff\xfe"):
        raise UnreadableFile(_("The file is empty."))
    if len(content) > MAX_BYTES:
        raise UnreadableFile(_("The file is larger than 10 MB."))
    is_unclosed = False
    if content.startswith(b"PK\x03\x04"):
        records: Iterable[list[str]] = _sheet(content)
    else:
        text = decode(content)
        is_unclosed = text.count('"') % 2 == 1
        records = _records(text)
    return _table(records, is_unclosed, unnamed, frozenset(names))


def decode(content: bytes) -> str:
    """Return the text of a CSV file: UTF-8 or UTF-16 with or without BOM, else GB18030.

    A text that is UTF-8 but for a few broken bytes stays UTF-8, with U+FFFD where they were: read
    as Chinese it would import nonsense without a word. Raises UnreadableFile.
    """
    for bom, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if content.startswith(bom):
            return content.decode(encoding, errors="replace")
    guessed = _utf_16(content)
    if guessed:
        return content.decode(guessed, errors="replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    lenient = content.decode("utf-8", errors="replace")
    if _broken_part(lenient) <= MAX_BROKEN_PART:
        return lenient
    chinese = content.decode("gb18030", errors="replace")
    if _broken_part(chinese) <= MAX_BROKEN_PART:
        return chinese
    raise UnreadableFile(_("The file is not a text in UTF-8, UTF-16 or GBK."))


def normal(name: str) -> str:
    """Return a column's name as formats compare it: ``Variant SKU *`` is ``variant_sku``."""
    words = unicodedata.normalize("NFKC", name).casefold().replace("*", " ")
    return "_".join(words.replace("_", " ").replace("-", " ").split())


def _utf_16(content: bytes) -> str:
    head = content[:4000]
    half = max(len(head) // 2, 1)
    if head[1::2].count(0) > half * 0.3:
        return "utf-16-le"
    return "utf-16-be" if head[0::2].count(0) > half * 0.3 else ""


def _broken_part(text: str) -> float:
    beyond_ascii = sum(char > "\x7f" for char in text)
    return text.count("\ufffd") / beyond_ascii if beyond_ascii else 0.0


def _records(text: str) -> Iterator[list[str]]:
    first = text.lstrip("\r\n").splitlines()[0]
    delimiter = max(",;\t|", key=lambda one: len(next(csv.reader([first], delimiter=one), [])))
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error:
        raise UnreadableFile(_("The file is not a table of comma separated values.")) from None


def _sheet(content: bytes) -> Iterator[list[str]]:
    import openpyxl  # noqa: PLC0415 -- heavy; only processes that read a sheet pay for it

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            _refuse_what_explodes(packed.infolist())
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        empty = 0
        for values in sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS):
            cells = [_plain(value) for value in values]
            empty = 0 if any(cells) else empty + 1
            if empty > MAX_EMPTY_ROWS:
                return
            yield cells
    except UnreadableFile:
        raise
    except Exception:  # noqa: BLE001 -- openpyxl raises whatever a broken XML part makes it meet
        raise UnreadableFile(_("The file is not a readable XLSX workbook.")) from None


def _refuse_what_explodes(parts: Sequence[zipfile.ZipInfo]) -> None:
    # A part is never unpacked beyond what it says here. Rows are read one by one; everything else
    # (texts that cells share, styles) is held whole.
    rows = sum(one.file_size for one in parts if one.filename.startswith("xl/worksheets/"))
    others = sum(one.file_size for one in parts) - rows
    if rows + others > MAX_UNPACKED_BYTES or others > MAX_HELD_BYTES:
        raise UnreadableFile(_("The file is too large when it is unpacked."))


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        # 19.9 is stored as the nearest binary number; repr gives back what was typed.
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)


def _table(
    records: Iterable[Sequence[str]],
    is_unclosed: bool,
    unnamed: Sequence[str],
    names: frozenset[str],
) -> Table:
    numbered: Iterator[tuple[int, Sequence[str]]] = enumerate(records, start=1)
    header = next(
        ((number, cells) for number, cells in numbered if any(map(str.strip, cells))), None
    )
    if header is None:
        raise UnreadableFile(_("The file is empty."))
    columns = [name.strip().lstrip("\ufeff") for name in header[1]]
    if unnamed and not names & {normal(name) for name in columns}:
        columns, numbered = list(unnamed), chain([header], numbered)
    rows: list[Row] = []
    last = 0
    for number, cells in numbered:
        last = number
        if not any(cell.strip() for cell in cells):
            continue
        if len(rows) >= MAX_ROWS:
            raise UnreadableFile(_("The file has more than 50,000 rows."))
        has_more = any(cell.strip() for cell in cells[len(columns) :])
        named = {name: cell for name, cell in zip(columns, cells, strict=False) if name}
        rows.append(Row(number, named, has_more_cells=has_more))
    if is_unclosed and rows and rows[-1].number == last:
        rows[-1] = Row(last, rows[-1].cells, is_unclosed=True)
    return Table([name for name in columns if name], rows)
