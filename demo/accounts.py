"""The log-ins that `make run` prints. They exist in sandboxes only: production refuses to seed."""

from __future__ import annotations

from typing import NamedTuple


class DemoAccount(NamedTuple):
    """One person to log in as."""

    role: str
    email: str
    password: str
    #: The console's path, or empty for people of the apps.
    console: str


PASSWORD = "haodian-demo-2026"  # noqa: S105 -- published on purpose, refused in production

DEMO_ACCOUNTS = [
    DemoAccount("merchant", "merchant@demo.haodian.example", PASSWORD, "/merchant/"),
    DemoAccount("order clerk", "clerk@demo.haodian.example", PASSWORD, "/merchant/"),
    DemoAccount("support", "support@demo.haodian.example", PASSWORD, "/support/"),
    DemoAccount("operator", "operator@demo.haodian.example", PASSWORD, "/operator/"),
    DemoAccount("buyer", "buyer@demo.haodian.example", PASSWORD, ""),
    DemoAccount("creator", "creator@demo.haodian.example", PASSWORD, ""),
    DemoAccount("agency", "agency@demo.haodian.example", PASSWORD, ""),
]
