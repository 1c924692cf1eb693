"""Helping people back in who lost what they sign in with."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from kernel import browser_sessions, second_factor
from kernel.actors import Actor


@transaction.atomic
def take_second_factor(*, user: User, reason: str, at: datetime, actor: Actor) -> None:
    """Take away a lost authenticator app with its codes; all sessions of `user` have ended then.

    The password stays as it is, and nobody is told it. Raises OwnSecondFactor,
    SecondFactorMissing; nothing is changed then.
    """
    second_factor.take_away(user_id=user.pk, reason=reason, at=at, actor=actor)
    browser_sessions.end_others(user_id=user.pk, current_key=None, at=at, actor=actor)
