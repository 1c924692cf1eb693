"""The facts this room tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from kernel.events import Event


@dataclass(frozen=True)
class CaseOpened(Event):
    """A buyer asked for money back."""

    topic: ClassVar[str] = "aftersales.case.opened.v1"
    case_id: int
    order_id: int
    line_id: int
    shop_id: int


@dataclass(frozen=True)
class CaseDecided(Event):
    """Shop, support or the clock decided; `status` is where the case stands now."""

    topic: ClassVar[str] = "aftersales.case.decided.v1"
    case_id: int
    order_id: int
    line_id: int
    shop_id: int
    status: str


@dataclass(frozen=True)
class CaseClosed(Event):
    """A case ended, with or without money."""

    topic: ClassVar[str] = "aftersales.case.closed.v1"
    case_id: int
    order_id: int
    line_id: int
    shop_id: int
    status: str
