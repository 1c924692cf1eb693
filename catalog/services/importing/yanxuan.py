"""The export of a Yanxuan catalog: a zip of tables that point at each other.

``goods.csv`` holds products, ``skus.csv`` their variants, ``option_values.csv`` the names of the
options in order, ``attributes.csv`` what products say of themselves, ``categories.csv`` and
``brands.csv`` the words of the shop. Prices are in yuan. Categories and brands are made where they
are missing, so only the platform imports this.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePosixPath

from django.utils.translation import gettext_lazy as _

from catalog.errors import MissingColumns, UnreadableFile
from catalog.services.importing import cells
from catalog.services.importing.faults import BadCell, Fault
from catalog.services.importing.lines import Line, Plan, line_of, mark_duplicates
from catalog.services.importing.reading import MAX_UNPACKED_BYTES, Row, Table, table

#: The tables and the columns that each needs.
TABLES: dict[str, tuple[str, ...]] = {
    "goods.csv": ("goods_id", "title", "category_id"),
    "skus.csv": ("sku_id", "goods_id", "options", "price", "stock"),
    "categories.csv": ("category_id", "name", "parent_id"),
    "brands.csv": ("brand_id", "name"),
    "option_values.csv": ("goods_id", "option"),
    "attributes.csv": ("goods_id", "name", "value"),
}
_GOODS = {
    "title": "title",
    "brief": "brief",
    "unit": "unit",
    "list_price": "list_price",
}


def parse(content: bytes) -> Plan:
    """Return the plan of a zipped export. Raises UnreadableFile, MissingColumns."""
    tables = _tables(content)
    paths = _paths(tables["categories.csv"])
    brands = {
        row.cells["brand_id"].strip(): row.cells["name"].strip()
        for row in tables["brands.csv"].rows
    }
    goods = {
        row.cells.get("goods_id", "").strip(): _product(row, paths, brands)
        for row in tables["goods.csv"].rows
    }
    _add_attributes(goods, tables["attributes.csv"])
    names: dict[str, list[str]] = defaultdict(list)
    for row in tables["option_values.csv"].rows:
        name = row.cells.get("option", "").strip()
        if name not in names[row.cells.get("goods_id", "").strip()]:
            names[row.cells.get("goods_id", "").strip()].append(name)
    lines = [_line(row, goods, names) for row in tables["skus.csv"].rows]
    mark_duplicates(lines, "skus.csv: sku_id")
    with_skus = {line.product_code for line in lines}
    for goods_id, product in goods.items():
        if goods_id not in with_skus:
            product.faults.append(Fault(product.row, "goods.csv: goods_id", "no_sku"))
            lines.append(product)
    return Plan(
        lines=lines,
        columns=_columns(),
        is_lenient=True,
        categories=sorted(set(paths.values()), key=lambda path: (len(path), path)),
        brands={
            row.cells["name"].strip(): row.cells.get("description", "").strip()
            for row in tables["brands.csv"].rows
            if row.cells["name"].strip()
        },
    )


def pack(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Return a zip of the export's tables among `files` (name, content)."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            if name in TABLES:
                # A fixed date: the same folder is the same file, so a second run finds its job.
                entry = zipfile.ZipInfo(name, date_time=(2000, 1, 1, 0, 0, 0))
                archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def looks_like(content: bytes) -> bool:
    """Tell whether `content` is a zip with the export's two main tables."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {PurePosixPath(name).name for name in archive.namelist()}
    except zipfile.BadZipFile:
        return False
    return {"goods.csv", "skus.csv"} <= names


def _tables(content: bytes) -> dict[str, Table]:
    found: dict[str, Table] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(one.file_size for one in archive.infolist()) > MAX_UNPACKED_BYTES:
                raise UnreadableFile(_("The file is too large when it is unpacked."))
            for entry in archive.infolist():
                name = PurePosixPath(entry.filename).name
                if name in TABLES:
                    found[name] = table(archive.read(entry))
    except zipfile.BadZipFile:
        raise UnreadableFile(_("The file is not a readable zip.")) from None
    lacking = [
        f"{name}: {column}"
        for name, columns in TABLES.items()
        for column in columns
        if column not in (found[name].columns if name in found else ())
    ]
    if lacking:
        raise MissingColumns(lacking)
    return found


