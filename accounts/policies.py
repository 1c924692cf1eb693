"""What each platform role may do."""

from __future__ import annotations

import re

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
            "insights.operate",
            "governance.operate",
            "audit.view",
        }
    ),
}

_CREDIT_CODE = re.compile(r"[0-9A-Z]{18}")


def is_credit_code(text: str) -> bool:
    """Tell whether `text` has the form of a unified social credit code (GB 32100)."""
    return _CREDIT_CODE.fullmatch(text) is not None
