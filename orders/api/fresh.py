"""The answer to a checkout that was just placed, made of what was written: no query, no serializer.

The shape is `CheckoutOut`'s to the letter; a test holds the two together.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from orders.services.outgoing import Started
from orders.services.recording import Recorded, RecordedLine, RecordedOrder, Row


def checkout_body(recorded: Recorded, started: Started | None) -> dict[str, Any]:
    """Return the body of a group whose orders are all unpaid, with the payment that waits."""
    group = recorded.group
    amount = {"amount": group.pay_amount, "currency": group.currency}
    return {
        "number": group.number,
        "pay_amount": amount,
        "placed_at": _moment(group.placed_at),
        "unpaid_amount": amount,
        "orders": [_order(one, group.number) for one in recorded.orders],
        "payment": _payment(started, group.number) if started else None,
    }


def _payment(started: Started, group_number: str) -> dict[str, Any]:
    payment = started.payment
    return {
        "number": payment.number,
        "group_number": group_number,
        "gateway": payment.gateway,
        "amount": {"amount": payment.amount, "currency": payment.currency},
        "status": str(payment.status),
        "paid_at": None,
        "pay_url": started.pay.pay_url,
    }


def _order(one: RecordedOrder, group_number: str) -> dict[str, Any]:
    order = one.order
    presenters = (line.presenter for line in one.lines if line.presenter is not None)
    return {
        "number": order.number,
        "group_number": group_number,
        "status": str(order.status),
        "close_reason": "",
        "is_frozen": False,
        "storefront": one.storefront,
        "presenter": next(presenters, None),
        "now_known_as": None,  # it is called now as it was a moment ago
        "lines": [_line(line, order.number) for line in one.lines],
        "goods_amount": _money(order, order.goods_amount),
        "freight_amount": _money(order, order.freight_amount),
        "promotion_amount": _money(order, order.promotion_amount),
        "pay_amount": _money(order, order.pay_amount),
        "receiver": order.receiver_masked,
        "buyer_message": order.buyer_message,
        "packages": [],
        "refunds": [],
        "placed_at": _moment(order.placed_at),
        "pay_by_at": _moment(order.pay_by_at),
        "paid_at": None,
        "ship_by_at": None,
        "shipped_at": None,
        "confirm_by_at": None,
        "completed_at": None,
        "aftersales_until_at": None,
        "closed_at": None,
    }


def _line(one: RecordedLine, order_number: str) -> dict[str, Any]:
    line, offer = one.line, one.offer
    return {
        "id": f"{order_number}-{line.position}",
        "position": line.position,
        "sku_id": offer.public_id,
        "product_id": offer.product_public_id,
        "title": line.title,
        "options": line.options,
        "image_url": line.image_url,
        "unit_price": _money(line, line.unit_price),
        "quantity": line.quantity,
        "goods_amount": _money(line, line.goods_amount),
        "freight_amount": _money(line, line.freight_amount),
        "promotion_amount": _money(line, line.promotion_amount),
        "pay_amount": _money(line, line.pay_amount),
        "shipped_quantity": 0,
        "cancelled_quantity": 0,
        "refunded_quantity": 0,
        "refunded_amount": _money(line, 0),
        "presenter": one.presenter,
    }


def _money(row: Row, amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": row.currency}


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
