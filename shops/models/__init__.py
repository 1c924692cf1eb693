"""Shops, how they are admitted, who works in them, what they promise, whose face they wear."""

from shops.models.admission import Admission, AdmissionAnswer, Checklist
from shops.models.approval import Approval
from shops.models.binding import Binding, NameChange
from shops.models.document import ShopDocument
from shops.models.promise import FreightRule, FreightTemplate, Guarantee, ReturnAddress
from shops.models.restriction import ShopRestriction
from shops.models.shipping import Holiday, ShippingPromise, SpecialDate
from shops.models.shop import Merchant, Shop
from shops.models.staff import Staff

__all__ = [
    "Admission",
    "AdmissionAnswer",
    "Approval",
    "Binding",
    "Checklist",
    "FreightRule",
    "FreightTemplate",
    "Guarantee",
    "Holiday",
    "Merchant",
    "NameChange",
    "ReturnAddress",
    "ShippingPromise",
    "Shop",
    "ShopDocument",
    "ShopRestriction",
    "SpecialDate",
    "Staff",
]
