"""What every format becomes: one line a SKU, with what is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from catalog.errors import MissingColumns
from catalog.services.importing import cells
from catalog.services.importing.faults import BadCell, Fault
from catalog.services.importing.reading import Row, Table, normal

#: Content of the product; the first row of a product that fills a cell decides.
CONTENT = (
    "title",
    "category",
    "brand",
    "brief",
    "description",
    "unit",
    "attributes",
    "image_urls",
    "detail_image_urls",
    "shipping_time",
)


@dataclass
class Line:
    """One SKU on its way in. Empty means: not said, keep what is there."""

    row: int
    sku_code: str = ""
    product_code: str = ""
    content: dict[str, Any] = field(default_factory=dict)
    option_names: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    image_url: str = ""
    #: Minor units.
    price: int | None = None
    list_price: int | None = None
    stock: int | None = None
    is_listed: bool = True
    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not self.faults

    @property
    def key(self) -> str:
        """What holds the lines of one product together."""
        return self.product_code or f"\x00{self.sku_code}"


@dataclass
class Plan:
    """A file, understood: its lines, and what its format calls our fields."""

    lines: list[Line]
    columns: Mapping[str, str] = field(default_factory=dict)
    #: Category paths and brands (name → description) that a trusted import makes.
    categories: Sequence[tuple[str, ...]] = ()
    brands: Mapping[str, str] = field(default_factory=dict)
    #: The file was made for another shop: an unknown brand and a list price that breaks our rules
    #: are left out with a note instead of refused.
    is_lenient: bool = False

    def fault(self, line: Line, name: str, code: str) -> Fault:
        """Return the fault of `line` in the column that stands for our field `name`."""
        return Fault(line.row, self.columns.get(name, name), code)


_TEXTS = {
    "product_code": 64,
    "sku_code": 64,
    "title": 120,
    "category": 250,
    "brand": 80,
    "brief": 200,
    "unit": 10,
    "shipping_time": 12,
}
_PARSERS: dict[str, Callable[[str], Any]] = {
    "description": lambda raw: cells.text(raw, 20_000, is_multiline=True),
    "attributes": cells.attributes,
    "image_urls": cells.addresses,
    "detail_image_urls": cells.addresses,
    "price": cells.money,
    "list_price": cells.money,
    "stock": cells.pieces,
}


def columns_of(table: Table, names: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return our field → the file's column, for the fields of `names` that the file has."""
    by_name = {normal(column): column for column in reversed(table.columns)}
    found = {}
    for name, aliases in names.items():
        column = next((by_name[alias] for alias in aliases if alias in by_name), None)
        if column is not None:
            found[name] = column
    return found


def need(columns: Mapping[str, str], needed: Mapping[str, str]) -> None:
    """Raise MissingColumns unless `columns` has each field of `needed` (→ its proper name)."""
    lacking = [proper for name, proper in needed.items() if name not in columns]
    if lacking:
        raise MissingColumns(lacking)


def line_of(row: Row, columns: Mapping[str, str]) -> Line:
    """Read the plain cells of `row`; every bad cell becomes a fault of the line."""
    line = Line(row=row.number)
    if row.has_more_cells:
        line.faults.append(Fault(row.number, "", "too_many_cells"))
    if row.is_unclosed:
        line.faults.append(Fault(row.number, "", "unclosed_quote"))
        return line
    for name, column in columns.items():
        raw = row.cells.get(column, "")
        if not raw.strip() or (name not in _TEXTS and name not in _PARSERS):
            continue
        try:
            value = cells.text(raw, _TEXTS[name]) if name in _TEXTS else _PARSERS[name](raw)
        except BadCell as bad:
            line.faults.append(Fault(row.number, column, bad.code))
            continue
        if name in CONTENT:
            line.content[name] = value
        else:
            setattr(line, name, value)
    return line


def read_options(line: Line, row: Row, columns: Mapping[str, str]) -> None:
    """Set the options of `line` from the cells ``option1_name``, ``option1_value`` and so on."""
    for place in (1, 2, 3):
        values = []
        for part in ("name", "value"):
            column = columns.get(f"option{place}_{part}", "")
            try:
                values.append(cells.text(row.cells.get(column, ""), 30 if part == "name" else 60))
            except BadCell as bad:
                line.faults.append(Fault(row.number, column, bad.code))
                return
        name, value = values
        if value and not name:
            line.faults.append(Fault(row.number, columns.get(f"option{place}_name", ""), "missing"))
        elif name and not value:
            line.faults.append(
                Fault(row.number, columns.get(f"option{place}_value", ""), "missing")
            )
        elif name:
            line.option_names.append(name)
            line.options.append(value)


def mark_duplicates(lines: Sequence[Line], column: str) -> None:
    """Give every line but the first of a merchant code the fault ``duplicate_code``."""
    seen: Counter[str] = Counter()
    for line in lines:
        if not line.sku_code:
            continue
        seen[line.sku_code] += 1
        if seen[line.sku_code] > 1:
            line.faults.append(Fault(line.row, column, "duplicate_code"))
