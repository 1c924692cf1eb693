"""Shopify's product CSV: one row per variant, further pictures on rows of their own."""

from __future__ import annotations

import html
import re

from catalog.policies import MAX_MAIN_IMAGES
from catalog.services.importing import cells
from catalog.services.importing.faults import BadCell, Fault
from catalog.services.importing.lines import (
    Line,
    Plan,
    columns_of,
    line_of,
    mark_duplicates,
    need,
    read_options,
)
from catalog.services.importing.reading import Row, Table, table

COLUMNS: dict[str, tuple[str, ...]] = {
    "product_code": ("handle", "url_handle"),
    "title": ("title",),
    "html": ("body_(html)", "body_html", "description"),
    "brand": ("vendor",),
    "category": ("product_category", "type", "product_type"),
    "sku_code": ("variant_sku", "sku"),
    "price": ("variant_price", "price"),
    "list_price": ("variant_compare_at_price", "compare_at_price"),
    "stock": ("variant_inventory_qty", "inventory_quantity"),
    "option1_name": ("option1_name",),
    "option1_value": ("option1_value",),
    "option2_name": ("option2_name",),
    "option2_value": ("option2_value",),
    "option3_name": ("option3_name",),
    "option3_value": ("option3_value",),
    "image": ("image_src", "product_image_url"),
    "variant_image": ("variant_image", "variant_image_url"),
    "status": ("status",),
    "published": ("published", "published_on_online_store"),
}
NEEDED = {"product_code": "Handle", "title": "Title", "price": "Variant Price"}

_TAG = re.compile(r"<[^>]*>")
_HIDDEN = re.compile(r"<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"<(br|/p|/li|/div|/h[1-6])\b[^>]*>", re.IGNORECASE)


def parse(content: bytes) -> Plan:
    """Return the plan of a Shopify product file. Raises UnreadableFile, MissingColumns."""
    read = table(content)
    columns = columns_of(read, COLUMNS)
    need(columns, NEEDED)
    lines: list[Line] = []
    firsts: dict[str, Line] = {}
    for row in read.rows:
        line = _line(row, columns)
        first = firsts.get(line.product_code)
        if first is not None and _is_picture_row(line, row, columns):
            _add_picture(first, row, columns)
            continue
        _complete(line, first, row, columns, len(lines))
        _add_picture(line if first is None else first, row, columns)
        firsts.setdefault(line.product_code, line)
        lines.append(line)
    mark_duplicates(lines, columns.get("sku_code", "Variant SKU"))
    return Plan(lines=lines, columns=_reported(columns), is_lenient=True)


def looks_like(read: Table) -> bool:
    """Tell whether the table has Shopify's columns."""
    columns = columns_of(read, COLUMNS)
    return {"product_code", "title", "price", "option1_name"} <= set(columns)


def plain_text(markup: str) -> str:
    """Return the words of an HTML text, a line per paragraph."""
    lines = html.unescape(_TAG.sub("", _BREAK.sub("\n", _HIDDEN.sub("", markup)))).splitlines()
    return "\n".join(line.strip() for line in lines if line.strip())


def _line(row: Row, columns: dict[str, str]) -> Line:
    line = line_of(row, columns)
    if row.is_unclosed:
        return line
    if not line.product_code and not line.faults:
        line.faults.append(Fault(row.number, columns["product_code"], "missing"))
    column = columns.get("html", "")
    try:
        words = cells.text(plain_text(row.cells.get(column, "")), 20_000, is_multiline=True)
    except BadCell as bad:
        line.faults.append(Fault(row.number, column, bad.code))
    else:
        if words:
            line.content["description"] = words
    return line


def _is_picture_row(line: Line, row: Row, columns: dict[str, str]) -> bool:
    has_value = row.cells.get(columns.get("option1_value", ""), "").strip()
    return line.price is None and not line.sku_code and not has_value and not line.faults


def _add_picture(line: Line, row: Row, columns: dict[str, str]) -> None:
    url = row.cells.get(columns.get("image", ""), "").strip()
    main = line.content.setdefault("image_urls", [])
    details = line.content.get("detail_image_urls", [])
    if not url or url in (*main, *details):
        return
    if len(main) < MAX_MAIN_IMAGES:
        main.append(url)
    else:
        line.content["detail_image_urls"] = [*details, url]


def _complete(
    line: Line, first: Line | None, row: Row, columns: dict[str, str], place: int
) -> None:
    if row.is_unclosed:
        return
    _read_named_options(line, first, row, columns)
    if not line.sku_code:
        # Shopify does not ask for a SKU code; the handle and the options name the variant for ever.
        line.sku_code = "-".join([line.product_code, *line.options])[:64]
    line.image_url = row.cells.get(columns.get("variant_image", ""), "").strip()
    status = row.cells.get(columns.get("status", ""), "").strip().casefold()
    published = row.cells.get(columns.get("published", ""), "").strip().casefold()
    line.is_listed = status in ("", "active") and published != "false"
    if first is not None:
        line.is_listed = first.is_listed


def _read_named_options(line: Line, first: Line | None, row: Row, columns: dict[str, str]) -> None:
    """Read the options; only the first row of a product names them."""
    named = dict(row.cells)
    for place, name in enumerate(first.option_names if first else [], start=1):
        column = columns.get(f"option{place}_name", "")
        if column and not named.get(column, "").strip():
            named[column] = name
    read_options(line, Row(row.number, named), columns)
    if line.option_names == ["Title"] and line.options == ["Default Title"]:
        line.option_names, line.options = [], []


def _reported(columns: dict[str, str]) -> dict[str, str]:
    return columns | {
        "description": columns.get("html", "Body (HTML)"),
        "image_urls": columns.get("image", "Image Src"),
    }
