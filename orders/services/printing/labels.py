"""Parcels' labels (面单): 100 × 150 mm each, receiver in clear, goods, and a Code 128."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from orders.models import Printing
from orders.services.printing.sheets import Goods, Sheet, font, plain, sheets_of, wrapped

_MM = 72 / 25.4
WIDTH, HEIGHT = 100 * _MM, 150 * _MM
_MARGIN = 5 * _MM
_INNER = WIDTH - 2 * _MARGIN
#: The widest bar that still fits the label; scanners want no less than 0.19 mm.
_BAR, _BAR_HEIGHT = 0.45 * _MM, 16 * _MM
#: Lines of goods on a label; more are counted.
_MOST_GOODS = 9


def draw(printing: Printing, order_ids: Sequence[int]) -> bytes:
    """Return the labels of the orders' parcels as PDF, a page each."""
    from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415 -- heavy; few need it

    written = io.BytesIO()
    canvas = Canvas(written, pagesize=(WIDTH, HEIGHT), pageCompression=1)
    canvas.setTitle(printing.filename)  # and no more: names stay on the pages
    for sheet in sheets_of(printing.shop_id, order_ids):
        _label(canvas, sheet)
        canvas.showPage()
    canvas.save()
    return written.getvalue()


class _Pen:
    """Writes downwards from the top of a label."""

    def __init__(self, canvas: Any) -> None:
        self.canvas, self.y = canvas, HEIGHT - _MARGIN

    def write(self, text: str, size: float, *, most: int = 1) -> None:
        """Write `text` at the margin, in at most `most` lines."""
        self.canvas.setFont(font(), size)
        for line in wrapped(text, size=size, width=_INNER, most=most):
            self.y -= size * 1.25
            self.canvas.drawString(_MARGIN, self.y, line)

    def rule(self) -> None:
        """Draw a line across."""
        self.y -= 2 * _MM
        self.canvas.line(_MARGIN, self.y, WIDTH - _MARGIN, self.y)
        self.y -= 1 * _MM

    def barcode(self, code: str) -> None:
        """Draw `code` as Code 128, and in letters under it."""
        from reportlab.graphics.barcode.code128 import Code128  # noqa: PLC0415 -- heavy

        bars = Code128(code, barHeight=_BAR_HEIGHT, barWidth=_BAR, quiet=False)
        if bars.width > _INNER:
            bars = Code128(
                code, barHeight=_BAR_HEIGHT, barWidth=_BAR * _INNER / bars.width, quiet=False
            )
        self.y -= _BAR_HEIGHT
        bars.drawOn(self.canvas, (WIDTH - bars.width) / 2, self.y)
        self.y -= 4.5 * _MM
        self.canvas.setFont(font(), 11)
        self.canvas.drawCentredString(WIDTH / 2, self.y, code)


def _label(canvas: Any, sheet: Sheet) -> None:
    pen = _Pen(canvas)
    pen.write(sheet.carrier or sheet.shop_name, 13)
    pen.y -= 2 * _MM
    pen.barcode(sheet.code)
    pen.rule()
    to = sheet.receiver
    pen.write(f"{to['name']}  {to['phone']}", 15)
    region = "".join(to.get(key, "") for key in ("province", "city", "district"))
    pen.write(f"{region}{to.get('street', '')}", 13, most=4)
    pen.rule()
    for goods in sheet.goods[:_MOST_GOODS]:
        pen.write(_line(goods), 9)
    if len(sheet.goods) > _MOST_GOODS:
        more = len(sheet.goods) - _MOST_GOODS
        pen.write(_("and %(count)s more") % {"count": more}, 9)
    if sheet.message:
        pen.rule()
        pen.write(sheet.message, 9, most=3)
    canvas.setFont(font(), 8)
    pieces = sum(one.quantity for one in sheet.goods)
    canvas.drawString(_MARGIN, _MARGIN, plain(f"{sheet.order_number} · {sheet.shop_name}"[:48]))
    canvas.drawRightString(WIDTH - _MARGIN, _MARGIN, f"× {pieces}")


def _line(goods: Goods) -> str:
    named = " ".join(filter(None, [goods.title, goods.options]))
    return f"× {goods.quantity}  {goods.code}  {named}"
