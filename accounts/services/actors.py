"""Who acts: what accounts answers to `kernel.actors.resolve`. One query each, no write."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Exists, Value

from accounts.enums import CreatorStatus, RoleKind, RoleStatus
from accounts.models import Agency, Creator, RoleProfile
from accounts.policies import PLATFORM_PERMISSIONS
from kernel import second_factor
from kernel.actors import Actor, Role


def creator_actor(user_id: int, keys: Mapping[str, str]) -> Actor | None:
    """Return the creator that the user is, or None; a suspended one is nobody."""
    creator = (
        Creator.objects.select_related("account", "user")
        .filter(user_id=user_id, status=CreatorStatus.ACTIVE, user__is_active=True)
        .exclude(suspended(user_id, RoleKind.CREATOR))
        .first()
    )
    if creator is None:
        return None
    return Actor(
        role=Role.CREATOR,
        user_id=user_id,
        creator_id=creator.pk,
        label=f"{creator.account.name} (creator)",
        on_behalf_of=creator.public_id,
    )


def agency_actor(user_id: int, keys: Mapping[str, str]) -> Actor | None:
    """Return the agency that the user owns, or None."""
    agency = (
        Agency.objects.filter(owner_id=user_id, owner__is_active=True)
        .exclude(suspended(user_id, RoleKind.AGENCY_STAFF))
        .first()
    )
    if agency is None:
        return None
    return Actor(
        role=Role.AGENCY,
        user_id=user_id,
        agency_id=agency.pk,
        label=f"{agency.name} (agency)",
        on_behalf_of=agency.public_id,
    )


def support_actor(user_id: int, keys: Mapping[str, str]) -> Actor | None:
    """Return the support agent that the user is, or None."""
    return _platform_actor(user_id, RoleKind.SUPPORT, Role.SUPPORT)


def operator_actor(user_id: int, keys: Mapping[str, str]) -> Actor | None:
    """Return the operator that the user is, or None."""
    return _platform_actor(user_id, RoleKind.OPERATOR, Role.OPERATOR)


def _platform_actor(user_id: int, kind: RoleKind, role: Role) -> Actor | None:
    is_missing = second_factor.is_missing() if second_factor.is_demanded() else Value(value=False)
    profile = (
        RoleProfile.objects.select_related("user")
        .filter(user_id=user_id, role=kind, status=RoleStatus.ACTIVE, user__is_active=True)
        .annotate(has_no_factor=is_missing)
        .first()
    )
    if profile is None:
        return None
    has_no_factor: bool = profile.has_no_factor  # type: ignore[attr-defined]
    return Actor(
        role=role,
        user_id=user_id,
        permissions=PLATFORM_PERMISSIONS[kind],
        label=f"{profile.user} ({kind.value})",
        is_guarded=True,
        needs_second_factor=has_no_factor,  # they see every tenant
    )


def suspended(user_id: int, *roles: str) -> Exists:
    """Return the condition that one of the user's `roles` is suspended, for a resolver's query."""
    return Exists(
        RoleProfile.objects.filter(user_id=user_id, role__in=roles, status=RoleStatus.SUSPENDED)
    )
