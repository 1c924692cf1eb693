"""How an account and a shop part (BI-11 to BI-13, BI-16)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts.services import faces
from kernel import audit, states
from kernel.actors import SYSTEM, Actor
from kernel.errors import DomainError, IllegalTransition
from kernel.events import publish
from shops.enums import BOUND, BindingStatus, EndReason, Relation
from shops.events import BindingEnded
from shops.models import Binding
from shops.services import identity, preconditions
from shops.services.identity import Scene
from shops.services.preconditions import Precondition

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Unbinding:
    """What became of the wish to unbind, and what stands against it."""

    binding: Binding
    preconditions: list[Precondition]


@transaction.atomic
def unbind(*, binding: Binding, at: datetime, actor: Actor) -> Unbinding:
    """End the binding, or wait for what stands against it (BI-12).

    With every precondition met it is over at once; else it is `unbind_pending`, ends by itself when
    all are met, and lapses after UNBIND_LAPSES_AFTER. Raises IllegalTransition unless it is active.
    """
    scene, binding = _scene(binding)
    if binding.status != BindingStatus.ACTIVE:
        raise IllegalTransition(extra={"from": str(binding.status)})
    found = preconditions.check(binding)
    if all(one.is_met for one in found):
        finish(scene, binding, reason=EndReason.UNBOUND, at=at, actor=actor)
        identity.tell(scene)
    else:
        states.move(
            binding,
            to=BindingStatus.UNBIND_PENDING,
            at=at,
            actor=actor,
            unbind_requested_at=at,
        )
    after = {"status": str(binding.status), **{one.code: one.count for one in found}}
    audit.record(actor=actor, action="shops.unbind", target=binding, at=at, after=after)
    return Unbinding(binding, found)


@transaction.atomic
def keep_binding(*, binding: Binding, at: datetime, actor: Actor) -> Binding:
    """Take back the wish to unbind. Raises IllegalTransition unless it waits."""
    binding = _scene(binding)[1]
    if binding.status != BindingStatus.UNBIND_PENDING:
        raise IllegalTransition(extra={"from": str(binding.status)})
    _return(binding, at, actor)
    audit.record(actor=actor, action="shops.keep_binding", target=binding, at=at)
    return binding


@transaction.atomic
def call_off(
    *, binding: Binding, reason: EndReason, at: datetime, actor: Actor, words: str = ""
) -> Binding:
    """End a binding that never was in force; what it would have replaced stays.

    Raises IllegalTransition when it is in force or over.
    """
    scene, binding = _scene(binding)
    if binding.status in BOUND:
        raise IllegalTransition(extra={"from": str(binding.status), "to": "ended"})
    _end(binding, reason, at, actor, words)
    replaced = scene.bindings.get(binding.replaces_id or 0)
    if replaced is not None and replaced.status == BindingStatus.REPLACE_PENDING:
        _return(replaced, at, actor)
    audit.record(
        actor=actor,
        action="shops.call_off_binding",
        target=binding,
        at=at,
        after={"end_reason": str(reason)},
        reason=words,
    )
    return binding


def finish(
    scene: Scene, binding: Binding, *, reason: EndReason, at: datetime, actor: Actor
) -> None:
    """End a binding in force, inside the caller's transaction and locks (BI-13).

    An official account takes the name of the next shop it is official for, else its own back.
    The followers stay with the account.
    """
    _end(binding, reason, at, actor)
    if binding.relation == Relation.OFFICIAL and binding.is_main:
        _undress(scene, binding, at)
    publish(
        BindingEnded(
            binding_id=binding.pk,
            shop_id=binding.shop_id,
            account_id=binding.account_id,
            relation=str(binding.relation),
            reason=str(reason),
        )
    )


def expire_consents(*, at: datetime, limit: int = 200) -> int:
    """End requests that nobody answered in time; return how many. One transaction each."""
    due = Binding.objects.filter(status=BindingStatus.AWAITING_ACCOUNT, consent_due_at__lte=at)
    return sum(_try(_expire, one, at) for one in due.order_by("consent_due_at", "pk")[:limit])


def complete_unbindings(*, at: datetime, limit: int = 200) -> int:
    """End what has become clear, let lapse what waited too long; return how many moved.

    One transaction each.
    """
    waiting = Binding.objects.filter(status=BindingStatus.UNBIND_PENDING)
    rows = waiting.order_by("unbind_requested_at", "pk")[:limit]
    return sum(_try(_complete, one, at) for one in rows)


def _try(act: Callable[[Binding, datetime], bool], binding: Binding, at: datetime) -> bool:
    try:
        with transaction.atomic():
            return act(binding, at)
    except DomainError as error:  # held or moved by somebody else: the next sweep looks again
        logger.info("binding %s left alone: %s", binding.public_id, error.code)
        return False


def _expire(binding: Binding, at: datetime) -> bool:
    _held, binding = _scene(binding, skip_locked=True)
    if binding.status != BindingStatus.AWAITING_ACCOUNT:
        return False
    call_off(binding=binding, reason=EndReason.EXPIRED, at=at, actor=SYSTEM)
    return True


def _complete(binding: Binding, at: datetime) -> bool:
    scene, binding = _scene(binding, skip_locked=True)
    if binding.status != BindingStatus.UNBIND_PENDING or binding.unbind_requested_at is None:
        return False
    if all(one.is_met for one in preconditions.check(binding)):
        finish(scene, binding, reason=EndReason.UNBOUND, at=at, actor=SYSTEM)
        identity.tell(scene)
        return True
    if binding.unbind_requested_at + settings.UNBIND_LAPSES_AFTER <= at:
        _return(binding, at, SYSTEM)
        return True
    return False


def _scene(binding: Binding, *, skip_locked: bool = False) -> tuple[Scene, Binding]:
    scene = identity.lock(
        shop_id=binding.shop_id, account_ids=[binding.account_id], skip_locked=skip_locked
    )
    known = scene.bindings.get(binding.pk)
    if known is None:
        raise IllegalTransition(extra={"from": BindingStatus.ENDED.value})
    return scene, known


def _end(binding: Binding, reason: EndReason, at: datetime, actor: Actor, words: str = "") -> None:
    states.move(
        binding,
        to=BindingStatus.ENDED,
        at=at,
        actor=actor,
        reason=words or str(reason),
        ended_at=at,
        end_reason=str(reason),
    )


def _return(binding: Binding, at: datetime, actor: Actor) -> None:
    states.move(binding, to=BindingStatus.ACTIVE, at=at, actor=actor, unbind_requested_at=None)


def _undress(scene: Scene, binding: Binding, at: datetime) -> None:
    account, shop = scene.accounts[binding.account_id], scene.shops[binding.shop_id]
    others = scene.officials_of(account.pk)  # `binding` has ended and is not among them
    former = (binding.former_name, binding.former_avatar_url)
    if others:
        identity.dress(scene, binding=others[0], cause="unbound", at=at, former=former)
        return
    name = binding.former_name or account.name
    identity.note(shop=shop, account=account, old=account.name, new=name, cause="unbound", at=at)
    faces.take_off(account=account, name=name, avatar_url=binding.former_avatar_url)
