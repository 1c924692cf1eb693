"""How long an unpaid order of a shop holds its pieces (CA-12)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from kernel import audit
from kernel.actors import Actor
from shops.errors import PeriodInvalid
from shops.models.shop import LEAST_UNPAID_MINUTES, MOST_UNPAID_MINUTES, Shop


@transaction.atomic
def set_unpaid_minutes(*, shop_id: int, minutes: int | None, at: datetime, actor: Actor) -> Shop:
    """Give buyers `minutes` to pay, from the next order on; None is the platform's rule again.

    Orders that wait already keep their time. Raises PeriodInvalid outside the bounds.
    """
    if minutes is not None and not LEAST_UNPAID_MINUTES <= minutes <= MOST_UNPAID_MINUTES:
        raise PeriodInvalid
    shop = Shop.objects.select_for_update(no_key=True, of=("self",)).get(pk=shop_id)
    before = shop.unpaid_minutes
    if before == minutes:
        return shop
    shop.unpaid_minutes = minutes
    shop.save(update_fields=["unpaid_minutes"])
    audit.record(
        actor=actor,
        action="shops.set_unpaid_minutes",
        target=shop,
        at=at,
        before={"minutes": before},
        after={"minutes": minutes},
        shop_id=shop_id,
    )
    return shop
