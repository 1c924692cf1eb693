"""Questions about orders that other rooms and the doors ask."""

from orders.selectors.cart import Cart, CartEntry, CartShop, cart_of
from orders.selectors.filters import companions_of, filtered
from orders.selectors.identity import identity_of, now_known_as
from orders.selectors.pages import attach_identity, with_details, with_lines
from orders.selectors.shapes import NowKnownAsOut

__all__ = [
    "Cart",
    "CartEntry",
    "CartShop",
    "NowKnownAsOut",
    "attach_identity",
    "cart_of",
    "companions_of",
    "filtered",
    "identity_of",
    "now_known_as",
    "with_details",
    "with_lines",
]
