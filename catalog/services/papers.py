"""What becomes of papers: accepted, rejected, taken back by the platform, over (SH-02, SH-05)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction

from accounts.errors import OwnCase
from catalog.enums import PaperStatus
from catalog.errors import GrantExclusive, PaperInvalid, PaperWaiting
from catalog.models import Brand, BrandGrant, Category, QualificationRule, ShopQualification
from catalog.services import brand_rules, storefronts
from kernel import audit, states
from kernel.actors import SYSTEM, Actor
from kernel.text import is_storable
from shops.enums import GrantKind, StaffStatus
from shops.models import ShopDocument, Staff

P = TypeVar("P", BrandGrant, ShopQualification)
#: Papers that end in one run of the sweep.
BATCH = 200


@transaction.atomic
def ask_grant(
    *,
    shop_id: int,
    brand: Brand,
    kind: str,
    document: ShopDocument,
    starts_at: datetime,
    ends_at: datetime | None,
    at: datetime,
    actor: Actor,
    category: Category | None = None,
) -> BrandGrant:
    """Claim a right to `brand`, for one top category or all; an operator decides.

    Raises PaperInvalid for a period that is over or none and for a category below the top,
    PaperWaiting while another claim to the brand waits.
    """
    _check_period(starts_at, ends_at, at)
    if kind not in GrantKind.values or (category is not None and category.parent_id is not None):
        raise PaperInvalid
    return _hand_in(
        BrandGrant(
            shop_id=shop_id,
            brand=brand,
            kind=kind,
            category=category,
            document=document,
            starts_at=starts_at,
            ends_at=ends_at,
        ),
        "catalog.ask_grant",
        at,
        actor,
    )


@transaction.atomic
def hand_in_qualification(
    *,
    shop_id: int,
    code: str,
    number: str,
    document: ShopDocument,
    starts_at: datetime,
    ends_at: datetime | None,
    at: datetime,
    actor: Actor,
) -> ShopQualification:
    """Hand in the licence `code`; accepted, it serves every category that asks for it.

    Raises PaperInvalid for a licence that no category ever asked for or a period that is over,
    PaperWaiting while another of the licence waits.
    """
    _check_period(starts_at, ends_at, at)
    is_asked = is_storable(code) and QualificationRule.objects.filter(code=code).exists()
    if not is_asked or not number.strip():
        raise PaperInvalid
    return _hand_in(
        ShopQualification(
            shop_id=shop_id,
            code=code,
            number=number.strip()[:80],
            document=document,
            starts_at=starts_at,
            ends_at=ends_at,
        ),
        "catalog.hand_in_qualification",
        at,
        actor,
    )


@transaction.atomic
def approve(*, paper: P, at: datetime, actor: Actor) -> P:
    """Accept a paper that waits: from now on it counts, within its time.

    Raises OwnCase, PaperInvalid when it is over meanwhile, GrantExclusive when another shop holds
    the brand exclusively in the same time, IllegalTransition.
    """
    paper = _locked(paper)
    _refuse_own(paper, actor)
    _check_period(paper.starts_at, paper.ends_at, at)
    if isinstance(paper, BrandGrant):
        _refuse_exclusive(paper)
    return _decide(paper, PaperStatus.APPROVED, "", at, actor)


@transaction.atomic
def reject(*, paper: P, reason: str, at: datetime, actor: Actor) -> P:
    """Refuse a paper that waits, and say why. Raises OwnCase, PaperInvalid, IllegalTransition."""
    paper = _locked(paper)
    _refuse_own(paper, actor)
    return _decide(paper, PaperStatus.REJECTED, _said(reason), at, actor)


@transaction.atomic
def revoke(*, paper: P, reason: str, at: datetime, actor: Actor) -> P:
    """Take an accepted paper back at once, and say why. Raises as `reject` does."""
    paper = _locked(paper)
    return _decide(paper, PaperStatus.REVOKED, _said(reason), at, actor)


def end_due(*, at: datetime, actor: Actor = SYSTEM) -> int:
    """End accepted papers whose time is over, each in a transaction; return how many ended."""
    gone = 0
    for model in (BrandGrant, ShopQualification):
        due = model.objects.filter(status=PaperStatus.APPROVED, ends_at__lte=at)
        for key in due.order_by("ends_at", "pk").values_list("pk", flat=True)[:BATCH]:
            gone += _end(model, key, at, actor)
    return gone


@transaction.atomic
def _end(model: Any, key: int, at: datetime, actor: Actor) -> bool:
    rows = model.objects.select_for_update(no_key=True, of=("self",), skip_locked=True)
    paper = rows.filter(pk=key, status=PaperStatus.APPROVED).first()
    if paper is None:
        return False
    _decide(paper, PaperStatus.ENDED, "", at, actor)
    return True


def _decide(paper: P, to: PaperStatus, reason: str, at: datetime, actor: Actor) -> P:
    states.move(
        paper,
        field="status",
        to=to,
        at=at,
        actor=actor,
        reason=reason,
        note=reason,
        decided_at=at,
        decided_by_label=(actor.label or str(actor.role))[:120],
    )
    audit.record(
        actor=actor,
        action="catalog.decide_paper",
        target=paper,
        at=at,
        after={"status": str(to), "of": str(paper)},
        reason=reason,
    )
    if isinstance(paper, BrandGrant) and to != PaperStatus.REJECTED:
        storefronts.refresh([paper.shop_id], at=at)
        brand_rules.enforce(shop_id=paper.shop_id, source=paper.public_id, at=at)
    return paper


def _hand_in(paper: P, action: str, at: datetime, actor: Actor) -> P:
    paper.actor_label = actor.label[:120]
    paper.created_at = at
    try:
        with transaction.atomic():
            paper.save()
    except IntegrityError as error:
        if "one_waits" not in str(error):
            raise
        raise PaperWaiting from None
    after = {"of": str(paper), "document": paper.document.public_id}
    audit.record(actor=actor, action=action, target=paper, at=at, after=after)
    return paper


def _locked(paper: P) -> P:
    rows: Any = type(paper).objects.select_for_update(no_key=True, of=("self",))
    return rows.get(pk=paper.pk)


def _refuse_own(paper: P, actor: Actor) -> None:
    mine = Staff.objects.filter(shop_id=paper.shop_id, status=StaffStatus.ACTIVE)
    if actor.user_id is not None and mine.filter(user_id=actor.user_id).exists():
        raise OwnCase


def _refuse_exclusive(grant: BrandGrant) -> None:
    """Two shops never hold a brand exclusively in the same time. The brand's row is the lock."""
    if grant.kind != GrantKind.EXCLUSIVE:
        return
    Brand.objects.select_for_update(no_key=True).get(pk=grant.brand_id)
    others = BrandGrant.objects.filter(
        brand_id=grant.brand_id, kind=GrantKind.EXCLUSIVE, status=PaperStatus.APPROVED
    ).exclude(shop_id=grant.shop_id)
    if any(_overlap(one, grant) for one in others):
        raise GrantExclusive


def _overlap(one: BrandGrant, other: BrandGrant) -> bool:
    begins_in_time = other.ends_at is None or one.starts_at < other.ends_at
    return begins_in_time and (one.ends_at is None or other.starts_at < one.ends_at)


def _check_period(starts_at: datetime, ends_at: datetime | None, at: datetime) -> None:
    if ends_at is not None and (ends_at <= starts_at or ends_at <= at):
        raise PaperInvalid


def _said(reason: str) -> str:
    text = reason.strip()[:200]
    if not text:
        raise PaperInvalid
    return text
