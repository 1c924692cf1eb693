"""The pick list (拣货单): goods of many orders summed by SKU, with room to note where they lie."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _

from catalog.selectors.bundles import parts_now
from kernel.numbers import TRADE_ZONE
from orders.models import Printing
from orders.services.printing.sheets import Goods, font, orders_of, plain

#: Columns: place, merchant code, goods, pieces, orders. Points; A4 has 515 between its margins.
_WIDTHS = (70, 105, 240, 50, 50)


def goods_of(shop_id: int, order_ids: Sequence[int]) -> list[tuple[Goods, int]]:
    """Return what is still to be shipped of orders, summed by SKU, and in how many orders it is.

    By merchant code: that is how shelves are labelled.
    """
    found: dict[int, tuple[Goods, int]] = {}
    for order in orders_of(shop_id, order_ids):
        for line in order.lines.all():
            if not line.unshipped_quantity:
                continue
            known, count = found.get(line.sku_id, (None, 0))
            quantity = line.unshipped_quantity + (known.quantity if known else 0)
            options = " / ".join(line.options)
            goods = Goods(line.sku.merchant_code, line.title, options, quantity)
            goods = replace(goods, supplier_code=line.sku.supplier_code)
            found[line.sku_id] = (goods, count + 1)
    for sku_id, parts in parts_now(found).items():
        said = ", ".join(f"{one.quantity} × {one.part.merchant_code}" for one in parts)
        found[sku_id] = (replace(found[sku_id][0], contains=said), found[sku_id][1])
    return sorted(found.values(), key=lambda pair: (pair[0].code, pair[0].title))


def draw(printing: Printing, order_ids: Sequence[int]) -> bytes:
    """Return the pick list of the orders as PDF, A4."""
    from reportlab.lib.colors import grey  # noqa: PLC0415 -- heavy; few need it
    from reportlab.lib.pagesizes import A4  # noqa: PLC0415 -- heavy
    from reportlab.lib.styles import ParagraphStyle  # noqa: PLC0415 -- heavy
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Table  # noqa: PLC0415 -- heavy

    plain_style = ParagraphStyle("plain", fontName=font(), fontSize=10, leading=13, wordWrap="CJK")
    title_style = ParagraphStyle("title", parent=plain_style, fontSize=15, leading=24)

    def cell(text: object) -> Paragraph:
        return Paragraph(escape(plain(str(text))), plain_style)

    rows = goods_of(printing.shop_id, order_ids)
    head = [_("Place"), _("Merchant code"), _("Goods"), _("Pieces"), _("Orders")]
    body = [
        [cell(""), cell(_codes(one)), cell(_said(one)), cell(one.quantity), cell(n)]
        for one, n in rows
    ]
    table = Table(
        [[cell(text) for text in head], *body],
        colWidths=_WIDTHS,
        repeatRows=1,
        style=[
            ("GRID", (0, 0), (-1, -1), 0.5, grey),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ],
    )
    written = io.BytesIO()
    document = SimpleDocTemplate(
        written, pagesize=A4, margin=40, leftMargin=40, rightMargin=40, title=printing.filename
    )
    document.build([Paragraph(escape(_title(printing, rows)), title_style), table])
    return written.getvalue()


def _codes(goods: Goods) -> str:
    return f"{goods.code} ({goods.supplier_code})" if goods.supplier_code else goods.code


def _said(goods: Goods) -> str:
    inside = f"= {goods.contains}" if goods.contains else ""
    return " ".join(filter(None, [goods.title, goods.options, inside]))


def _title(printing: Printing, rows: Sequence[tuple[Goods, int]]) -> str:
    return _("Pick list %(time)s: %(orders)s orders, %(pieces)s pieces") % {
        "time": printing.created_at.astimezone(TRADE_ZONE).strftime("%Y-%m-%d %H:%M"),
        "orders": printing.order_count,
        "pieces": sum(goods.quantity for goods, _count in rows),
    }
