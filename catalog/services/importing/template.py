"""Our own table: one row per SKU, found again by its merchant code. See docs/import.md."""

from __future__ import annotations

from catalog.services.importing.faults import Fault
from catalog.services.importing.lines import (
    Line,
    Plan,
    columns_of,
    line_of,
    mark_duplicates,
    need,
    read_options,
)
from catalog.services.importing.reading import table

#: Our field → the names its column may have, the proper one first, the Chinese one after it.
COLUMNS: dict[str, tuple[str, ...]] = {
    "product_code": ("product_code", "商品编码"),
    "sku_code": ("sku_code", "商家编码", "规格编码", "merchant_code"),
    "title": ("title", "商品标题", "标题", "商品名称"),
    "category": ("category", "类目", "商品类目"),
    "brand": ("brand", "品牌"),
    "price": ("price", "价格", "售价"),
    "list_price": ("list_price", "划线价"),
    "stock": ("stock", "库存"),
    "option1_name": ("option1_name", "规格名1"),
    "option1_value": ("option1_value", "规格值1"),
    "option2_name": ("option2_name", "规格名2"),
    "option2_value": ("option2_value", "规格值2"),
    "option3_name": ("option3_name", "规格名3"),
    "option3_value": ("option3_value", "规格值3"),
    "brief": ("brief", "简介"),
    "description": ("description", "描述", "商品描述"),
    "unit": ("unit", "单位"),
    "attributes": ("attributes", "属性"),
    "image_urls": ("images", "图片", "主图"),
    "detail_image_urls": ("detail_images", "详情图片", "详情图"),
    "shipping_time": ("shipping_time", "发货时效"),
}
#: An update of prices or stock needs nothing else.
NEEDED = {"sku_code": "sku_code"}


def parse(content: bytes) -> Plan:
    """Return the plan of a template file. Raises UnreadableFile, MissingColumns."""
    read = table(content)
    columns = columns_of(read, COLUMNS)
    need(columns, NEEDED)
    lines: list[Line] = []
    for row in read.rows:
        line = line_of(row, columns)
        if not row.is_unclosed:
            read_options(line, row, columns)
            is_said_wrong = any(fault.column == columns["sku_code"] for fault in line.faults)
            if not line.sku_code and not is_said_wrong:
                line.faults.append(Fault(row.number, columns["sku_code"], "missing"))
        lines.append(line)
    mark_duplicates(lines, columns["sku_code"])
    return Plan(lines=lines, columns=columns)
