"""Who works in a shop (SH-17): invited, accepted, given another role, removed.

The shop's row is locked by whoever changes its staff, so that two of them never count the same last
owner.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.enums import RoleKind
from accounts.models import User
from accounts.services import roles
from kernel import audit, states
from kernel.actors import Actor, Role
from kernel.errors import NotFound
from shops.enums import StaffRole, StaffStatus
from shops.errors import AlreadyStaff, InvitationExpired, LastOwner, RoleBeyondOwn
from shops.models import Shop, Staff
from shops.policies import may_grant


@dataclass(frozen=True)
class Invitation:
    """A place that waits for its person. `token` is shown this once; only its hash is kept."""

    staff: Staff
    token: str


@transaction.atomic
def invite_staff(*, shop_id: int, email: str, role: str, at: datetime, actor: Actor) -> Invitation:
    """Invite whoever owns `email`; an earlier invitation to it is void.

    Raises RoleBeyondOwn, AlreadyStaff.
    """
    _refuse_beyond(actor, role)
    _lock(shop_id)
    email = email.strip().lower()
    places = Staff.objects.filter(shop_id=shop_id, email=email)
    if places.filter(status=StaffStatus.ACTIVE).exists():
        raise AlreadyStaff
    for earlier in places.filter(status=StaffStatus.INVITED):
        states.move(earlier, to=StaffStatus.REMOVED, at=at, actor=actor, reason="invited again")
    token = secrets.token_urlsafe(32)
    staff = Staff.objects.create(
        shop_id=shop_id,
        email=email,
        role=role,
        token_hash=_hash(token),
        expires_at=at + settings.INVITATION_VALID_FOR,
    )
    _record("shops.invite_staff", staff, at, actor, after={"role": str(role)})
    return Invitation(staff, token)


@transaction.atomic
def accept_invitation(*, token: str, user: User, at: datetime) -> Staff:
    """Take the place that the token offers. It is for the invited address alone, and works once.

    Raises NotFound for an unknown, used or foreign token, InvitationExpired, AlreadyStaff.
    """
    staff = Staff.objects.filter(token_hash=_hash(token), status=StaffStatus.INVITED).first()
    if staff is None or staff.email != user.email:
        raise NotFound
    _lock(staff.shop_id)
    if staff.expires_at is None or staff.expires_at <= at:
        raise InvitationExpired
    actor = Actor(role=Role.BUYER, user_id=user.pk, label=str(user))
    try:
        with transaction.atomic():
            states.move(staff, to=StaffStatus.ACTIVE, at=at, actor=actor, user=user, token_hash="")
    except IntegrityError as error:
        if "staff_once" not in str(error):
            raise
        raise AlreadyStaff from None
    is_owner = staff.role == StaffRole.OWNER
    kind = RoleKind.MERCHANT_OWNER if is_owner else RoleKind.MERCHANT_STAFF
    roles.grant(user=user, role=kind, at=at, actor=actor)
    _record("shops.accept_invitation", staff, at, actor, after={"role": str(staff.role)})
    return staff


@transaction.atomic
def change_role(*, staff: Staff, role: str, at: datetime, actor: Actor) -> Staff:
    """Give an active member another role.

    Raises RoleBeyondOwn when either role does more than the actor's, LastOwner, NotFound for
    somebody who does not work there.
    """
    _lock(staff.shop_id)
    staff = Staff.objects.named().get(pk=staff.pk)
    if staff.status != StaffStatus.ACTIVE:
        raise NotFound
    _refuse_beyond(actor, staff.role, role)
    if staff.role == StaffRole.OWNER and role != StaffRole.OWNER:
        _refuse_last_owner(staff)
    was, staff.role = staff.role, role
    staff.save(update_fields=["role"])
    if role == StaffRole.OWNER and staff.user is not None:
        roles.grant(user=staff.user, role=RoleKind.MERCHANT_OWNER, at=at, actor=actor)
    _record(
        "shops.change_staff_role",
        staff,
        at,
        actor,
        before={"role": str(was)},
        after={"role": str(role)},
    )
    return staff


@transaction.atomic
def remove_staff(*, staff: Staff, at: datetime, actor: Actor) -> Staff:
    """Take a place or an invitation away; what the person did stays signed with their name.

    Raises RoleBeyondOwn, LastOwner, IllegalTransition when it is gone.
    """
    _lock(staff.shop_id)
    staff = Staff.objects.get(pk=staff.pk)
    _refuse_beyond(actor, staff.role)
    if staff.role == StaffRole.OWNER and staff.status == StaffStatus.ACTIVE:
        _refuse_last_owner(staff)
    was = states.move(staff, to=StaffStatus.REMOVED, at=at, actor=actor, token_hash="")
    _record("shops.remove_staff", staff, at, actor, before={"status": was})
    return staff


def _lock(shop_id: int) -> None:
    Shop.objects.select_for_update(no_key=True, of=("self",)).get(pk=shop_id)


def _refuse_beyond(actor: Actor, *wanted: str) -> None:
    if actor.role is Role.SYSTEM:
        return
    if not all(may_grant(actor.permissions, role) for role in wanted):
        raise RoleBeyondOwn


def _refuse_last_owner(staff: Staff) -> None:
    owners = Staff.objects.filter(
        shop_id=staff.shop_id,
        role=StaffRole.OWNER,
        status=StaffStatus.ACTIVE,
        user__is_active=True,
    )
    if not owners.exclude(pk=staff.pk).exists():
        raise LastOwner


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _record(
    action: str,
    staff: Staff,
    at: datetime,
    actor: Actor,
    before: dict[str, str] | None = None,
    after: dict[str, str] | None = None,
) -> None:
    audit.record(actor=actor, action=action, target=staff, at=at, before=before, after=after)
