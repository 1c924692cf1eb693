"""Two persons (ASVS 2.3.5): what one of a shop's people asks for, another one decides.

A room registers each kind of act with what to do when it is approved or not. The second person
holds the kind's permission and is not the one who asked. Where nobody else of the shop holds it,
the act waits for a time that the kind names, in sight of everybody, and then takes effect.

The shop's row is locked while one asks: who else may decide is read under the same lock that staff
changes take.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils.functional import Promise

from kernel import audit, states
from kernel.actors import SYSTEM, Actor
from kernel.errors import DomainError, NotAllowed, NotFound
from kernel.events import publish
from shops.enums import ApprovalStatus, StaffStatus
from shops.errors import ApprovalExpired, ApprovalWaiting, SecondPersonNeeded
from shops.events import ApprovalAsked, ApprovalDecided
from shops.models import Approval, Shop, Staff
from shops.policies import roles_with

#: Does what was approved, in the transaction that approves it. Raises DomainError when it cannot.
Act = Callable[[Approval, datetime, Actor], None]
#: Rows (label, value) of what is asked for, for whoever decides.
Describe = Callable[[Approval], Sequence[tuple[str | Promise, Any]]]


def _nothing(approval: Approval, at: datetime, actor: Actor) -> None:
    """What most acts do when they are not approved."""


@dataclass(frozen=True)
class Kind:
    """One kind of act that takes two persons."""

    code: str
    label: str | Promise
    #: Who may decide.
    permission: str
    #: How long it waits in a shop where nobody else may.
    waits: timedelta
    carry_out: Act
    describe: Describe
    give_up: Act = _nothing


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Let `kind` be asked for. Called from an `apps.ready()`; a second one replaces the first."""
    _kinds[kind.code] = kind


def kind_of(approval: Approval) -> Kind:
    """Return the kind of a request. Raises NotFound for one that no room registers any more."""
    kind = _kinds.get(approval.kind)
    if kind is None:
        raise NotFound
    return kind


def readable(actor: Actor) -> QuerySet[Approval]:
    """Return the requests that `actor` may read: those it could decide, and its own.

    What is asked for may be somebody's bank account: being of the shop is not enough.
    """
    rows = Approval.objects.visible_to(actor)
    if actor.is_platform:
        return rows
    kinds = [kind.code for kind in _kinds.values() if actor.may(kind.permission)]
    return rows.filter(Q(kind__in=kinds) | Q(asked_by_id=actor.user_id))


@transaction.atomic
def ask(
    *,
    kind: str,
    shop_id: int,
    target: str,
    payload: Mapping[str, Any],
    at: datetime,
    actor: Actor,
) -> Approval:
    """Ask a second person of the shop, or start the wait where there is none.

    Raises ApprovalWaiting while a request about `target` is pending, NotAllowed for nobody.
    """
    if actor.user_id is None:
        raise NotAllowed
    Shop.objects.select_for_update(no_key=True, of=("self",)).get(pk=shop_id)
    what = _kinds[kind]
    has_second = _who_may(shop_id, what.permission).exclude(user_id=actor.user_id).exists()
    waiting = Approval.objects.filter(
        shop_id=shop_id, kind=kind, target=target, status=ApprovalStatus.PENDING
    )
    try:
        with transaction.atomic():
            approval = Approval.objects.create(
                shop_id=shop_id,
                kind=kind,
                target=target,
                payload=dict(payload),
                asked_by_id=actor.user_id,
                asked_by_label=actor.label[:120],
                asked_at=at,
                expires_at=at + settings.APPROVAL_VALID_FOR,
                takes_effect_at=None if has_second else at + what.waits,
            )
    except IntegrityError as error:
        if "approval_one_pending" not in str(error):
            raise
        known = waiting.values_list("public_id", flat=True).first()
        raise ApprovalWaiting(extra={"approval_id": known}) from None
    publish(ApprovalAsked(approval_id=approval.pk, shop_id=shop_id, kind=kind))
    after = {"kind": kind, "target": target}
    audit.record(actor=actor, action="shops.ask_approval", target=approval, at=at, after=after)
    return approval


