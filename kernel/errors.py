"""Refusals that a caller is meant to meet.

A service raises a `DomainError`; the API turns it into `application/problem+json`, a console into a
message on the form. `code` is public API: it is stable, the text is not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class FieldError:
    """One fault in the input: a JSON pointer to the place, a stable code, a sentence."""

    pointer: str
    code: str
    detail: str | Promise


class DomainError(Exception):
    """A business rule said no; nothing was changed.

    Subclasses set `code` (stable), `status` (HTTP) and `message` (translatable). `errors` names the
    faulty fields, `extra` adds machine-readable members to the problem document.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    message: ClassVar[str | Promise] = _("This is not possible now.")

    def __init__(
        self,
        detail: str | Promise | None = None,
        *,
        errors: Sequence[FieldError] = (),
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        self.detail = detail if detail is not None else self.message
        self.errors = tuple(errors)
        self.extra = dict(extra or {})
        super().__init__(str(self.detail))


class InvalidInput(DomainError):
    """The request is understood and wrong; `errors` says where."""

    code = "invalid"
    status = 400
    message = _("The input is not valid.")


class NotFound(DomainError):
    """Missing, foreign and forbidden look the same from outside."""

    code = "not_found"
    status = 404
    message = _("There is nothing here.")


class NotAllowed(DomainError):
    """The actor is inside, but may not do this."""

    code = "not_allowed"
    status = 403
    message = _("You are not allowed to do this.")


class SecondFactorRequired(DomainError):
    """The actor's role works with two-step sign-in only, and they have not set it up."""

    code = "second_factor_required"
    status = 403
    message = _("Set up two-step sign-in first: your role works with it only.")


class IllegalTransition(DomainError):
    """Somebody else moved it first, or the move was never allowed."""

    code = "illegal_transition"
    message = _("The state no longer allows this.")


class StaleVersion(DomainError):
    """The decision was made on an older version than the one stored."""

    code = "stale_version"
    message = _("This was changed in the meantime. Load it again.")


class KeyReused(DomainError):
    """The same idempotency key came with another body."""

    code = "idempotency_key_reused"
    status = 422
    message = _("This idempotency key was used for another request.")


class KeyInFlight(DomainError):
    """The first request with this key is still running."""

    code = "idempotency_in_flight"
    message = _("The first request with this key is still running.")


class Busy(DomainError):
    """A lock or a queue was not free in time; the same request may be sent again."""

    code = "busy"
    status = 503
    message = _("Busy. Please try again in a moment.")


class TooOften(DomainError):
    """Somebody does this more often than they may; after `wait` seconds it is possible again."""

    code = "too_often"
    status = 429
    message = _("Too often. Please try again in a moment.")

    def __init__(self, wait: float) -> None:
        self.wait = wait
        super().__init__()
