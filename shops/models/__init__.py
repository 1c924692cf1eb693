"""Shops, how they are admitted, who works in them, what they promise, whose face they wear."""

from shops.models.admission import Admission
from shops.models.binding import Binding, NameChange
from shops.models.promise import FreightTemplate, Guarantee, ReturnAddress
from shops.models.shop import Merchant, Shop
from shops.models.staff import Staff

__all__ = [
    "Admission",
    "Binding",
    "FreightTemplate",
    "Guarantee",
    "Merchant",
    "NameChange",
    "ReturnAddress",
    "Shop",
    "Staff",
]
