"""Recipes of the lists of insights; see `list_endpoints`."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import Any

from insights.enums import ExemptReason, ScoreMetric
from insights.models import ScoreExemption, ShopDay, ShopScore, ShopScoreMetric
from insights.services import effects, scores
from orders.enums import OrderStatus
from orders.models import Order
from shops.enums import Relation
from tests.architecture.list_endpoints import Scene, recipe
from tests.factories.aftersales import rejected_case
from tests.factories.orders import PLACED_AT, make_order
from tests.factories.shops import BindingFactory, ShopFactory, owner_of

SHOP = "insights/shops/<str:shop_id>"
_days = itertools.count(1)


def _day() -> date:
    return date(2025, 6, 1) + timedelta(days=next(_days))


def _of_shop(what: str, add: Any) -> Scene:
    shop = ShopFactory()
    return Scene(owner_of(shop), f"insights/shops/{shop.public_id}/{what}", lambda: add(shop))


@recipe(f"{SHOP}/days")
def days() -> Scene:
    return _of_shop("days", lambda shop: ShopDay.objects.create(shop=shop, day=_day()))


@recipe(f"{SHOP}/binding-effects")
def binding_effects() -> Scene:
    def add(shop: Any) -> None:
        binding = BindingFactory(shop=shop, relation=Relation.SELF, bound_at=PLACED_AT)
        effects.measure([binding], at=PLACED_AT + timedelta(days=2))

    return _of_shop("binding-effects", add)


def _score(shop: Any) -> ShopScore:
    score = ShopScore.objects.create(shop=shop, day=_day(), orders=1, computed_at=PLACED_AT)
    for metric in ScoreMetric.values:
        ShopScoreMetric.objects.create(
            score=score, shop=shop, metric=metric, numerator=0, denominator=1, weight=1,
            target=1, bands=[],
        )  # fmt: skip
    return score


@recipe(f"{SHOP}/scores")
def shop_scores() -> Scene:
    return _of_shop("scores", _score)


def _scored(what: str, add: Any) -> Scene:
    shop = ShopFactory()
    day = PLACED_AT.date() + timedelta(days=20)
    score = scores.refresh(shop_id=shop.pk, day=day, at=PLACED_AT + timedelta(days=30))
    url = f"insights/shops/{shop.public_id}/scores/{score.public_id}/{what}"
    return Scene(owner_of(shop), url, lambda: add(shop))


@recipe(f"{SHOP}/scores/<str:score_id>/orders")
def scored_orders() -> Scene:
    return _scored(
        "orders?metric=quality_return", lambda shop: make_order(OrderStatus.TO_SHIP, shop=shop)
    )


@recipe(f"{SHOP}/scores/<str:score_id>/cases")
def scored_cases() -> Scene:
    return _scored("cases?metric=return_hours", lambda shop: rejected_case(order_shop=shop))


def _exempt(shop: Any) -> ScoreExemption:
    order: Order = make_order(OrderStatus.TO_SHIP, shop=shop)
    return ScoreExemption.objects.create(
        shop=shop, buyer=order.buyer, order=order, reason=ExemptReason.APPEAL_WON, note="x",
        created_at=PLACED_AT,
    )  # fmt: skip


@recipe(f"{SHOP}/exemptions")
def shop_exemptions() -> Scene:
    return _of_shop("exemptions", _exempt)
