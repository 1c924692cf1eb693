"""How somebody becomes a user (decisions: sign-in is allauth's, the roles are ours)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.enums import RoleKind
from accounts.models import RoleProfile, User
from accounts.services import roles
from kernel.actors import SYSTEM


class AccountAdapter(DefaultAccountAdapter):
    """What allauth does at a sign-up, plus the consumer's role. ACCOUNT_ADAPTER names it."""

    @transaction.atomic
    def save_user(self, request: Any, user: Any, form: Any, commit: bool = True) -> Any:
        user = super().save_user(request, user, form, commit=commit)
        if commit:
            RoleProfile.objects.get_or_create(user=user, role=RoleKind.CONSUMER)
        return user


@transaction.atomic
def register(*, email: str, password: str | None, name: str, at: datetime) -> User:
    """Return a new user with a confirmed address and the consumer's role, for commands and demos.

    Without a password nobody can log in as them.

    Raises IntegrityError when the address is known.
    """
    user = User.objects.create_user(email=email, password=password, name=name)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    roles.grant(user=user, role=RoleKind.CONSUMER, at=at, actor=SYSTEM)
    return user
