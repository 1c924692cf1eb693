"""The one way to move a deposit: an entry, its transfer in the book, how it stands then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from governance.enums import SHORT, DepositStatus, EntryKind
from governance.errors import DepositPaidBack
from governance.events import DepositChanged
from governance.models import Deposit, DepositEntry
from governance.policies import status_of
from kernel import audit
from kernel.actors import SYSTEM, Actor
from kernel.events import publish
from kernel.states import move
from ledger.models import AccountCode
from ledger.services import transfers
from ledger.services.transfers import Posting
from orders.services import numbering
from settlements.enums import PartyKind
from settlements.selectors import PartyRef
from settlements.services.balances import DEPOSIT

#: "D" for deposit: people name the kind of a number on the telephone.
PREFIX = "D"
FREE, FROZEN = AccountCode.SHOP_DEPOSIT, AccountCode.SHOP_DEPOSIT_FROZEN


@dataclass(frozen=True)
class Movement:
    """What is to happen to a deposit; signs as in `DepositEntry`. Minor units."""

    kind: EntryKind
    amount: int
    frozen_amount: int = 0
    reference: str = ""
    reason: str = ""


def locked(shop_id: int, at: datetime) -> Deposit:
    """Return the shop's deposit, locked until the transaction ends; opened when there is none.

    Raises DepositPaidBack for one that went back.
    """
    Deposit.objects.get_or_create(shop_id=shop_id, defaults={"created_at": at, "whole_since": at})
    rows = Deposit.objects.select_for_update(no_key=True, of=("self",)).select_related("shop")
    deposit = rows.get(shop_id=shop_id)
    if deposit.status == DepositStatus.REFUNDED:
        raise DepositPaidBack
    return deposit


def next_number(at: datetime) -> str:
    """Return the number of the next entry: it names the transfer too."""
    (number,) = numbering.take(1, at, prefix=PREFIX)
    return number


def reference_of(number: str) -> str:
    """Return what the book calls the transfer of an entry."""
    return f"{DEPOSIT}:{number}"


def party_of(deposit: Deposit) -> PartyRef:
    """Return the shop as a payee. The deposit's shop is loaded."""
    return PartyRef(PartyKind.SHOP, deposit.shop_id, deposit.shop.public_id)


def book(deposit: Deposit, number: str, legs: tuple[transfers.LegSpec, ...], at: datetime) -> None:
    """Book the transfer of an entry whose other side is not the shop's balance."""
    transfers.post(
        [
            Posting(
                reference=reference_of(number),
                kind=DEPOSIT,
                currency="CNY",
                legs=legs,
                at=at,
                note={"deposit_entry": number},
            )
        ]
    )


def write(
    deposit: Deposit,
    movement: Movement,
    *,
    number: str,
    at: datetime,
    actor: Actor,
) -> DepositEntry:
    """Append `movement` to the locked `deposit` and say how it stands then. Its transfer is booked.

    Balance, set aside and state of `deposit` are what the entries make them.
    """
    before = deposit.balance_amount
    deposit.balance_amount += movement.amount
    deposit.frozen_amount += movement.frozen_amount
    deposit.entry_count += 1
    deposit.save(update_fields=["balance_amount", "frozen_amount", "entry_count"])
    entry = DepositEntry.objects.create(
        number=number,
        deposit=deposit,
        shop_id=deposit.shop_id,
        position=deposit.entry_count,
        kind=movement.kind,
        amount=movement.amount,
        frozen_amount=movement.frozen_amount,
        after_amount=deposit.balance_amount,
        frozen_after_amount=deposit.frozen_amount,
        reference=movement.reference,
        reason=movement.reason,
        by_label=actor.label[:120],
        at=at,
    )
    audit.record(
        actor=actor,
        action=f"governance.deposit_{movement.kind}",
        target=entry,
        at=at,
        before={"balance": before},
        after={
            "amount": movement.amount,
            "frozen": movement.frozen_amount,
            "balance": deposit.balance_amount,
            "for": movement.reference,
        },
        reason=movement.reason,
    )
    settle(deposit, at=at, actor=actor)
    return entry


def settle(
    deposit: Deposit, *, at: datetime, actor: Actor = SYSTEM, is_paid_back: bool = False
) -> None:
    """Move the locked `deposit` to the state that its numbers say, and tell who restricts."""
    due = deposit.base_amount + deposit.experience_amount
    status = status_of(
        balance=deposit.balance_amount,
        due=due,
        coming=deposit.coming_amount,
        is_paid_back=is_paid_back,
    )
    if status != deposit.status:
        is_short, was_short = status in SHORT, deposit.status in SHORT
        changes: dict[str, Any] = {}
        if is_short != was_short:
            changes["short_since"] = at if is_short else None
            changes["whole_since"] = None if is_short else at
        move(deposit, to=status, at=at, actor=actor, **changes)
    publish(DepositChanged(shop_id=deposit.shop_id, status=str(status)))
