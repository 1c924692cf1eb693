"""The facts this room tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from kernel.events import Event


@dataclass(frozen=True)
class LineSettled(Event):
    """A line's money went to its parties."""

    topic: ClassVar[str] = "settlements.line.settled.v1"
    line_id: int
    shop_id: int
    entry_id: int


@dataclass(frozen=True)
class PayoutFinished(Event):
    """A payout was paid or refused."""

    topic: ClassVar[str] = "settlements.payout.finished.v1"
    payout_id: int
    status: str
