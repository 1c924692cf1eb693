"""Files as people send them, made on the spot."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import openpyxl

HEADER = (
    "product_code",
    "sku_code",
    "title",
    "category",
    "price",
    "list_price",
    "stock",
    "option1_name",
    "option1_value",
)


def row(code: str, **cells: Any) -> dict[str, Any]:
    """A good row of the template; `cells` replace some."""
    return {
        "product_code": code,
        "sku_code": f"{code}-1",
        "title": f"纯棉毛巾 {code}",
        "category": "床品件套",
        "price": "19.90",
        "stock": "5",
        **cells,
    }


def text(rows: Iterable[Mapping[str, Any]], *, delimiter: str = ",", header=HEADER) -> str:
    """The rows as CSV text."""
    out = io.StringIO()
    writer = csv.DictWriter(out, header, delimiter=delimiter, restval="", extrasaction="raise")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def template(*rows: Mapping[str, Any], **how: Any) -> bytes:
    """The rows as a CSV file of our template."""
    return text(rows, **how).encode()


def sheet(rows: Sequence[Sequence[Any]]) -> bytes:
    """The rows as an XLSX workbook."""
    book = openpyxl.Workbook()
    for cells in rows:
        book.active.append(list(cells))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


SHOPIFY_HEADER = (
    "Handle",
    "Title",
    "Body (HTML)",
    "Vendor",
    "Type",
    "Published",
    "Option1 Name",
    "Option1 Value",
    "Variant SKU",
    "Variant Inventory Qty",
    "Variant Price",
    "Variant Compare At Price",
    "Image Src",
    "Status",
)


def shopify(*rows: Mapping[str, Any]) -> bytes:
    """The rows as Shopify's product CSV."""
    return text(rows, header=SHOPIFY_HEADER).encode()


#: A small shop in the shape of the Yanxuan export: two categories, a brand, two products.
YANXUAN: dict[str, list[dict[str, Any]]] = {
    "categories.csv": [
        {"category_id": "1", "name": "居家", "slogan": "", "parent_id": "", "level": "L1"},
        {"category_id": "2", "name": "床品件套", "slogan": "", "parent_id": "1", "level": "L2"},
    ],
    "brands.csv": [{"brand_id": "7", "name": "内野制造商", "description": "毛巾"}],
    "goods.csv": [
        {
            "goods_id": "100",
            "title": "轻奢纯棉刺绣水洗四件套",
            "brief": "设计师原款",
            "category_id": "2",
            "brand_id": "7",
            "unit": "件",
            "list_price": "919.00",
            "on_sale": "1",
        },
        {
            "goods_id": "101",
            "title": "双宫茧桑蚕丝被",
            "brief": "一级桑蚕丝",
            "category_id": "2",
            "brand_id": "",
            "unit": "件",
            "list_price": "14199.00",
            "on_sale": "0",
        },
    ],
    "option_values.csv": [
        {"goods_id": "100", "option": "规格", "value": "1.5m"},
        {"goods_id": "100", "option": "规格", "value": "1.8m"},
        {"goods_id": "101", "option": "规格", "value": "标准"},
    ],
    "skus.csv": [
        {
            "sku_id": "1",
            "goods_id": "100",
            "options": json.dumps(["1.5m"]),
            "price": "899.00",
            "stock": "9",
        },
        {
            "sku_id": "2",
            "goods_id": "100",
            "options": json.dumps(["1.8m"]),
            "price": "999.00",
            "stock": "0",
        },
        {
            "sku_id": "3",
            "goods_id": "101",
            "options": json.dumps(["标准"]),
            "price": "1399.00",
            "stock": "4",
        },
    ],
    "attributes.csv": [{"goods_id": "100", "name": "材质", "value": "纯棉"}],
}


def yanxuan(tables: Mapping[str, list[dict[str, Any]]] = YANXUAN) -> bytes:
    """The tables as a zip, in a folder, as browsers make them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, rows in tables.items():
            archive.writestr(f"export/{name}", text(rows, header=tuple(rows[0])))
    return out.getvalue()