@transaction.atomic
def approve(*, approval: Approval, at: datetime, actor: Actor) -> Approval:
    """Carry out what was asked for. The decision and the act are one transaction.

    Raises NotAllowed without the permission, SecondPersonNeeded for who asked, ApprovalExpired when
    it is too late or the asker may no longer ask, IllegalTransition when it was decided, and what
    the act itself refuses; nothing is changed then.
    """
    kind = kind_of(approval)
    _refuse_without(actor, kind)
    if actor.user_id is None or actor.user_id == approval.asked_by_id:
        raise SecondPersonNeeded
    if approval.expires_at <= at or not _asker_is_there(approval):
        raise ApprovalExpired
    _finish(approval, ApprovalStatus.APPROVED, at, actor, action="shops.approve_approval")
    kind.carry_out(approval, at, actor)
    return approval


@transaction.atomic
def reject(*, approval: Approval, reason: str, at: datetime, actor: Actor) -> Approval:
    """Refuse what was asked for. Raises NotAllowed, IllegalTransition."""
    kind = kind_of(approval)
    _refuse_without(actor, kind)
    _finish(approval, ApprovalStatus.REJECTED, at, actor, reason, action="shops.reject_approval")
    kind.give_up(approval, at, actor)
    return approval


@transaction.atomic
def withdraw(*, approval: Approval, at: datetime, actor: Actor) -> Approval:
    """Take one's own request back. Raises NotAllowed for somebody else's, IllegalTransition."""
    if actor.user_id is None or actor.user_id != approval.asked_by_id:
        raise NotAllowed
    _finish(approval, ApprovalStatus.WITHDRAWN, at, actor, action="shops.withdraw_approval")
    kind_of(approval).give_up(approval, at, actor)
    return approval


def finish_due(*, at: datetime, limit: int = 100) -> int:
    """Finish what is due by the database's clock, each in its own transaction; return how many.

    What has waited its time takes effect; an act that is refused by then, or whose asker has left,
    expires like what nobody decided.
    """
    due = Approval.objects.filter(status=ApprovalStatus.PENDING).filter(
        Q(takes_effect_at__lte=Now()) | Q(expires_at__lte=Now(), takes_effect_at__isnull=True)
    )
    pks = list(due.order_by("pk").values_list("pk", flat=True)[:limit])
    return sum(_finish_one(pk, at) for pk in pks)


def _finish_one(pk: int, at: datetime) -> bool:
    try:
        with transaction.atomic():
            approval = _take(pk)
            if approval is None:
                return False
            kind = kind_of(approval)
            if approval.takes_effect_at is None or not _asker_is_there(approval):
                _expire(approval, kind, at)
            else:
                to = ApprovalStatus.APPROVED
                _finish(approval, to, at, SYSTEM, action="shops.approval_took_effect")
                kind.carry_out(approval, at, SYSTEM)
    except DomainError as error:
        with transaction.atomic():
            approval = _take(pk)
            if approval is not None:
                _expire(approval, kind_of(approval), at, reason=error.code)
    return True


def _take(pk: int) -> Approval | None:
    rows = Approval.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
    return rows.filter(pk=pk, status=ApprovalStatus.PENDING).first()


def _expire(approval: Approval, kind: Kind, at: datetime, reason: str = "") -> None:
    to = ApprovalStatus.EXPIRED
    _finish(approval, to, at, SYSTEM, reason, action="shops.approval_expired")
    kind.give_up(approval, at, SYSTEM)


def _finish(
    approval: Approval, to: str, at: datetime, actor: Actor, reason: str = "", *, action: str
) -> None:
    states.move(
        approval,
        to=to,
        at=at,
        actor=actor,
        reason=reason,
        decided_by_id=actor.user_id,
        decided_by_label=(actor.label or actor.role)[:120],
        decided_at=at,
    )
    publish(
        ApprovalDecided(
            approval_id=approval.pk, shop_id=approval.shop_id, kind=approval.kind, status=to
        )
    )
    audit.record(
        actor=actor,
        action=action,
        target=approval,
        at=at,
        after={"kind": approval.kind, "target": approval.target},
        reason=reason,
    )


def _who_may(shop_id: int, permission: str) -> QuerySet[Staff]:
    """Return the people of the shop who hold `permission` and can log in."""
    return Staff.objects.filter(
        shop_id=shop_id,
        status=StaffStatus.ACTIVE,
        role__in=roles_with(permission),
        user__is_active=True,
    )


def _asker_is_there(approval: Approval) -> bool:
    """Tell whether whoever asked still works there: a wish does not outlast its person."""
    rows = Staff.objects.filter(shop_id=approval.shop_id, user_id=approval.asked_by_id)
    return rows.filter(status=StaffStatus.ACTIVE, user__is_active=True).exists()


def _refuse_without(actor: Actor, kind: Kind) -> None:
    if not actor.may(kind.permission):
        raise NotAllowed
