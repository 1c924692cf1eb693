"""The demo's past: two months of trade, made by calling the services that the doors call.

Everything is one transaction, so a start that is killed leaves nothing half-made. The clock is
handed to the services as `at`; the dice are seeded, so each fresh start tells the same past.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from accounts.models import Account, Agency, Creator, User
from affiliates.models import Pick
from catalog.models import Category, Product, Sku
from kernel.actors import ANONYMOUS, Actor
from shops.models import Shop

#: How far back the demo's trade begins.
DAYS = 60

#: Says how far the seeding has come: a sentence, steps done, steps in all.
Report = Callable[[str, int, int], None]


def _say_nothing(what: str, done: int, total: int) -> None:
    """Report to nobody."""


@dataclass
class World:
    """What exists so far. `now` is the end of the told past."""

    now: datetime
    dice: random.Random
    report: Report
    operator: Actor = ANONYMOUS
    support: Actor = ANONYMOUS
    people: dict[str, User] = field(default_factory=dict)
    owners: dict[str, Actor] = field(default_factory=dict)
    shops: dict[str, Shop] = field(default_factory=dict)
    official: dict[str, Account] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    products: dict[str, list[Product]] = field(default_factory=dict)
    skus: dict[str, list[Sku]] = field(default_factory=dict)
    creators: list[Creator] = field(default_factory=list)
    agency: Agency | None = None
    #: Product pk → picks of creators.
    picks: dict[int, list[Pick]] = field(default_factory=dict)
    buyers: list[User] = field(default_factory=list)

    @classmethod
    def new(cls, now: datetime, report: Report | None = None) -> World:
        """Return an empty world whose dice fall the same way each time."""
        dice = random.Random(20210408)
        return cls(now, dice, report or _say_nothing)
