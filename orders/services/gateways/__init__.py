"""Gateways by name: ports with adapters. A name that is not offered is refused."""

from __future__ import annotations

from django.conf import settings

from orders.errors import UnknownGateway
from orders.services.gateways.port import Gateway
from orders.services.gateways.sandbox import SandboxGateway


def offered() -> dict[str, Gateway]:
    """Return the gateways that are switched on, by name."""
    return {SandboxGateway.name: SandboxGateway()} if settings.HAODIAN_SANDBOX else {}


def get(name: str) -> Gateway:
    """Return the gateway called `name`. Raises UnknownGateway."""
    try:
        return offered()[name]
    except KeyError:
        raise UnknownGateway from None
