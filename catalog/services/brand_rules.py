"""What follows when the brands of a shop no longer bear its type (SH-02)."""

from __future__ import annotations

from datetime import datetime

from catalog.selectors.grants import brand_holds
from shops.enums import RestrictionKind, RestrictionReason, ShopStatus
from shops.models import Admission, Shop
from shops.policies import bears_type
from shops.services import restrictions

_SELLS = (ShopStatus.OPEN, ShopStatus.SUSPENDED)


def enforce(*, shop_id: int, source: str, at: datetime) -> bool:
    """Let a shop list nothing while its accepted grants do not bear its type; tell if it may.

    What is on the shelf stays; the restriction ends with the grant that bears the type again. A
    shop that is not open yet is asked by its application.
    """
    shop = Shop.objects.select_for_update(no_key=True, of=("self",)).get(pk=shop_id)
    if shop.status not in _SELLS:
        return True
    category = Admission.objects.filter(shop_id=shop_id).values_list("category", flat=True).first()
    holds = [one for one in brand_holds(shop_id, at) if one.is_accepted]
    if bears_type(shop.type, holds, category or ""):
        restrictions.lift(
            shop_id=shop_id,
            reason=RestrictionReason.BRAND_GRANT,
            kinds=[RestrictionKind.LISTING],
            at=at,
        )
        return True
    restrictions.impose(
        shop_id=shop_id,
        kind=RestrictionKind.LISTING,
        reason=RestrictionReason.BRAND_GRANT,
        source=source,
        at=at,
    )
    return False
