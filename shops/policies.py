"""What each place in a shop may do (SH-17), and when a binding is read by an operator (BI-04)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from accounts.enums import AccountKind
from accounts.models import Account
from shops.enums import GrantKind, Relation, ShopType, StaffRole
from shops.models import Binding, Shop

_READ = frozenset(
    {
        "shops.view",
        "catalog.view",
        "orders.view",
        "aftersales.view",
        "affiliates.view",
        "settlements.view",
    }
)
_MANAGE = _READ | {
    "shops.edit",
    "shops.staff",
    "catalog.edit",
    "catalog.price",
    "catalog.stock",
    "catalog.import",
    "orders.ship",
    "orders.remark",
    "orders.reveal",
    "orders.export",
    "aftersales.decide",
    "affiliates.edit",
    "audit.view",
}

#: Permissions are ``room.verb``; docs/architecture.md lists them. Binding and payouts are the
#: owner's: the first gives the shop's face away, the second its money.
PERMISSIONS: dict[str, frozenset[str]] = {
    StaffRole.OWNER: _MANAGE | {"shops.binding", "settlements.payout"},
    StaffRole.MANAGER: _MANAGE,
    StaffRole.PRODUCT_EDITOR: frozenset(
        {
            "shops.view",
            "catalog.view",
            "catalog.edit",
            "catalog.stock",
            "catalog.import",
        }
    ),
    StaffRole.ORDER_CLERK: frozenset(
        {
            "shops.view",
            "catalog.view",
            "catalog.stock",
            "orders.view",
            "orders.ship",
            "orders.remark",
            "orders.reveal",
            "orders.export",
        }
    ),
    StaffRole.AFTERSALES_AGENT: frozenset(
        {
            "shops.view",
            "catalog.view",
            "orders.view",
            "orders.remark",
            "orders.reveal",
            "aftersales.view",
            "aftersales.decide",
        }
    ),
    StaffRole.FINANCE: frozenset(
        {
            "shops.view",
            "orders.view",
            "orders.export",
            "aftersales.view",
            "affiliates.view",
            "settlements.view",
            "settlements.payout",
            "audit.view",
        }
    ),
    # Sells in a live session: prices and stock while it runs, offers to creators, no addresses.
    StaffRole.LIVE_OPERATOR: frozenset(
        {
            "shops.view",
            "catalog.view",
            "catalog.price",
            "catalog.stock",
            "orders.view",
            "affiliates.view",
            "affiliates.edit",
        }
    ),
    StaffRole.READ_ONLY: _READ,
}

#: What a second person holds, who decides about the shop's money.
SECOND_PERSON = "settlements.payout"
#: Who holds one of these signs in with a second factor: they reach money, or the shop's face.
GUARDED = frozenset({"settlements.payout", "shops.binding"})


def permissions_of(role: str) -> frozenset[str]:
    """Return what staff of `role` may do; nothing for a role that is not known."""
    return PERMISSIONS.get(role, frozenset())


def roles_with(permission: str) -> list[str]:
    """Return the roles whose holders may do `permission`."""
    return [role for role, held in PERMISSIONS.items() if permission in held]


def may_grant(held: frozenset[str], role: str) -> bool:
    """Tell whether a holder of `held` may give `role`: nobody grants what they do not hold."""
    return "shops.staff" in held and permissions_of(role) <= held


def official_permissions(binding: Binding) -> frozenset[str]:
    """Return what the owner of a shop's official account may do in its console (BI-14).

    Of one legal entity what a manager may, else what a live operator may; never deciding about
    staff: a place given away would outlast the binding.
    """
    role = StaffRole.MANAGER if binding.is_same_entity else StaffRole.LIVE_OPERATOR
    return permissions_of(role) - {"shops.staff"}


def is_same_entity(shop: Shop, account: Account) -> bool:
    """Tell whether one legal entity stands behind both (BI-04). The shop's merchant is loaded."""
    merchant = shop.merchant
    return merchant is not None and merchant.credit_code == account.credit_code


def needs_review(shop: Shop, account: Account, relation: str) -> bool:
    """Tell whether an operator reads a letter of authorisation before the two are bound (BI-04).

    Of one legal entity never; of two when the account acts for others anyway (cooperation,
    employee), or when it is a company's and becomes the shop's official one.
    """
    if is_same_entity(shop, account):
        return False
    if account.kind in (AccountKind.COOPERATION, AccountKind.EMPLOYEE):
        return True
    is_company = account.kind in (AccountKind.ENTERPRISE, AccountKind.BRAND)
    return relation == Relation.OFFICIAL and is_company


#: Types that stand on rights to brands (SH-02).
FLAGSHIPS = frozenset({ShopType.FLAGSHIP, ShopType.STORE_FLAGSHIP, ShopType.OFFICIAL_FLAGSHIP})
BRAND_TYPES = FLAGSHIPS | {ShopType.BRAND_SPECIALTY, ShopType.MULTI_BRAND}


class BrandHold(NamedTuple):
    """A right of a shop to a brand: public ids; an empty category means every one."""

    brand: str
    kind: str
    category: str
    #: By the platform; else it waits for that.
    is_accepted: bool


def bears_type(shop_type: str, holds: Iterable[BrandHold], category: str) -> bool:
    """Tell whether rights to brands bear a shop of `shop_type` in the top `category` (SH-02).

    A flagship (旗舰) is the brand's owner or holds it exclusively; a brand specialty (专卖) carries
    exactly one; a multi-brand specialty (专营) two or more in its one top category.
    """
    held = list(holds)
    brands = {one.brand for one in held}
    if shop_type in FLAGSHIPS:
        return any(one.kind in (GrantKind.OWNER, GrantKind.EXCLUSIVE) for one in held)
    if shop_type == ShopType.BRAND_SPECIALTY:
        return len(brands) == 1
    if shop_type == ShopType.MULTI_BRAND:
        there = {one.brand for one in held if one.category in ("", category)}
        return bool(category) and len(there) >= 2
    return True
