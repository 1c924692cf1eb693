"""What a payment gateway is to us: calls out, and notices in. Called outside transactions only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True)
class PaymentFact:
    """The gateway has the buyer's money: who says so, for which payment, how much."""

    gateway: str
    payment_number: str
    #: The gateway's own id of the capture: one of theirs is one of ours.
    gateway_txn: str
    #: Minor units.
    amount: int
    currency: str
    paid_at: datetime


@dataclass(frozen=True)
class Notice:
    """A verified notice: the gateway's id of it, and what it says."""

    notice_id: str
    fact: PaymentFact


@dataclass(frozen=True)
class PaymentOrder:
    """What the gateway is asked to collect."""

    number: str
    amount: int
    currency: str


@dataclass(frozen=True)
class PayData:
    """What the buyer's app needs to open the cashier."""

    pay_url: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RefundOrder:
    """What the gateway is asked to send back. `number` is the key: the same each time."""

    number: str
    payment_number: str
    gateway_txn: str
    amount: int
    currency: str


class GatewayTimeout(Exception):
    """No answer: it may have happened or not. Ask again with the same key."""


class GatewayRefused(Exception):
    """The gateway says no; it did not happen. The text is for operators."""


class Gateway(Protocol):
    """One way of paying. Every method may raise GatewayTimeout."""

    name: str

    def create(self, order: PaymentOrder) -> PayData:
        """Open a payment; opening the same number again changes nothing.

        Raises GatewayRefused for a number that was closed.
        """
        ...

    def query(self, number: str) -> PaymentFact | None:
        """Return the fact when the payment was paid, else None."""
        ...

    def close(self, number: str) -> PaymentFact | None:
        """Make it impossible to pay `number`; return the fact when it was paid before."""
        ...

    def refund(self, order: RefundOrder) -> str:
        """Send money back and return the gateway's id of it. Raises GatewayRefused."""
        ...

    def query_refund(self, number: str) -> str | None:
        """Return the gateway's id of a refund that was executed, else None."""
        ...

    def verify_notice(self, headers: Mapping[str, str], body: bytes, *, at: datetime) -> Notice:
        """Return what a notice says, after its raw bytes, recipient and time were checked.

        Raises NoticeUnverified when the gateway did not sign it, NoticeRefused (with the notice's
        id, where it has one) when it did and the notice is not for us or too old.
        """
        ...
