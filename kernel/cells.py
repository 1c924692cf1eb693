"""Cells that no spreadsheet runs.

A buyer's name or message that begins like a formula would be one on the merchant's machine. Such a
text gets an apostrophe in front, as a spreadsheet itself would keep it; so does a text that begins
with an apostrophe, so that taking one away gives every value back.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

#: What tells a spreadsheet that a file is UTF-8.
BOM = b"\xef\xbb\xbf"
#: ASCII and what some programs take for it; a tab or a line break hides what follows it.
_LIVE = frozenset("=+-@|%\t\r\n\uff1d\uff0b\uff0d\uff20'")

#: A cell that a spreadsheet was made to take for text: ="0123".
_TYPED = re.compile(r'="([^"=]*)"\Z')


def cell(value: object) -> str:
    """Return `value` as it stands in the file; None is empty."""
    text = "" if value is None else str(value)
    if isinstance(value, str) and text[:1] in _LIVE and text:
        return f"'{text}"
    return text


def value_of(text: str) -> str:
    """Return the text that `cell` made `text` from."""
    return text.removeprefix("'")


def written(text: str) -> str:
    """Return a cell without what only kept a spreadsheet from reading it as a number or formula."""
    bare = text.strip()
    typed = _TYPED.match(bare)
    return typed[1] if typed else value_of(bare)


def csv_of(rows: Iterable[Sequence[object]]) -> bytes:
    """Return `rows` as CSV in UTF-8, with the line ends of RFC 4180."""
    written = io.StringIO(newline="")
    csv.writer(written).writerows([cell(value) for value in row] for row in rows)
    return written.getvalue().encode()
