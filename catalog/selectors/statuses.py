"""One status for programs that know no three axes (CA-21): the words of the TikTok Shop API.

| status | when |
|---|---|
| ``DELETED`` | in the recycle bin |
| ``PLATFORM_DEACTIVATED`` | banned |
| ``FREEZE`` | it would be on sale, but its shop is not open or may not sell |
| ``ACTIVATE`` | on sale, also while a change of it waits |
| ``PENDING`` | not on sale yet: in review |
| ``FAILED`` | not on sale yet: rejected |
| ``SELLER_DEACTIVATED`` | approved and off the shelf |
| ``DRAFT`` | none of these: never submitted, or taken back |
"""

from __future__ import annotations

from typing import Any

from django.db.models import Case, CharField, Q, Value, When

from catalog.enums import ApiStatus, DisplayState
from catalog.models.product import ProductQuerySet
from shops.enums import ShopStatus
from shops.selectors import sales_stopped

#: Which computed states each stands for; `FREEZE` and `ACTIVATE` are told apart by the shop.
STATES = {
    ApiStatus.DELETED: [DisplayState.DELETED],
    ApiStatus.PLATFORM_DEACTIVATED: [DisplayState.BANNED],
    ApiStatus.FREEZE: [DisplayState.ON_SALE, DisplayState.ON_SALE_EDITING],
    ApiStatus.ACTIVATE: [DisplayState.ON_SALE, DisplayState.ON_SALE_EDITING],
    ApiStatus.PENDING: [DisplayState.IN_REVIEW],
    ApiStatus.FAILED: [DisplayState.REJECTED],
    ApiStatus.SELLER_DEACTIVATED: [DisplayState.IN_WAREHOUSE],
    ApiStatus.DRAFT: [DisplayState.DRAFT],
}


def _is(status: ApiStatus) -> Q:
    stands = Q(display_state__in=STATES[status])
    if status == ApiStatus.FREEZE:
        return stands & (~Q(shop__status=ShopStatus.OPEN) | Q(sales_stopped("shop_id")))
    if status == ApiStatus.ACTIVATE:
        return stands & Q(shop__status=ShopStatus.OPEN) & ~Q(sales_stopped("shop_id"))
    return stands


def with_status(products: ProductQuerySet) -> ProductQuerySet:
    """Add `status` to each product, a value of `ApiStatus`."""
    branches = [When(_is(one), then=Value(one.value)) for one in STATES if one != ApiStatus.DRAFT]
    draft = Value(ApiStatus.DRAFT.value)
    told: Any = products.annotate(status=Case(*branches, default=draft, output_field=CharField()))
    rows: ProductQuerySet = told
    return rows


def of_status(products: ProductQuerySet, status: ApiStatus) -> ProductQuerySet:
    """Narrow `products` to those of `status`, by the index of the computed state."""
    return products.filter(_is(status))
