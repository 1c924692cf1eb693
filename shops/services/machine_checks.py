"""What a machine finds in an application before a person looks (SH-03); rooms above add to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.translation import gettext

from shops.enums import ShopType
from shops.models import Admission, Merchant, Shop
from shops.policies import BRAND_TYPES
from shops.selectors.checklist import brands_in

#: A field to correct: ``{"field", "code", "message"}``.
Fault = Mapping[str, str]
#: Returns what is wrong, nothing for what is right. Runs behind the shop's wall.
Check = Callable[[Admission], list[Fault]]

_checks: dict[str, Check] = {}

#: Words that only a brand's own shops carry in their names (SH-02).
BRAND_SHOP_WORDS = ("旗舰", "专卖", "专营", "flagship", "official")


def register(name: str, check: Check) -> None:
    """Let `check(admission)` send applications back. A second one of a name replaces the first."""
    _checks[name] = check


def run(admission: Admission) -> list[Fault]:
    """Return what every check found, in order of registration."""
    return [fault for check in _checks.values() for fault in check(admission)]


def refused_word(shop_type: str, name: str) -> str:
    """Return the word that a shop of this type may not carry in its name; empty for a good name.

    旗舰 and the like are for the types that stand on brands; an individual carries no brand's name
    either (SH-02).
    """
    words = [one for one in BRAND_SHOP_WORDS if one in name.casefold()]
    if words and shop_type not in BRAND_TYPES:
        return words[0]
    brands = brands_in(name) if shop_type == ShopType.INDIVIDUAL else ()
    return next(iter(brands), "")


def _legal_name(admission: Admission) -> list[Fault]:
    known = Merchant.objects.filter(credit_code=admission.credit_code).first()
    if known is None or known.legal_name == admission.legal_name:
        return []
    message = gettext("This credit code belongs to another legal name.")
    return [{"field": "legal_name", "code": "merchant_mismatch", "message": message}]


def _shop_name(admission: Admission) -> list[Fault]:
    shop = Shop.objects.get(pk=admission.shop_id)
    word = refused_word(shop.type, shop.name)
    if not word:
        return []
    message = gettext("A shop of this type may not be called “%(word)s”.") % {"word": word}
    return [{"field": "name", "code": "brand_word", "message": message}]


register("legal_name", _legal_name)
register("shop_name", _shop_name)
