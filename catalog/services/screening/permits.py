"""What shops have shown the platform, and which need no person to look (CA-06, CA-07)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from catalog.enums import PermitKind
from catalog.errors import AlreadyGranted, InvalidScreeningRule
from catalog.models import Brand, Category, ReviewPass, ShopPermit
from catalog.policies import is_code
from kernel import audit
from kernel.actors import Actor
from kernel.errors import FieldError, IllegalTransition
from shops.models import Shop


@transaction.atomic
def grant_permit(
    *,
    shop: Shop,
    actor: Actor,
    at: datetime,
    brand: Brand | None = None,
    licence: str = "",
    valid_to: date | None = None,
    note: str = "",
) -> ShopPermit:
    """Note that `shop` may sell `brand`, or holds `licence`, and return the permit.

    Raises InvalidScreeningRule unless it is of exactly one of them, AlreadyGranted.
    """
    if (brand is None) == (not licence) or (licence and not is_code(licence)):
        detail = _("A permit is of a brand or of a licence.")
        raise InvalidScreeningRule(
            str(detail), errors=[FieldError("/licence", "brand_or_licence", detail)]
        )
    try:
        with transaction.atomic():
            permit = ShopPermit.objects.create(
                shop=shop,
                kind=PermitKind.BRAND if brand else PermitKind.LICENCE,
                brand=brand,
                licence=licence,
                valid_to=valid_to,
                note=note,
                actor_label=actor.label[:120],
                created_at=at,
            )
    except IntegrityError:
        raise AlreadyGranted from None
    told = {
        "brand": brand.public_id if brand else None,
        "licence": licence,
        "valid_to": valid_to.isoformat() if valid_to else None,
    }
    audit.record(
        actor=actor, action="catalog.grant_permit", target=permit, at=at, after=told, reason=note
    )
    return permit


@transaction.atomic
def revoke_permit(*, permit: ShopPermit, reason: str, actor: Actor, at: datetime) -> ShopPermit:
    """End a permit; products that sell keep selling. Raises IllegalTransition when it is over."""
    permit = ShopPermit.objects.select_for_update(no_key=True).get(pk=permit.pk)
    if permit.revoked_at is not None:
        raise IllegalTransition
    permit.revoked_at = at
    permit.save(update_fields=["revoked_at"])
    _record_end(actor, "catalog.revoke_permit", permit, at, reason)
    return permit


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


def _record_end(
    actor: Actor, action: str, row: ShopPermit | ReviewPass, at: datetime, reason: str
) -> None:
    told = {"revoked_at": at.isoformat()}
    audit.record(actor=actor, action=action, target=row, at=at, after=told, reason=reason)
