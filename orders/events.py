"""The facts this room tells. Whatever happens to an order's money is told here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from kernel.events import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    """An order exists and its stock is held."""

    topic: ClassVar[str] = "orders.order.placed.v1"
    order_id: int
    shop_id: int
    buyer_id: int


@dataclass(frozen=True)
class OrderPaid(Event):
    """The buyer's money is captured; the shop may ship."""

    topic: ClassVar[str] = "orders.order.paid.v1"
    order_id: int
    shop_id: int
    paid_at: str


@dataclass(frozen=True)
class OrderClosed(Event):
    """The order ended before it was shipped."""

    topic: ClassVar[str] = "orders.order.closed.v1"
    order_id: int
    shop_id: int
    reason: str


@dataclass(frozen=True)
class OrderShipped(Event):
    """A package left; `is_complete` when it was the last."""

    topic: ClassVar[str] = "orders.order.shipped.v1"
    order_id: int
    shop_id: int
    package_id: int
    is_complete: bool


@dataclass(frozen=True)
class OrderCompleted(Event):
    """The buyer has the goods; the after-sales window runs."""

    topic: ClassVar[str] = "orders.order.completed.v1"
    order_id: int
    shop_id: int
    completed_at: str
    aftersales_until_at: str


@dataclass(frozen=True)
class OrderFrozen(Event):
    """An after-sales case holds the order, or holds it no more."""

    topic: ClassVar[str] = "orders.order.frozen.v1"
    order_id: int
    shop_id: int
    is_frozen: bool


@dataclass(frozen=True)
class OrderLineRefunded(Event):
    """Money of a line was booked back to the buyer; the gateway is asked after commit."""

    topic: ClassVar[str] = "orders.line.refunded.v1"
    line_id: int
    order_id: int
    shop_id: int
    refund_number: str
    amount: int
    freight_amount: int
    quantity: int
    at: str


@dataclass(frozen=True)
class RefundSucceeded(Event):
    """The gateway sent the money back. `reference` is what asked for it (``case:<number>``)."""

    topic: ClassVar[str] = "orders.refund.succeeded.v1"
    refund_number: str
    reference: str


@dataclass(frozen=True)
class RefundFailed(Event):
    """The gateway refused to send the money; it is tried again."""

    topic: ClassVar[str] = "orders.refund.failed.v1"
    refund_number: str
    reference: str


@dataclass(frozen=True)
class ExportQueued(Event):
    """A file of orders waits to be written."""

    topic: ClassVar[str] = "orders.export.queued.v1"
    job_id: int
    shop_id: int


@dataclass(frozen=True)
class ShippingFileQueued(Event):
    """A file of parcels waits to be shipped."""

    topic: ClassVar[str] = "orders.shipping_file.queued.v1"
    job_id: int
    shop_id: int
