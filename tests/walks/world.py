"""Two complete shops that must never hear of each other.

`build()` makes side A, then side B, through the trade's own services, so that a table's rows of B
are exactly those between two marks. Every private text of a side is a canary; every id by which a
row of it can be named from outside is in `ids`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from catalog.models import Brand, Category, Spu
from catalog.services.screening import rules as screening
from catalog.services.screening.rules import RuleSpec
from insights.enums import ScoreMetric
from insights.models import ScoreRule
from kernel import clock
from kernel.actors import SYSTEM
from kernel.delivery import deliver_all
from settlements.models import FeeRate
from shops.services import checklists
from tests.factories.accounts import LONG_AGO, OperatorFactory, SupportFactory, UserFactory
from tests.factories.catalog import CategoryFactory, QualificationRuleFactory, give_screening
from tests.walks.governing import make_rules
from tests.walks.names import Names, names_of
from tests.walks.people import People, make_people
from tests.walks.rows import Marks, marks
from tests.walks.shopping import Storefront, make_storefront
from tests.walks.trading import Trade, make_trade


@dataclass
class Side:
    """All of one tenant."""

    letter: str
    people: People
    front: Storefront
    trade: Trade
    ids: Names


@dataclass
class World:
    """Both sides, the platform's people, and where B's rows begin and end."""

    a: Side
    b: Side
    operator: User
    support: User
    #: Was a manager of both shops, and is nobody there any more.
    former: User
    category: Category
    before_b: Marks
    after_b: Marks
    #: Recipes already found, by door and side.
    recipes: dict[tuple[str, str], Any] = field(default_factory=dict)


def build() -> World:
    """Make the world. Belongs in a transaction that somebody rolls back."""
    now = clock.now()
    root = CategoryFactory(name="Home")
    category = CategoryFactory(name="Textiles", parent=root)
    Brand.objects.create(name="Common brand")
    QualificationRuleFactory(category=CategoryFactory(name="Food"), code="permit")
    Spu.objects.create(category=category, name="Common towel", barcode="4006381333931")
    FeeRate.objects.create(category=None, rate_bp=500, effective_from=LONG_AGO)
    ScoreRule.objects.create(
        metric=ScoreMetric.SHIPPED_ON_TIME,
        effective_from=LONG_AGO,
        weight=100,
        target=9_900,
        bands=[[9_900, 1_000]],
    )
    make_rules(LONG_AGO)
    give_screening(RuleSpec("contact", "contact", "warn"))
    draft = screening.draft(
        spec=RuleSpec("loud", "banned_words", "warn", words=["loud"]), actor=SYSTEM, at=now
    )
    screening.try_out(rule=draft, actor=SYSTEM, at=now)
    checklists.publish_checklist(
        shop_type="",
        category="",
        requirements=[
            {"kind": "legal_data"},
            {"kind": "licence"},
            {"kind": "custom_field", "code": "size", "label": "How many people?", "field": "text"},
            {"kind": "manual_review"},
        ],
        at=now - timedelta(days=60),
        actor=SYSTEM,
    )
    operator, support, former = OperatorFactory(), SupportFactory(), UserFactory()
    a = _side("A", former, category, now)
    before_b = marks()
    b = _side("B", former, category, now)
    return World(a, b, operator, support, former, category, before_b, marks())


def _side(letter: str, former: User, category: Category, now: datetime) -> Side:
    people = make_people(letter, now - timedelta(days=30))
    front = make_storefront(letter, people, former, category, now - timedelta(days=25))
    trade = make_trade(letter, people, front, now)
    deliver_all()  # what this side's facts lead to stands between its own marks
    return Side(letter, people, front, trade, names_of(people, front, trade))
