"""What stands on paper: parcels with their goods, in few queries; and how Chinese gets on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import Prefetch

from kernel.crypto import decrypt
from kernel.text import is_storable
from orders.models import Order, OrderLine, Package, PackageLine
from orders.services.carriers import CARRIERS

#: A font that every reader of PDF brings along for Chinese; the file holds no glyphs of its own.
FONT = "STSong-Light"


@dataclass(frozen=True)
class Goods:
    """Pieces of a SKU."""

    code: str
    title: str
    options: str
    quantity: int
    #: For pick lists: what its supplier calls it, and what a bundle is put together from.
    supplier_code: str = ""
    contains: str = ""


@dataclass(frozen=True)
class Sheet:
    """A parcel: of an order, with its number once it has one, to a receiver in clear."""

    order_number: str
    shop_name: str
    receiver: Mapping[str, str]
    message: str
    goods: Sequence[Goods]
    carrier: str = ""
    tracking_number: str = ""

    @property
    def code(self) -> str:
        """What the barcode says."""
        return self.tracking_number or self.order_number


def sheets_of(shop_id: int, order_ids: Sequence[int]) -> list[Sheet]:
    """Return the parcels of orders, in their order: those that left, then what is still to go."""
    sheets: list[Sheet] = []
    for order in orders_of(shop_id, order_ids):
        receiver = order.receiver_masked | decrypt(order.receiver_sealed)
        for package in order.packages.all():
            goods = [_goods(one.line, one.quantity) for one in package.lines.all()]
            facts = CARRIERS.get(package.carrier_code)
            name = facts.name if facts else package.carrier_code
            sheets.append(_sheet(order, receiver, goods, name, package.tracking_number))
        left = [_goods(one, one.unshipped_quantity) for one in order.lines.all()]
        left = [one for one in left if one.quantity]
        if left:
            sheets.append(_sheet(order, receiver, left))
    return sheets


def orders_of(shop_id: int, order_ids: Sequence[int]) -> list[Order]:
    """Return orders with lines and parcels, in the order of `order_ids`."""
    lines = OrderLine.objects.select_related("sku").order_by("position")
    inside = PackageLine.objects.select_related("line__sku").order_by("pk")
    packages = Package.objects.order_by("pk").prefetch_related(Prefetch("lines", inside))
    parts: list[Any] = [Prefetch("lines", lines), Prefetch("packages", packages)]
    orders = Order.objects.filter(shop_id=shop_id, pk__in=order_ids).select_related("shop")
    found = {order.pk: order for order in orders.prefetch_related(*parts)}
    return [found[pk] for pk in order_ids]


@cache
def font() -> str:
    """Return the name of the font, known to the writer from now on."""
    from reportlab.pdfbase import cidfonts, pdfmetrics  # noqa: PLC0415 -- heavy; few need it

    pdfmetrics.registerFont(cidfonts.UnicodeCIDFont(FONT))
    return FONT


def plain(text: str) -> str:
    """Return `text` as the font can show it: its codes end where emoji begin."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        char if char.isprintable() and ord(char) <= 0xFFFF and is_storable(char) else "□"
        for char in " ".join(text.split())
    )


def wrapped(text: str, *, size: float, width: float, most: int) -> list[str]:
    """Return `text` in at most `most` lines of `width` points; what does not fit ends in an
    ellipsis. Chinese is broken anywhere."""
    from reportlab.pdfbase.pdfmetrics import stringWidth  # noqa: PLC0415 -- heavy; few need it

    lines = [""]
    for char in plain(text):
        if stringWidth(lines[-1] + char, font(), size) <= width:
            lines[-1] += char
        elif len(lines) < most:
            lines.append(char.strip())
        else:
            lines[-1] = f"{lines[-1][:-1]}…"
            break
    return lines


def _sheet(
    order: Order,
    receiver: Mapping[str, str],
    goods: Sequence[Goods],
    carrier: str = "",
    tracking_number: str = "",
) -> Sheet:
    return Sheet(
        order_number=order.number,
        shop_name=order.shop.name,
        receiver=receiver,
        message=order.buyer_message,
        goods=goods,
        carrier=carrier,
        tracking_number=tracking_number,
    )


def _goods(line: OrderLine, quantity: int) -> Goods:
    return Goods(line.sku.merchant_code, line.title, " / ".join(line.options), quantity)
