"""Deductions for violations (SH-08): one operator up to a limit, two above it."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from governance.enums import DeductionStatus, EntryKind
from governance.errors import SecondOperatorNeeded, ViolationDeducted
from governance.models import Deduction, DepositEntry
from governance.policies import needs_second_operator
from governance.services import entries, moving
from governance.services.entries import FROZEN, Movement
from kernel import audit
from kernel.actors import Actor
from kernel.errors import NotAllowed
from kernel.states import move
from ledger.models import AccountCode


@transaction.atomic
def deduct(
    *, shop_id: int, violation: str, amount: int, reason: str, at: datetime, actor: Actor
) -> Deduction:
    """Take `amount` out of the shop's deposit for a violation, at once or when another agrees.

    Above DEPOSIT_DEDUCTED_ALONE it waits for a second operator and is set aside meanwhile. A
    violation costs once. Raises DepositTooLow, ViolationDeducted; nothing is written then.
    """
    if actor.user_id is None:
        raise NotAllowed
    deposit = entries.locked(shop_id, at)
    waits = needs_second_operator(amount)
    try:
        with transaction.atomic():
            made = Deduction.objects.create(
                deposit=deposit,
                violation=violation,
                amount=amount,
                reason=reason,
                needs_second=waits,
                asked_by_id=actor.user_id,
                asked_by_label=actor.label[:120],
                asked_at=at,
            )
    except IntegrityError as error:
        if "deduction_violation_once" not in str(error):
            raise
        raise ViolationDeducted from None
    moving.set_aside(deposit, amount, reference=violation, reason=reason, at=at, actor=actor)
    if waits:
        _record(made, "governance.ask_deduction", at, actor)
    else:
        _carry_out(made, at, actor)
    return made


@transaction.atomic
def approve(*, deduction: Deduction, at: datetime, actor: Actor) -> Deduction:
    """Deduct what another operator asked for.

    Raises SecondOperatorNeeded for who asked, IllegalTransition when it was decided.
    """
    if actor.user_id is None or actor.user_id == deduction.asked_by_id:
        raise SecondOperatorNeeded
    entries.locked(deduction.deposit.shop_id, at)
    _carry_out(deduction, at, actor)
    return deduction


@transaction.atomic
def reject(*, deduction: Deduction, reason: str, at: datetime, actor: Actor) -> Deduction:
    """Set free what was set aside; it may be asked for again. Raises IllegalTransition."""
    deposit = entries.locked(deduction.deposit.shop_id, at)
    _decide(deduction, DeductionStatus.REJECTED, at, actor, reason)
    moving.set_free(
        deposit,
        deduction.amount,
        reference=deduction.violation,
        reason=reason,
        at=at,
        actor=actor,
    )
    _record(deduction, "governance.reject_deduction", at, actor, reason)
    return deduction


def _carry_out(deduction: Deduction, at: datetime, actor: Actor) -> DepositEntry:
    """Take out of the deposit what was set aside for the deduction."""
    deposit = entries.locked(deduction.deposit.shop_id, at)
    _decide(deduction, DeductionStatus.DONE, at, actor)
    number, owner = entries.next_number(at), deposit.shop.public_id
    amount = deduction.amount
    legs = ((FROZEN, owner, amount), (AccountCode.DEPOSIT_PENALTY, "", -amount))
    entries.book(deposit, number, legs, at)
    taken = Movement(
        EntryKind.DEDUCT,
        -amount,
        -amount,
        reference=deduction.violation,
        reason=deduction.reason,
    )
    return entries.write(deposit, taken, number=number, at=at, actor=actor)


def _decide(
    deduction: Deduction, to: DeductionStatus, at: datetime, actor: Actor, reason: str = ""
) -> None:
    move(
        deduction,
        to=to,
        at=at,
        actor=actor,
        reason=reason,
        decided_by_id=actor.user_id,
        decided_by_label=actor.label[:120],
        decided_at=at,
    )


def _record(
    deduction: Deduction, action: str, at: datetime, actor: Actor, reason: str = ""
) -> None:
    audit.record(
        actor=actor,
        action=action,
        target=deduction,
        at=at,
        after={"violation": deduction.violation, "amount": deduction.amount},
        reason=reason or deduction.reason,
        shop_id=deduction.deposit.shop_id,
    )
