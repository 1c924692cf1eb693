"""The answer to a checkout that was just placed, made of what was written: no query, no serializer.

The shape is `CheckoutOut`'s to the letter; a test holds the two together.
"""

from __future__ import annotations

from orders.api.rendering import Body, line_body, moment, money, order_body
from orders.services.outgoing import Started
from orders.services.recording import Recorded, RecordedLine, RecordedOrder


def checkout_body(recorded: Recorded, started: Started | None) -> Body:
    """Return the body of a group whose orders are all unpaid, with the payment that waits."""
    group = recorded.group
    amount = money(group, group.pay_amount)
    return {
        "number": group.number,
        "pay_amount": amount,
        "placed_at": moment(group.placed_at),
        "unpaid_amount": amount,
        "orders": [_order(one, group.number) for one in recorded.orders],
        "payment": _payment(started, group.number) if started else None,
    }


def _payment(started: Started, group_number: str) -> Body:
    payment = started.payment
    return {
        "number": payment.number,
        "group_number": group_number,
        "gateway": payment.gateway,
        "amount": money(payment, payment.amount),
        "status": str(payment.status),
        "paid_at": None,
        "pay_url": started.pay.pay_url,
    }


def _order(one: RecordedOrder, group_number: str) -> Body:
    return order_body(
        one.order,
        group_number=group_number,
        storefront=one.storefront,
        lines=[_line(line, one.order.number) for line in one.lines],
        name_of_today=None,  # it is called now as it was a moment ago
    )


def _line(one: RecordedLine, order_number: str) -> Body:
    return line_body(
        one.line,
        order_number=order_number,
        sku_id=one.offer.public_id,
        product_id=one.offer.product_public_id,
        presenter=one.presenter,
    )
