"""Where somebody is signed in: browsers and apps, and ending what one does not know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user_model
from django.db import transaction

from kernel import audit
from kernel.actors import Actor
from kernel.errors import NotFound


@dataclass(frozen=True)
class SignedIn:
    """One session: from where, with what, since when."""

    pk: int
    ip: str
    user_agent: str
    since: datetime
    is_current: bool


def sessions_of(user_id: int, *, current_key: str | None) -> Sequence[SignedIn]:
    """Return the sessions of the user that still work, the present one first, then the newest."""
    user = get_user_model()._default_manager.get(pk=user_id)
    found = [
        SignedIn(one.pk, one.ip, one.user_agent, one.last_seen_at, one.session_key == current_key)
        for one in UserSession.objects.purge_and_list(user)
    ]
    return sorted(found, key=lambda one: (not one.is_current, -one.since.timestamp()))


@transaction.atomic
def end_others(*, user_id: int, current_key: str | None, at: datetime, actor: Actor) -> int:
    """Sign the user out everywhere but here; return how many sessions that ended.

    An access token that an app was given before works until it expires, 15 minutes at most.
    """
    others = UserSession.objects.filter(user_id=user_id).exclude(session_key=current_key or "")
    return _end(list(others), user_id, at, actor)


@transaction.atomic
def end_one(*, user_id: int, session_pk: int, at: datetime, actor: Actor) -> None:
    """End one session of the user. Raises NotFound for another person's."""
    mine = list(UserSession.objects.filter(user_id=user_id, pk=session_pk))
    if not mine:
        raise NotFound
    _end(mine, user_id, at, actor)


def _end(sessions: Sequence[UserSession], user_id: int, at: datetime, actor: Actor) -> int:
    for one in sessions:
        one.end()
    if sessions:
        audit.record(
            actor=actor,
            action="kernel.sessions_ended",
            target=get_user_model()._default_manager.get(pk=user_id),
            at=at,
            after={"sessions": len(sessions)},
        )
    return len(sessions)
