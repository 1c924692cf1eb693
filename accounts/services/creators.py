"""People who sell with content, and who manages them."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.enums import CreatorStatus, RoleKind
from accounts.errors import AlreadyAgency, AlreadyCreator
from accounts.models import Account, Agency, Creator, User
from accounts.services import roles
from kernel import audit, states
from kernel.actors import Actor


@transaction.atomic
def become_creator(*, user: User, account: Account, at: datetime, actor: Actor) -> Creator:
    """Make the user a creator who presents through `account`, one of theirs.

    Raises AlreadyCreator when the user or the account is one.
    """
    try:
        with transaction.atomic():
            creator = Creator.objects.create(user=user, account=account)
    except IntegrityError:
        raise AlreadyCreator from None
    roles.grant(user=user, role=RoleKind.CREATOR, at=at, actor=actor)
    return creator


@transaction.atomic
def suspend_creator(*, creator: Creator, reason: str, at: datetime, actor: Actor) -> Creator:
    """Take the creator's doors away. Raises IllegalTransition when they are suspended."""
    _move(creator, CreatorStatus.SUSPENDED, "accounts.suspend_creator", reason, at, actor)
    return creator


@transaction.atomic
def restore_creator(*, creator: Creator, reason: str, at: datetime, actor: Actor) -> Creator:
    """Give them back. Raises IllegalTransition when the creator is not suspended."""
    _move(creator, CreatorStatus.ACTIVE, "accounts.restore_creator", reason, at, actor)
    return creator


@transaction.atomic
def create_agency(*, owner: User, name: str, at: datetime, actor: Actor) -> Agency:
    """Make an agency that `owner` acts for. Raises AlreadyAgency when they have one."""
    try:
        with transaction.atomic():
            agency = Agency.objects.create(owner=owner, name=name)
    except IntegrityError:
        raise AlreadyAgency from None
    roles.grant(user=owner, role=RoleKind.AGENCY_STAFF, at=at, actor=actor)
    return agency


def _move(
    creator: Creator, to: CreatorStatus, action: str, reason: str, at: datetime, actor: Actor
) -> None:
    was = states.move(creator, to=to, at=at, actor=actor, reason=reason)
    audit.record(
        actor=actor,
        action=action,
        target=creator,
        at=at,
        before={"status": was},
        after={"status": str(to)},
        reason=reason,
    )
