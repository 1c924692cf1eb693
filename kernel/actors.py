"""Who is acting, for whom, and with which powers: made once a request, passed down as `actor`.

The kernel does not know shops or creators. A room that does registers a resolver for its role, and
doors ask `resolve`; so the rule "who is a merchant of this shop" stands once, in its room.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass


class Role(enum.StrEnum):
    """In which capacity somebody acts. One user may act in several."""

    ANONYMOUS = "anonymous"
    BUYER = "buyer"
    CREATOR = "creator"
    MERCHANT = "merchant"
    AGENCY = "agency"
    SUPPORT = "support"
    OPERATOR = "operator"
    SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    """The acting person. Ids are primary keys; None where the role has none."""

    role: Role
    user_id: int | None = None
    shop_id: int | None = None
    creator_id: int | None = None
    agency_id: int | None = None
    permissions: frozenset[str] = frozenset()
    #: What the negotiation record and the audit show, e.g. "Lin (owner)".
    label: str = ""
    #: The public id of whom they act for: their shop, creator or agency, or the account whose face
    #: let them into the shop. Empty for who acts for themselves, and for the platform.
    on_behalf_of: str = ""
    #: What they may do asks for a second factor, where the system demands one.
    is_guarded: bool = False
    #: What they may do asks for a second factor, and they have none: no door opens but the one
    #: that sets it up.
    needs_second_factor: bool = False

    def may(self, permission: str) -> bool:
        """Tell whether the actor holds `permission` (``room.verb``); the system holds all."""
        return self.role is Role.SYSTEM or permission in self.permissions

    @property
    def is_platform(self) -> bool:
        """Support, operators and the system see across tenants."""
        return self.role in (Role.SUPPORT, Role.OPERATOR, Role.SYSTEM)


SYSTEM = Actor(role=Role.SYSTEM, label="system")
ANONYMOUS = Actor(role=Role.ANONYMOUS)

#: Takes the user's id and the keys that narrow the role (``shop_id`` from the address, a public
#: id). Returns the actor, or None when the user does not hold the role there.
Resolver = Callable[[int, Mapping[str, str]], Actor | None]

_resolvers: dict[Role, Resolver] = {}


def register_resolver(role: Role, resolver: Resolver) -> None:
    """Let `resolver` answer for `role`. Called from a room's `apps.ready()`."""
    _resolvers[role] = resolver


def resolve(role: Role, user_id: int | None, keys: Mapping[str, str]) -> Actor | None:
    """Return the actor that user `user_id` is in `role`, or None."""
    if user_id is None:
        return ANONYMOUS if role is Role.ANONYMOUS else None
    if role in (Role.ANONYMOUS, Role.BUYER):
        return Actor(role=Role.BUYER, user_id=user_id)
    resolver = _resolvers.get(role)
    return resolver(user_id, keys) if resolver else None
