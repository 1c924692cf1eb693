"""What a machine finds in an application before a person looks (SH-03); rooms above add to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.translation import gettext

from shops.enums import ShopType
from shops.models import Admission, Merchant, Shop

#: A field to correct: ``{"field", "code", "message"}``.
Fault = Mapping[str, str]
#: Returns what is wrong, nothing for what is right. Runs behind the shop's wall.
Check = Callable[[Admission], list[Fault]]

_checks: dict[str, Check] = {}

#: Words that only a brand's own shops carry in their names (SH-02).
BRAND_SHOP_WORDS = ("旗舰", "专卖", "专营", "flagship", "official")
_BRAND_TYPES = frozenset(
    {
        ShopType.FLAGSHIP,
        ShopType.OFFICIAL_FLAGSHIP,
        ShopType.BRAND_SPECIALTY,
        ShopType.MULTI_BRAND,
    }
)


def register(name: str, check: Check) -> None:
    """Let `check(admission)` send applications back. A second one of a name replaces the first."""
    _checks[name] = check


def run(admission: Admission) -> list[Fault]:
    """Return what every check found, in order of registration."""
    return [fault for check in _checks.values() for fault in check(admission)]


def _legal_name(admission: Admission) -> list[Fault]:
    known = Merchant.objects.filter(credit_code=admission.credit_code).first()
    if known is None or known.legal_name == admission.legal_name:
        return []
    message = gettext("This credit code belongs to another legal name.")
    return [{"field": "legal_name", "code": "merchant_mismatch", "message": message}]


def _shop_name(admission: Admission) -> list[Fault]:
    shop = Shop.objects.get(pk=admission.shop_id)
    words = [word for word in BRAND_SHOP_WORDS if word in shop.name.casefold()]
    if not words or shop.type in _BRAND_TYPES:
        return []
    message = gettext("A shop of this type may not be called “%(word)s”.") % {"word": words[0]}
    return [{"field": "name", "code": "brand_word", "message": message}]


register("legal_name", _legal_name)
register("shop_name", _shop_name)
