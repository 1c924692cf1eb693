"""How consoles put an order into words: badges and deadlines."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.timesince import timesince, timeuntil
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orders.enums import (
    AddressChangeStatus,
    ExportStatus,
    NoticeOutcome,
    OrderFlag,
    OrderStatus,
    ParcelState,
    PaymentStatus,
    PrintKind,
    RefundStatus,
    ShippingFileStatus,
)
from orders.models import Order
from shops.enums import ShippingSpeed
from shops.selectors import ShipsIn

#: How soon a line is sent, in words of the field.
_SPEEDS = dict(ShippingSpeed.choices)


def sent(ships: ShipsIn) -> str:
    """Return how soon a line is sent, nothing where it is as the shop promises (CA-15)."""
    if ships.days is None:
        return str(_SPEEDS[ships.speed]) if ships.speed else ""
    if ships.after is None:
        return gettext("within %(days)s days of the payment") % {"days": ships.days}
    told = {"days": ships.days, "day": f"{localtime(ships.after):%Y-%m-%d %H:%M}"}
    return gettext("within %(days)s days of %(day)s") % told


#: Colours of Unfold's labels by status.
STATUS_TONES: dict[str, str] = {
    OrderStatus.UNPAID: "warning",
    OrderStatus.PAID: "info",
    OrderStatus.TO_SHIP: "primary",
    OrderStatus.PARTLY_SHIPPED: "primary",
    OrderStatus.SHIPPED: "info",
    OrderStatus.COMPLETED: "success",
    OrderStatus.CLOSED: "default",
}
PAYMENT_TONES: dict[str, str] = {
    PaymentStatus.PENDING: "warning",
    PaymentStatus.PAID: "success",
    PaymentStatus.CLOSED: "default",
}
REFUND_TONES: dict[str, str] = {
    RefundStatus.WAITING: "info",
    RefundStatus.IN_PROGRESS: "info",
    RefundStatus.UNKNOWN: "warning",
    RefundStatus.SUCCESS: "success",
    RefundStatus.FAILED: "danger",
}
PARCEL_TONES: dict[str, str] = {
    ParcelState.SENT: "default",
    ParcelState.PICKED_UP: "info",
    ParcelState.IN_TRANSIT: "info",
    ParcelState.OUT_FOR_DELIVERY: "primary",
    ParcelState.SIGNED: "success",
    ParcelState.REFUSED: "danger",
    ParcelState.RETURNING: "warning",
}
NOTICE_TONES: dict[str, str] = {
    NoticeOutcome.APPLIED: "success",
    NoticeOutcome.REPEATED: "default",
    NoticeOutcome.REFUSED: "danger",
}
EXPORT_TONES: dict[str, str] = {
    ExportStatus.QUEUED: "default",
    ExportStatus.RUNNING: "info",
    ExportStatus.DONE: "success",
    ExportStatus.FAILED: "danger",
    ExportStatus.EXPIRED: "default",
}
SHIPPING_FILE_TONES: dict[str, str] = {
    ShippingFileStatus.QUEUED: "default",
    ShippingFileStatus.RUNNING: "info",
    ShippingFileStatus.DONE: "success",
    ShippingFileStatus.FAILED: "danger",
}
ADDRESS_TONES: dict[str, str] = {
    AddressChangeStatus.PENDING: "warning",
    AddressChangeStatus.APPROVED: "success",
    AddressChangeStatus.REJECTED: "danger",
    AddressChangeStatus.LAPSED: "default",
}
FLAG_TONES: dict[int, str] = {
    OrderFlag.GREY: "default",
    OrderFlag.PURPLE: "primary",
    OrderFlag.CYAN: "info",
    OrderFlag.GREEN: "success",
    OrderFlag.ORANGE: "warning",
    OrderFlag.RED: "danger",
}
PRINT_TONES: dict[str, str] = {PrintKind.LABELS: "primary", PrintKind.PICK_LIST: "info"}
#: Colours of countdowns.
CLOCK_TONES = {"late": "danger", "near": "warning", "calm": "info", "none": "default"}
NEAR = timedelta(hours=12)

#: Status → the deadline that runs, and what it is called.
_CLOCKS: dict[str, tuple[str, Any]] = {
    OrderStatus.UNPAID: ("pay_by_at", _("pay")),
    OrderStatus.TO_SHIP: ("ship_by_at", _("ship")),
    OrderStatus.PARTLY_SHIPPED: ("ship_by_at", _("ship")),
    OrderStatus.SHIPPED: ("confirm_by_at", _("receive")),
    OrderStatus.COMPLETED: ("aftersales_until_at", _("after-sales")),
}
#: Past these nothing is broken: the sweep does the rest.
_HARMLESS = (OrderStatus.COMPLETED, OrderStatus.SHIPPED, OrderStatus.UNPAID)


def deadline_of(order: Order) -> tuple[datetime | None, Any]:
    """Return the deadline that runs for the order and what is due then."""
    column, name = _CLOCKS.get(order.status, ("", ""))
    return (getattr(order, column), name) if column else (None, "")


def countdown(order: Order, now: datetime) -> tuple[str, str]:
    """Return the tone of the order's deadline and how long it still is, or how late."""
    due_at, name = deadline_of(order)
    if due_at is None:
        return "none", "–"
    if order.status == OrderStatus.SHIPPED and order.is_frozen:
        return "none", gettext("held by a case")
    if due_at <= now:
        if order.status in _HARMLESS:
            return "none", gettext("over")
        return "late", gettext("%(what)s: %(time)s late") % {
            "what": name,
            "time": timesince(due_at, now, depth=1),
        }
    tone = "near" if due_at - now <= NEAR and order.status not in _HARMLESS else "calm"
    return tone, gettext("%(what)s: %(time)s left") % {
        "what": name,
        "time": timeuntil(due_at, now, depth=1),
    }