def _paths(categories: Table) -> dict[str, tuple[str, ...]]:
    rows = {row.cells["category_id"].strip(): row.cells for row in categories.rows}
    paths = {}
    for key in rows:
        names: list[str] = []
        step = key
        while step in rows and len(names) <= len(rows):
            names.insert(0, rows[step]["name"].strip())
            step = rows[step].get("parent_id", "").strip()
        if len(names) <= len(rows):  # a category above itself has no path
            paths[key] = tuple(names)
    return paths


def _product(row: Row, paths: dict[str, tuple[str, ...]], brands: dict[str, str]) -> Line:
    product = line_of(row, _GOODS)
    product.faults = [
        Fault(one.row, f"goods.csv: {one.column}", one.code) for one in product.faults
    ]
    _pardon_list_price(product)
    if not (product.content.get("title") or product.faults):
        # Said here, because later only the SKU's row in the other table is known.
        product.faults.append(Fault(row.number, "goods.csv: title", "missing"))
    path = paths.get(row.cells.get("category_id", "").strip())
    if path is None:
        product.faults.append(Fault(row.number, "goods.csv: category_id", "unknown_category"))
    else:
        product.content["category"] = "/".join(path)
    brand_id = row.cells.get("brand_id", "").strip()
    if brand_id and not brands.get(brand_id):
        product.faults.append(Fault(row.number, "goods.csv: brand_id", "unknown_brand"))
    elif brand_id:
        product.content["brand"] = brands[brand_id]
    product.product_code = row.cells.get("goods_id", "").strip()
    product.is_listed = row.cells.get("on_sale", "1").strip() != "0"
    return product


def _pardon_list_price(product: Line) -> None:
    """A list price is decoration: a bad one is left out with a note, and the product sells."""
    for fault in [one for one in product.faults if one.column == "goods.csv: list_price"]:
        product.faults.remove(fault)
        product.notes.append(Fault(fault.row, fault.column, "list_price_left_out", is_note=True))


def _add_attributes(goods: dict[str, Line], attributes: Table) -> None:
    for row in attributes.rows:
        product = goods.get(row.cells.get("goods_id", "").strip())
        if product is None:
            continue
        try:
            name = cells.text(row.cells.get("name", ""), 60)
            value = cells.text(row.cells.get("value", ""), 500, is_multiline=True)
        except BadCell as bad:
            product.faults.append(Fault(row.number, "attributes.csv: value", bad.code))
            continue
        if name and value:
            product.content.setdefault("attributes", []).append({"name": name, "value": value})


def _line(row: Row, goods: dict[str, Line], names: dict[str, list[str]]) -> Line:
    line = line_of(row, {"price": "price", "stock": "stock"})
    line.faults = [Fault(one.row, f"skus.csv: {one.column}", one.code) for one in line.faults]
    goods_id = row.cells.get("goods_id", "").strip()
    product = goods.get(goods_id)
    if product is None:
        line.faults.append(Fault(row.number, "skus.csv: goods_id", "unknown_product"))
        return line
    line.faults += product.faults
    line.notes += product.notes
    line.product_code = goods_id
    line.sku_code = f"{goods_id}-{row.cells['sku_id'].strip()}"
    line.content = product.content
    line.is_listed = product.is_listed
    line.list_price = product.list_price
    line.option_names = names.get(goods_id, [])
    try:
        values = json.loads(row.cells.get("options", ""))
        line.options = [cells.text(str(value), 60) for value in values]
    except BadCell as bad:
        line.faults.append(Fault(row.number, "skus.csv: options", bad.code))
    except (ValueError, TypeError):
        line.faults.append(Fault(row.number, "skus.csv: options", "bad_options"))
    return line


def _columns() -> dict[str, str]:
    of_goods = ("title", "brief", "unit", "category", "brand", "list_price")
    columns = {name: f"goods.csv: {name}" for name in of_goods}
    columns |= {"attributes": "attributes.csv: value", "product_code": "goods.csv: goods_id"}
    columns |= {name: f"skus.csv: {name}" for name in ("price", "stock", "options")}
    return columns | {"sku_code": "skus.csv: sku_id"}
