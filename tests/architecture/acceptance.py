"""Rows of the acceptance list, read from the tests that are named after them.

``def test_ca_04_an_edit_of_a_live_product_waits_beside_it`` accepts CA-04; where its docstring says
``Page: /merchant/…`` or ``API: GET /api/v1/…``, that is where a person finds it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docs" / "console.md"
BEGIN, END = "<!-- rows: make rows -->", "<!-- end of rows -->"
_NAME = re.compile(r"test_([a-z]{2})_(\d{2})_(\w+)")
_PLACE = re.compile(r"^\s*(?:Page|API): (.+?)\s*$", re.MULTILINE)


class Row(NamedTuple):
    """A row of the list, the test that accepts it, and where it is found."""

    id: str
    says: str
    test: str
    places: tuple[str, ...]


def rows() -> list[Row]:
    """Return every accepted row, in the order of the list."""
    return sorted(row for path in (ROOT / "tests").rglob("test_*.py") for row in _rows_of(path))


def _rows_of(path: Path) -> Iterator[Row]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef) and (found := _NAME.fullmatch(node.name)):
            room, number, words = found.groups()
            places = tuple(_PLACE.findall(ast.get_docstring(node) or ""))
            says = words.replace("_", " ")
            yield Row(f"{room.upper()}-{number}", says, str(path.relative_to(ROOT)), places)


def written() -> str:
    """Return the table as `docs/console.md` has it."""
    lines = ["| row | what holds | where | test |", "| --- | --- | --- | --- |"]
    for row in rows():
        places = "<br>".join(f"`{place}`" for place in row.places) or "–"
        lines.append(
            f"| {row.id} | {row.says} | {places} | [{Path(row.test).stem}](../{row.test}) |"
        )
    return "\n".join(lines)


def renewed(text: str) -> str:
    """Return the document with the table of today between its marks."""
    before, _mark, rest = text.partition(BEGIN)
    _old, _mark, after = rest.partition(END)
    return f"{before}{BEGIN}\n{written()}\n{END}{after}"
