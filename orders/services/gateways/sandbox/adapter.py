"""Our side of the sandbox gateway."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from kernel.money import MAX_AMOUNT
from kernel.text import is_storable
from orders.enums import SandboxStatus
from orders.errors import NoticeRefused, NoticeUnverified
from orders.models import SandboxTransaction
from orders.services.gateways.port import Notice, PayData, PaymentFact, PaymentOrder, RefundOrder
from orders.services.gateways.sandbox import bank
from orders.services.gateways.sandbox.signing import (
    APP,
    ENVIRONMENT,
    MERCHANT,
    SIGNATURE_HEADER,
    TIMESTAMP_HEADER,
    is_signed,
)

_TEXTS = {"id": 80, "event": 40, "environment": 20, "merchant": 40, "app": 40, "number": 24}
_TEXTS |= {"txn": 64, "currency": 3, "paid_at": 40}


class SandboxGateway:
    """The port, spoken to the bank next door."""

    name = "sandbox"

    def create(self, order: PaymentOrder) -> PayData:
        """Open the payment; the cashier is an address of this system."""
        bank.open_payment(number=order.number, amount=order.amount, currency=order.currency)
        base = settings.HAODIAN_BASE_URL
        return PayData(pay_url=f"{base}/api/v1/orders/sandbox/cashier/{order.number}/pay")

    def query(self, number: str) -> PaymentFact | None:
        """Ask the journal."""
        return _fact(bank.look_up(number))

    def close(self, number: str) -> PaymentFact | None:
        """Close the payment there; a number it never heard of cannot be paid either."""
        return _fact(bank.close(number))

    def refund(self, order: RefundOrder) -> str:
        """Ask for the money to be sent back."""
        made = bank.refund(
            number=order.number, payment_number=order.payment_number, amount=order.amount
        )
        return made.refund_id

    def query_refund(self, number: str) -> str | None:
        """Ask the journal."""
        made = bank.look_up_refund(number)
        return made.refund_id if made else None

    def verify_notice(self, headers: Mapping[str, str], body: bytes, *, at: datetime) -> Notice:
        """Check the raw bytes first, then the time, the recipient and the shape."""
        timestamp = headers.get(TIMESTAMP_HEADER, "")
        if not is_signed(timestamp, body, headers.get(SIGNATURE_HEADER, "")):
            raise NoticeUnverified
        values = _parse(body)
        if not _is_fresh(timestamp, at):
            raise NoticeRefused("time", values["id"])
        expected = {
            "environment": ENVIRONMENT,
            "merchant": MERCHANT,
            "app": APP,
            "event": "payment.paid",
        }
        for name, value in expected.items():
            if values[name] != value:
                raise NoticeRefused(name, values["id"])
        return Notice(values["id"], _fact_of(values))


def _is_fresh(timestamp: str, at: datetime) -> bool:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 11):
        return False
    sent_at = datetime.fromtimestamp(int(timestamp), UTC)
    return abs(at - sent_at) <= settings.NOTICE_TOLERANCE


def _parse(body: bytes) -> dict[str, Any]:
    try:
        values = json.loads(body.decode())
    except (ValueError, RecursionError):
        raise NoticeRefused("body") from None
    if not isinstance(values, dict):
        raise NoticeRefused("body")
    for name, length in _TEXTS.items():
        value = values.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= length or not is_storable(value):
            raise NoticeRefused("body")
    amount = values.get("amount")
    if type(amount) is not int or not 1 <= amount <= MAX_AMOUNT:
        raise NoticeRefused("amount")
    return values


def _fact_of(values: dict[str, Any]) -> PaymentFact:
    try:
        paid_at = datetime.fromisoformat(values["paid_at"])
        if paid_at.tzinfo is None:
            raise ValueError("no zone")
        paid_at = paid_at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise NoticeRefused("body") from None
    return PaymentFact(
        gateway=SandboxGateway.name,
        payment_number=values["number"],
        gateway_txn=values["txn"],
        amount=values["amount"],
        currency=values["currency"],
        paid_at=paid_at,
    )


def _fact(row: SandboxTransaction | None) -> PaymentFact | None:
    if row is None or row.status != SandboxStatus.PAID or row.paid_at is None:
        return None
    return PaymentFact(
        gateway=SandboxGateway.name,
        payment_number=row.number,
        gateway_txn=row.txn,
        amount=row.amount,
        currency=row.currency,
        paid_at=row.paid_at,
    )
