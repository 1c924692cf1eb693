"""The roles that people hold (AC-01)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.enums import RoleKind, RoleStatus
from accounts.errors import RoleNotSuspendable
from accounts.models import RoleProfile, User
from kernel import audit, states, walls
from kernel.actors import Actor

#: Roles that open something when they are given, and are therefore audited.
_PLATFORM = (RoleKind.SUPPORT, RoleKind.OPERATOR)


@transaction.atomic
def grant(*, user: User, role: str, at: datetime, actor: Actor) -> RoleProfile:
    """Let `user` hold `role`; a role that is held already stays as it is, suspended or not."""
    with walls.outside("a role is the person's, wherever it was given"):
        profile, is_new = RoleProfile.objects.get_or_create(user=user, role=role)
    if is_new and role in _PLATFORM:
        audit.record(
            actor=actor, action="accounts.grant_role", target=user, at=at, after={"role": str(role)}
        )
    return profile


@transaction.atomic
def suspend(*, profile: RoleProfile, reason: str, at: datetime, actor: Actor) -> RoleProfile:
    """Close the doors that the role opens; the user's other roles stay.

    Raises RoleNotSuspendable for a consumer, IllegalTransition when it is suspended.
    """
    if profile.role == RoleKind.CONSUMER:
        raise RoleNotSuspendable
    _move(profile, RoleStatus.SUSPENDED, "accounts.suspend_role", reason, at, actor)
    return profile


@transaction.atomic
def restore(*, profile: RoleProfile, reason: str, at: datetime, actor: Actor) -> RoleProfile:
    """Open the role's doors again. Raises IllegalTransition when it is not suspended."""
    _move(profile, RoleStatus.ACTIVE, "accounts.restore_role", reason, at, actor)
    return profile


def _move(
    profile: RoleProfile, to: RoleStatus, action: str, reason: str, at: datetime, actor: Actor
) -> None:
    was = states.move(profile, to=to, at=at, actor=actor, reason=reason)
    audit.record(
        actor=actor,
        action=action,
        target=profile.user,
        at=at,
        before={"role": profile.role, "status": was},
        after={"role": profile.role, "status": str(to)},
        reason=reason,
    )
