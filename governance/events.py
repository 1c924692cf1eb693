"""The facts this room tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from kernel.events import Event


@dataclass(frozen=True)
class DepositChanged(Event):
    """Money went into a deposit or out of it, or another amount is due."""

    topic: ClassVar[str] = "governance.deposit.changed.v1"
    shop_id: int
    status: str


@dataclass(frozen=True)
class DepositAnnounced(Event):
    """What a shop owes as its deposit was worked out; it holds from `effective_at`."""

    topic: ClassVar[str] = "governance.deposit.announced.v1"
    shop_id: int
    assessment_id: int
    due_amount: int
    effective_at: str


@dataclass(frozen=True)
class PaymentStarted(Event):
    """A shop wants to pay into its deposit."""

    topic: ClassVar[str] = "governance.payment.started.v1"
    payment_id: int
    shop_id: int


@dataclass(frozen=True)
class ConsequencesChanged(Event):
    """An operator exempted a shop from what its score leads to, or lifted that."""

    topic: ClassVar[str] = "governance.consequences.changed.v1"
    shop_id: int
