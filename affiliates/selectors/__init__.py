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
    OWN_RELATIONS,
    UNSETTLED,
    Rates,
    is_in_alliance,
    is_own_shop,
    own_shops,
    rates,
    running_plan,
    unsettled_orders,
    versions_of,
)

__all__ = [
    "OWN_RELATIONS",
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
    "rates",
    "running_plan",
    "unsettled_orders",
    "versions_of",
]
