"""What each platform role may do."""

from __future__ import annotations

from accounts.enums import RoleKind

#: Permissions are ``room.verb``; docs/architecture.md lists them.
PLATFORM_PERMISSIONS: dict[str, frozenset[str]] = {
    RoleKind.SUPPORT: frozenset({"aftersales.decide", "orders.view", "orders.reveal"}),
    RoleKind.OPERATOR: frozenset(
        {
            "kernel.operate",
            "ledger.operate",
            "accounts.operate",
            "shops.operate",
            "catalog.operate",
            "orders.operate",
            "affiliates.operate",
            "aftersales.operate",
            "settlements.operate",
            "audit.view",
        }
    ),
}
