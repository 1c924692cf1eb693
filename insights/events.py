"""The facts this room tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from kernel.events import Event


@dataclass(frozen=True)
class ExemptionChanged(Event):
    """An order or a case counts no more towards its shop's score, or counts again."""

    topic: ClassVar[str] = "insights.exemption.changed.v1"
    shop_id: int
    at: str
