"""Who stands behind an account (AC-04): submitted by its owner, decided by an operator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.enums import AccountKind, VerificationStatus
from accounts.errors import CreditCodeMissing, OwnCase, VerificationOpen
from accounts.events import AccountVerified
from accounts.models import Account, Verification
from kernel import audit, states
from kernel.actors import SYSTEM, Actor
from kernel.events import publish

#: Owners see `expiring` this long before the end.
WARN_BEFORE = timedelta(days=30)
_LEGAL = (AccountKind.ENTERPRISE, AccountKind.BRAND, AccountKind.COOPERATION)


@transaction.atomic
def submit(
    *,
    account: Account,
    entity_name: str,
    credit_code: str = "",
    evidence_url: str = "",
    at: datetime,
) -> Verification:
    """Ask for verification. What was approved before stays in force until this one is (AC-04).

    Raises CreditCodeMissing for an enterprise or brand without one, VerificationOpen while another
    submission waits.
    """
    if account.kind in _LEGAL and not credit_code:
        raise CreditCodeMissing
    try:
        with transaction.atomic():
            return Verification.objects.create(
                account=account,
                kind=account.kind,
                entity_name=entity_name,
                credit_code=credit_code.upper(),
                evidence_url=evidence_url,
                submitted_at=at,
            )
    except IntegrityError as error:
        if "verification_one_open" not in str(error):
            raise
        raise VerificationOpen from None


@transaction.atomic
def start_review(*, verification: Verification, at: datetime, actor: Actor) -> Verification:
    """Take it from the queue. Raises OwnCase for one's own account, IllegalTransition."""
    _refuse_own(verification, actor)
    states.move(verification, to=VerificationStatus.REVIEWING, at=at, actor=actor)
    _record("accounts.start_verification", verification, at, actor)
    return verification


@transaction.atomic
def approve(*, verification: Verification, at: datetime, actor: Actor) -> Verification:
    """Freeze the data on the account, which is verified for VERIFICATION_VALID_FOR from `at`.

    Raises OwnCase, IllegalTransition.
    """
    _refuse_own(verification, actor)
    until = at + settings.VERIFICATION_VALID_FOR
    rows = Account.objects.select_for_update(no_key=True, of=("self",))
    account = rows.get(pk=verification.account_id)
    states.move(
        verification,
        to=VerificationStatus.APPROVED,
        at=at,
        actor=actor,
        decided_at=at,
        expires_at=until,
    )
    account.entity_name = verification.entity_name
    account.credit_code = verification.credit_code
    account.verified_until = until
    account.save(update_fields=["entity_name", "credit_code", "verified_until"])
    publish(AccountVerified(account_id=account.pk))
    _record("accounts.approve_verification", verification, at, actor)
    return verification


@transaction.atomic
def reject(
    *,
    verification: Verification,
    rejections: Sequence[Mapping[str, str]],
    at: datetime,
    actor: Actor,
) -> Verification:
    """Send it back with what to correct: ``{"field", "code", "message"}`` each.

    The account keeps what was approved before. Raises OwnCase, IllegalTransition.
    """
    _refuse_own(verification, actor)
    states.move(
        verification,
        to=VerificationStatus.REJECTED,
        at=at,
        actor=actor,
        decided_at=at,
        rejections=[dict(one) for one in rejections],
    )
    _record("accounts.reject_verification", verification, at, actor)
    return verification


@transaction.atomic
def expire_due(*, at: datetime, limit: int = 200) -> int:
    """Move what is about to end to `expiring`, what has ended to `expired`; return how many moved.

    An account whose date has passed is verified no longer.
    """
    due = Verification.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
    ended = due.filter(
        status__in=[VerificationStatus.APPROVED, VerificationStatus.EXPIRING], expires_at__lte=at
    )
    ending = due.filter(
        status=VerificationStatus.APPROVED, expires_at__gt=at, expires_at__lte=at + WARN_BEFORE
    )
    moves = [(one, VerificationStatus.EXPIRED) for one in ended.order_by("pk")[:limit]]
    moves += [(one, VerificationStatus.EXPIRING) for one in ending.order_by("pk")[:limit]]
    for verification, to in moves:
        states.move(verification, to=to, at=at, actor=SYSTEM)
    passed = Account.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
    lapsed = passed.filter(verified_until__lte=at).order_by("pk")[:limit]
    Account.objects.filter(pk__in=[account.pk for account in lapsed]).update(verified_until=None)
    return len(moves)


def _refuse_own(verification: Verification, actor: Actor) -> None:
    if verification.account.owner_id == actor.user_id:
        raise OwnCase


def _record(action: str, verification: Verification, at: datetime, actor: Actor) -> None:
    audit.record(
        actor=actor,
        action=action,
        target=verification,
        at=at,
        after={"status": str(verification.status), "rejections": verification.rejections},
    )
