"""What the presets of an export hold: one row for each line of an order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.crypto import decrypt
from kernel.money import major
from kernel.numbers import TRADE_ZONE
from orders.enums import ExportPreset
from orders.models import Order, OrderLine


@dataclass(frozen=True)
class Row:
    """A line, its order, and who gets it: masked, or in clear."""

    order: Order
    line: OrderLine
    receiver: Mapping[str, str]


@dataclass(frozen=True)
class Column:
    """One column: what stands at its top, and what in a row."""

    title: str | Promise
    read: Callable[[Row], object]


def receiver_of(order: Order, *, is_unmasked: bool) -> Mapping[str, str]:
    """Return name, phone, region and street; masked, the street is left out."""
    masked = order.receiver_masked
    return masked | decrypt(order.receiver_sealed) if is_unmasked else masked


def _order(name: str) -> Callable[[Row], object]:
    return lambda row: getattr(row.order, name)


def _line(name: str) -> Callable[[Row], object]:
    return lambda row: getattr(row.line, name)


def _receiver(name: str) -> Callable[[Row], object]:
    return lambda row: row.receiver.get(name, "")


def _yuan(name: str) -> Callable[[Row], object]:
    return lambda row: major(getattr(row.line, name), row.line.currency)


def _time(name: str) -> Callable[[Row], object]:
    def read(row: Row) -> object:
        at: datetime | None = getattr(row.order, name)
        return at.astimezone(TRADE_ZONE).strftime("%Y-%m-%d %H:%M:%S") if at else None

    return read


def _face(row: Row) -> object:
    block: Any = row.order.storefront.body
    return block["account"]["name"] if block["account"] else block["shop"]["name"]


_NUMBER = Column(_("Order"), _order("number"))
_POSITION = Column(_("Line"), _line("position"))
_STATUS = Column(_("Status"), lambda row: row.order.get_status_display())
_PLACED = Column(_("Placed at"), _time("placed_at"))
_PAID = Column(_("Paid at"), _time("paid_at"))
_GOODS = (
    Column(_("Title"), _line("title")),
    Column(_("Options"), lambda row: " / ".join(row.line.options)),
    Column(_("Merchant code"), lambda row: row.line.sku.merchant_code),
    Column(_("Quantity"), _line("quantity")),
)
_PAY = Column(_("To pay"), _yuan("pay_amount"))
_CURRENCY = Column(_("Currency"), _line("currency"))
_RECEIVER = (
    Column(_("Receiver"), _receiver("name")),
    Column(_("Phone"), _receiver("phone")),
    Column(_("Province"), _receiver("province")),
    Column(_("City"), _receiver("city")),
    Column(_("District"), _receiver("district")),
    Column(_("Street"), _receiver("street")),
)
_MESSAGE = Column(_("Message"), _order("buyer_message"))
_REMARK = Column(_("Remark"), _order("remark"))

COLUMNS: Mapping[str, tuple[Column, ...]] = {
    ExportPreset.ORDERS: (
        _NUMBER,
        _POSITION,
        _STATUS,
        _PLACED,
        _PAID,
        Column(_("Shipped at"), _time("shipped_at")),
        Column(_("Completed at"), _time("completed_at")),
        Column(_("Shown as"), _face),
        *_GOODS,
        Column(_("Price"), _yuan("unit_price")),
        _PAY,
        _CURRENCY,
        Column(_("Channel"), lambda row: row.line.get_traffic_channel_display()),
        Column(_("Content account"), _line("content_account_id")),
        *_RECEIVER,
        _MESSAGE,
        _REMARK,
    ),
    ExportPreset.SHIPPING: (
        _NUMBER,
        _POSITION,
        Column(_("Ship by"), _time("ship_by_at")),
        *_GOODS,
        Column(_("Still to ship"), _line("unshipped_quantity")),
        *_RECEIVER,
        _MESSAGE,
        _REMARK,
    ),
    ExportPreset.FINANCE: (
        _NUMBER,
        _POSITION,
        _STATUS,
        _PAID,
        Column(_("Merchant code"), lambda row: row.line.sku.merchant_code),
        Column(_("Quantity"), _line("quantity")),
        Column(_("Goods amount"), _yuan("goods_amount")),
        Column(_("Freight"), _yuan("freight_amount")),
        Column(_("Promotion"), _yuan("promotion_amount")),
        _PAY,
        Column(_("Refunded"), _yuan("refunded_amount")),
        _CURRENCY,
    ),
}


def titles(preset: str) -> list[str]:
    """Return the first row, in the language that is active."""
    return [str(column.title) for column in COLUMNS[preset]]


def values(preset: str, row: Row) -> list[object]:
    """Return the cells of one line."""
    return [column.read(row) for column in COLUMNS[preset]]
