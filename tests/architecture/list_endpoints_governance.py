"""Recipes of the lists of governance; see `list_endpoints`."""

from __future__ import annotations

from typing import Any

from governance.models import DepositAssessment, DepositPayment
from governance.services import entries, payments
from shops.enums import RestrictionKind, RestrictionReason
from shops.models import ShopRestriction
from tests.architecture.list_endpoints import Scene, recipe
from tests.factories.orders import PLACED_AT
from tests.factories.shops import ShopFactory, actor_of, owner_of
from tests.governance.shops import AT, paid

SHOP = "governance/shops/<str:shop_id>"


def _of_shop(what: str, add: Any) -> Scene:
    shop = ShopFactory()
    return Scene(owner_of(shop), f"governance/shops/{shop.public_id}/{what}", lambda: add(shop))


def _assessment(shop: Any) -> DepositAssessment:
    return DepositAssessment.objects.create(
        deposit=entries.locked(shop.pk, AT),
        shop=shop,
        cause="advanced",
        month=PLACED_AT.date(),
        tiers=[],
        base_amount=1,
        announced_at=PLACED_AT,
        effective_at=PLACED_AT,
    )


@recipe(f"{SHOP}/deposit/assessments")
def assessments() -> Scene:
    return _of_shop("deposit/assessments", _assessment)


@recipe(f"{SHOP}/deposit/entries")
def deposit_entries() -> Scene:
    return _of_shop("deposit/entries", lambda shop: paid(shop, 100))


def _payment(shop: Any) -> DepositPayment:
    return payments.start(
        shop_id=shop.pk, amount=100, gateway="sandbox", at=AT, actor=actor_of(shop)
    )


@recipe(f"{SHOP}/deposit/payments")
def deposit_payments() -> Scene:
    return _of_shop("deposit/payments", _payment)


def _restriction(shop: Any) -> ShopRestriction:
    return ShopRestriction.objects.create(
        shop=shop,
        kind=RestrictionKind.SALES,
        reason=RestrictionReason.DEPOSIT,
        since=PLACED_AT,
        until=AT,
    )


@recipe(f"{SHOP}/restrictions")
def restrictions() -> Scene:
    return _of_shop("restrictions", _restriction)
