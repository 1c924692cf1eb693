"""The second step of signing in: an authenticator app, and recovery codes for the day it is lost.

Whoever moves money or gives a shop's face away has one, and so has the platform's own staff, where
SECOND_FACTOR_DEMANDED is on (production). The rooms say whom it is demanded of: their resolvers set
`Actor.needs_second_factor`, and until it is set up no door but the one that sets it up opens.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from kernel import audit
from kernel.actors import Actor
from kernel.crypto import decrypt, encrypt, reseal
from kernel.errors import DomainError, FieldError

#: What an authenticator keeps sealed in its data.
_SECRETS = frozenset({"secret", "seed"})


class SecondFactorExists(DomainError):
    """One authenticator app a person; another one is set up after the first is taken away."""

    code = "second_factor_exists"
    message = _("Two-step sign-in is on already.")


class SecondFactorDemanded(DomainError):
    """What the person does asks for it: it cannot be switched off."""

    code = "second_factor_demanded"
    message = _("Your role works with two-step sign-in only.")


class SecondFactorMissing(DomainError):
    """There is none to take away."""

    code = "second_factor_missing"
    message = _("Two-step sign-in is not on.")


class OwnSecondFactor(DomainError):
    """Nobody gets rid of their own without a code: another operator does it."""

    code = "own_second_factor"
    status = 403
    message = _("Another operator takes away yours.")


class WrongCode(DomainError):
    """The code is not the app's, or it was used before."""

    code = "wrong_code"
    status = 400
    message = _("The code is wrong.")

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/code", self.code, self.message)])


class SealedFactors(DefaultMFAAdapter):
    """Keeps the secrets of authenticator apps sealed. MFA_ADAPTER names it."""

    def encrypt(self, text: str) -> str:
        """Return `text` sealed with the newest field key."""
        return encrypt({"secret": text}).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return what `encrypt` sealed."""
        return str(decrypt(encrypted_text.encode())["secret"])


def reseal_secrets() -> int:
    """Seal what authenticator apps and recovery codes keep with the newest key; return how many."""
    count = 0
    for one in Authenticator.objects.order_by("pk").iterator():
        fresh = {name: _resealed(text) for name, text in one.data.items() if name in _SECRETS}
        changed = {name: text for name, text in fresh.items() if text is not None}
        if changed:
            # As it was read: what was set up anew meanwhile is sealed with the newest key already.
            rows = Authenticator.objects.filter(pk=one.pk, data=one.data)
            count += rows.update(data=one.data | changed)
    return count


def _resealed(text: str) -> str | None:
    fresh = reseal(text.encode())
    return fresh.decode() if fresh else None


def is_missing(user_column: str = "user_id") -> Any:
    """Return the condition that the user in `user_column` has no authenticator app."""
    return ~_apps(OuterRef(user_column))


def is_demanded() -> bool:
    """Tell whether this system demands a second factor of anybody."""
    return bool(settings.SECOND_FACTOR_DEMANDED)


def is_on(user_id: int) -> bool:
    """Tell whether the user signs in with an authenticator app."""
    return Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.TOTP).exists()


def codes_left(user_id: int) -> int:
    """Return how many recovery codes the user has not used."""
    factor = _recovery(user_id)
    return len(RecoveryCodes(factor).get_unused_codes()) if factor else 0


def new_secret() -> str:
    """Return a fresh secret for an authenticator app; it is not in force before `switch_on`."""
    return generate_totp_secret()


@transaction.atomic
def switch_on(*, user_id: int, secret: str, code: str, at: datetime, actor: Actor) -> list[str]:
    """Ask for the app's code at each sign-in from now on; return the recovery codes.

    `code` proves that the app holds `secret`; it is used up by that.

    Raises SecondFactorExists, WrongCode; nothing is changed then.
    """
    user = _lock(user_id)
    if is_on(user_id):
        raise SecondFactorExists
    if not TOTP.activate(user, secret).validate_code(code):
        raise WrongCode
    codes = _fresh_codes(user)
    audit.record(actor=actor, action="kernel.second_factor_on", target=user, at=at)
    return codes


@transaction.atomic
def switch_off(*, user_id: int, code: str, at: datetime, actor: Actor, is_needed: bool) -> None:
    """Sign in with the password alone from now on. `is_needed`: the role demands the second factor.

    Raises SecondFactorDemanded, WrongCode; nothing is changed then.
    """
    user = _lock(user_id)
    if is_needed:
        raise SecondFactorDemanded
    _prove(user, code)
    Authenticator.objects.filter(user_id=user_id).delete()
    audit.record(actor=actor, action="kernel.second_factor_off", target=user, at=at)


@transaction.atomic
def take_away(*, user_id: int, reason: str, at: datetime, actor: Actor) -> None:
    """Let the app and the codes of somebody who lost them be gone, without either.

    Who needs a second factor sets up another one after the next sign-in, before any door opens.

    Raises OwnSecondFactor, SecondFactorMissing; nothing is changed then.
    """
    if actor.user_id == user_id:
        raise OwnSecondFactor
    user = _lock(user_id)
    if not is_on(user_id):
        raise SecondFactorMissing
    Authenticator.objects.filter(user_id=user_id).delete()
    audit.record(
        actor=actor, action="kernel.second_factor_taken", target=user, at=at, reason=reason
    )


@transaction.atomic
def renew_codes(*, user_id: int, code: str, at: datetime, actor: Actor) -> list[str]:
    """Return new recovery codes; the earlier ones are worth nothing any more. Raises WrongCode."""
    user = _lock(user_id)
    _prove(user, code)
    codes = _fresh_codes(user)
    audit.record(actor=actor, action="kernel.recovery_codes_renewed", target=user, at=at)
    return codes


def _apps(user: Any) -> Exists:
    return Exists(Authenticator.objects.filter(user_id=user, type=Authenticator.Type.TOTP))


def _recovery(user_id: int) -> Authenticator | None:
    rows = Authenticator.objects.filter(user_id=user_id)
    return rows.filter(type=Authenticator.Type.RECOVERY_CODES).first()


def _lock(user_id: int) -> Any:
    users: Any = get_user_model()._default_manager
    return users.select_for_update(no_key=True, of=("self",)).get(pk=user_id)


def _prove(user: Any, code: str) -> None:
    """Raise WrongCode unless `code` is the app's or a recovery code; tries are counted."""
    if not AuthenticateForm(data={"code": code}, user=user).is_valid():
        raise WrongCode


def _fresh_codes(user: Any) -> list[str]:
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    return RecoveryCodes.activate(user).get_unused_codes()
