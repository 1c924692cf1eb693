"""Questions about the alliance that services, doors and other rooms ask."""

from affiliates.selectors.pages import (
    POOL_ORDERS,
    attach_offers,
    attach_pick_states,
    commissions_page,
    picks_page,
    plans_page,
    pool,
)
from affiliates.selectors.terms import (
    UNSETTLED,
    Rates,
    is_in_alliance,
    is_own_shop,
    own_shops,
    probation_ends_at,
    rates,
    running_plan,
    unsettled_orders,
    versions_of,
)

__all__ = [
    "POOL_ORDERS",
    "UNSETTLED",
    "Rates",
    "attach_offers",
    "attach_pick_states",
    "commissions_page",
    "is_in_alliance",
    "is_own_shop",
    "own_shops",
    "picks_page",
    "plans_page",
    "pool",
    "probation_ends_at",
    "rates",
    "running_plan",
    "unsettled_orders",
    "versions_of",
]
