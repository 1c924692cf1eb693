"""The facts this room tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from kernel.events import Event


@dataclass(frozen=True)
class AccountVerified(Event):
    """An operator approved who stands behind an account."""

    topic: ClassVar[str] = "accounts.account.verified.v1"
    account_id: int


@dataclass(frozen=True)
class FollowChanged(Event):
    """Somebody followed or left an account; counters follow."""

    topic: ClassVar[str] = "accounts.follow.changed.v1"
    account_id: int
