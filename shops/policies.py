"""What each place in a shop may do (SH-17)."""

from __future__ import annotations

from shops.enums import StaffRole

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
    "aftersales.decide",
    "affiliates.edit",
    "audit.view",
}

#: Permissions are ``room.verb``; docs/architecture.md lists them. Binding and payouts are the
#: owner's: the first gives the shop's face away, the second its money.
PERMISSIONS: dict[str, frozenset[str]] = {
    StaffRole.OWNER: _MANAGE | {"shops.binding", "settlements.payout"},
    StaffRole.MANAGER: _MANAGE,
    StaffRole.ORDER_CLERK: frozenset(
        {
            "shops.view",
            "catalog.view",
            "catalog.stock",
            "orders.view",
            "orders.ship",
            "orders.remark",
            "orders.reveal",
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
            "aftersales.view",
            "affiliates.view",
            "settlements.view",
            "settlements.payout",
            "audit.view",
        }
    ),
    StaffRole.READ_ONLY: _READ,
}


def permissions_of(role: str) -> frozenset[str]:
    """Return what staff of `role` may do; nothing for a role that is not known."""
    return PERMISSIONS.get(role, frozenset())


def may_grant(held: frozenset[str], role: str) -> bool:
    """Tell whether a holder of `held` may give `role`: nobody grants what they do not hold."""
    return "shops.staff" in held and permissions_of(role) <= held
