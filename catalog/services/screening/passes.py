"""Which shops' products need no person to look at them (CA-06)."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from catalog.errors import AlreadyGranted
from catalog.models import Category, ReviewPass
from kernel import audit
from kernel.actors import Actor
from kernel.errors import IllegalTransition
from shops.models import Shop


@transaction.atomic
def grant_pass(
    *, shop: Shop, category: Category | None, note: str, actor: Actor, at: datetime
) -> ReviewPass:
    """Let products of `shop` in `category` and below (None: all) be approved without a person.

    Rules that ask for one, or block, do so all the same. Raises AlreadyGranted.
    """
    try:
        with transaction.atomic():
            given = ReviewPass.objects.create(
                shop=shop,
                category=category,
                note=note,
                actor_label=actor.label[:120],
                created_at=at,
            )
    except IntegrityError:
        raise AlreadyGranted from None
    told = {"category": category.public_id if category else None}
    audit.record(
        actor=actor,
        action="catalog.grant_review_pass",
        target=given,
        at=at,
        after=told,
        reason=note,
    )
    return given


@transaction.atomic
def revoke_pass(*, given: ReviewPass, reason: str, actor: Actor, at: datetime) -> ReviewPass:
    """End a pass: what is submitted from now on waits for a person. Raises IllegalTransition."""
    given = ReviewPass.objects.select_for_update(no_key=True).get(pk=given.pk)
    if given.revoked_at is not None:
        raise IllegalTransition
    given.revoked_at = at
    given.save(update_fields=["revoked_at"])
    _record_end(actor, "catalog.revoke_review_pass", given, at, reason)
    return given


def _record_end(actor: Actor, action: str, row: ReviewPass, at: datetime, reason: str) -> None:
    told = {"revoked_at": at.isoformat()}
    audit.record(actor=actor, action=action, target=row, at=at, after=told, reason=reason)
