"""A shop's metrics as buyers see them (SH-21): what was worked out, nothing that names an order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from insights.enums import ScoreMetric
from insights.models import ShopScore
from insights.policies import LEAST_ORDERS
from shops.enums import ShopStatus
from shops.models import Shop
from shops.selectors import official_account, storefronts
from shops.selectors.identity import Storefront


@dataclass(frozen=True)
class ShopCard:
    """What stands beside a shop's name on its page, on products and in a live session."""

    storefront: Storefront
    #: Of the account that is the shop's face.
    follower_count: int | None
    #: The day of the figures below; they are None for shops with too few orders.
    day: date | None
    product_tenths: int | None
    logistics_tenths: int | None
    service_tenths: int | None
    #: Of the orders that had to be shipped, in basis points.
    on_time_bp: int | None


def shop_card(shop_id: str, *, at: datetime) -> ShopCard | None:
    """Return the card of a shop by its public id; None for one that was never open."""
    known = Shop.objects.exclude(status=ShopStatus.PREPARING)
    shop = known.filter(public_id=shop_id).first()
    if shop is None:
        return None
    account = official_account(shop.pk)
    latest = ShopScore.objects.filter(shop=shop).order_by("-day").first()
    is_shown = latest is not None and latest.orders >= LEAST_ORDERS
    score = latest if is_shown else None
    on_time = score and score.metrics.filter(metric=ScoreMetric.SHIPPED_ON_TIME).first()
    return ShopCard(
        storefront=storefronts([shop.pk], at=at)[shop.pk],
        follower_count=account.follower_count if account else None,
        day=score.day if score else None,
        product_tenths=score.product_tenths if score else None,
        logistics_tenths=score.logistics_tenths if score else None,
        service_tenths=score.service_tenths if score else None,
        on_time_bp=on_time.value if on_time else None,
    )
