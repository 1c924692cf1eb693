"""Who acts: what shops answers to `kernel.actors.resolve`."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import F, Q, QuerySet, Value

from accounts.enums import RoleKind
from accounts.services.actors import suspended
from kernel import second_factor
from kernel.actors import Actor, Role
from shops.enums import Relation, StaffRole, StaffStatus
from shops.models import Binding, Staff
from shops.policies import GUARDED, official_permissions, permissions_of


def merchant_actor(user_id: int, keys: Mapping[str, str]) -> Actor | None:
    """Return the actor that the user is in the shop ``keys["shop_id"]`` (a public id), or None.

    Without that key (a log-in to the console) it is the user's first active place. One query; a
    second one for who has no place: the owner of the shop's official account comes in too (BI-14).
    """
    places = working_places(user_id)
    if "shop_id" in keys:
        places = places.filter(shop__public_id=keys["shop_id"])
    is_missing = second_factor.is_missing() if second_factor.is_demanded() else Value(value=False)
    places = places.annotate(has_no_factor=is_missing, shop_name=F("shop__public_id"))
    place = places.order_by("pk").first()
    if place is None:
        return _official_actor(user_id, keys)
    held = permissions_of(place.role)
    return Actor(
        role=Role.MERCHANT,
        user_id=user_id,
        shop_id=place.shop_id,
        permissions=held,
        label=label_of(place),
        on_behalf_of=place.shop_name,
        is_guarded=bool(held & GUARDED),
        needs_second_factor=place.has_no_factor and bool(held & GUARDED),
    )


def working_places(user_id: int) -> QuerySet[Staff]:
    """Return the places that let the user in, with the user."""
    places = Staff.objects.select_related("user").filter(
        user_id=user_id, status=StaffStatus.ACTIVE, user__is_active=True
    )
    # A suspended role opens no door, whatever places it holds (AC-01).
    return places.exclude(
        Q(role=StaffRole.OWNER) & Q(suspended(user_id, RoleKind.MERCHANT_OWNER))
    ).exclude(~Q(role=StaffRole.OWNER) & Q(suspended(user_id, RoleKind.MERCHANT_STAFF)))


def official_shops(user_id: int) -> QuerySet[Binding]:
    """Return the bindings in force by which an account of the user is a shop's face (BI-14)."""
    bound = Binding.objects.in_force().select_related("account__owner")
    return bound.filter(
        relation=Relation.OFFICIAL, account__owner_id=user_id, account__owner__is_active=True
    ).exclude(suspended(user_id, RoleKind.CREATOR))


def label_of(place: Staff) -> str:
    """Return how records name a member of staff, e.g. "Lin (order clerk)". The user is loaded."""
    return f"{place.user or place.email} ({str(place.role).replace('_', ' ')})"


def _official_actor(user_id: int, keys: Mapping[str, str]) -> Actor | None:
    bound = official_shops(user_id)
    if "shop_id" in keys:
        bound = bound.filter(shop__public_id=keys["shop_id"])
    binding = bound.order_by("pk").first()
    if binding is None:
        return None
    return Actor(
        role=Role.MERCHANT,
        user_id=user_id,
        shop_id=binding.shop_id,
        permissions=official_permissions(binding),
        label=f"{binding.account.owner} (official account)",
        on_behalf_of=binding.account.public_id,
    )
