"""Who acts: what shops answers to `kernel.actors.resolve`."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Q

from accounts.enums import RoleKind
from accounts.services.actors import suspended
from kernel.actors import Actor, Role
from shops.enums import StaffRole, StaffStatus
from shops.models import Staff
from shops.policies import permissions_of


def merchant_actor(user_id: int, keys: Mapping[str, str]) -> Actor | None:
    """Return the actor that the user is in the shop ``keys["shop_id"]`` (a public id), or None.

    Without that key (a log-in to the console) it is the user's first active place. One query.
    """
    places = Staff.objects.select_related("user").filter(
        user_id=user_id, status=StaffStatus.ACTIVE, user__is_active=True
    )
    if "shop_id" in keys:
        places = places.filter(shop__public_id=keys["shop_id"])
    # A suspended role opens no door, whatever places it holds (AC-01).
    place = (
        places.exclude(Q(role=StaffRole.OWNER) & Q(suspended(user_id, RoleKind.MERCHANT_OWNER)))
        .exclude(~Q(role=StaffRole.OWNER) & Q(suspended(user_id, RoleKind.MERCHANT_STAFF)))
        .order_by("pk")
        .first()
    )
    if place is None:
        return None
    return Actor(
        role=Role.MERCHANT,
        user_id=user_id,
        shop_id=place.shop_id,
        permissions=permissions_of(place.role),
        label=label_of(place),
    )


def label_of(place: Staff) -> str:
    """Return how records name a member of staff, e.g. "Lin (order clerk)". The user is loaded."""
    return f"{place.user or place.email} ({str(place.role).replace('_', ' ')})"
