"""A payee's balance leaves the platform (提现): asked for, then paid or refused by an operator."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from kernel import audit
from kernel.actors import Actor
from kernel.events import publish
from kernel.states import move
from ledger.models import AccountCode
from ledger.services import transfers
from ledger.services.transfers import Posting
from orders.services import numbering
from settlements.enums import PartyKind, PayoutAccountStatus, PayoutStatus
from settlements.errors import BalanceTooLow, NoPayoutAccount
from settlements.events import PayoutFinished
from settlements.models import Payout, PayoutAccount, StatementLine
from settlements.selectors import PartyRef

#: The platform's account at its bank, as an owner in the book.
BANK = "bank"
#: "W" for withdrawal: people name the kind of a number on the telephone.
PREFIX = "W"


@transaction.atomic
def request(
    *, party: PartyRef, amount: int, at: datetime, actor: Actor, currency: str = "CNY"
) -> Payout:
    """Take `amount` out of the party's balance and ask the operator to pay it.

    The account is locked while it is looked at, so two requests never share one balance.

    A shop's money goes to the account that is in use now. Raises BalanceTooLow, NoPayoutAccount;
    nothing is written then.
    """
    code, owner = party.account_code, party.public_id
    owed = -transfers.lock_balance(code=code, owner=owner, currency=currency)
    if not 1 <= amount <= owed:
        raise BalanceTooLow(extra={"available": max(owed, 0)})
    (number,) = numbering.take(1, at, prefix=PREFIX)
    payout = Payout.objects.create(
        **party.columns,
        account=_account_of(party),
        number=number,
        amount=amount,
        currency=currency,
        requested_at=at,
        requested_by_label=actor.label[:120],
    )
    legs = ((code, owner, amount), (AccountCode.PAYOUT_IN_TRANSIT, "", -amount))
    _book(payout, f"payout:{number}", legs, at)
    _write_line(payout, f"payout:{number}", -amount, at)
    audit.record(
        actor=actor,
        action="settlements.request_payout",
        target=payout,
        at=at,
        after={"amount": amount, "balance": owed - amount},
    )
    return payout


@transaction.atomic
def pay(*, payout: Payout, at: datetime, actor: Actor) -> Payout:
    """Note that the bank has paid. Raises IllegalTransition when it is finished already."""
    move(payout, to=PayoutStatus.PAID, at=at, actor=actor, finished_at=at)
    legs = (
        (AccountCode.PAYOUT_IN_TRANSIT, "", payout.amount),
        (AccountCode.GATEWAY_CLEARING, BANK, -payout.amount),
    )
    _book(payout, f"payout:{payout.number}:paid", legs, at)
    _finish(payout, "settlements.pay_payout", at, actor)
    return payout


@transaction.atomic
def refuse(*, payout: Payout, at: datetime, actor: Actor, reason: str) -> Payout:
    """Give the amount back to the balance. Raises IllegalTransition when it is finished already."""
    move(payout, to=PayoutStatus.REFUSED, at=at, actor=actor, reason=reason, finished_at=at)
    party = _party(payout)
    legs = (
        (AccountCode.PAYOUT_IN_TRANSIT, "", payout.amount),
        (party.account_code, party.public_id, -payout.amount),
    )
    reference = f"payout:{payout.number}:refused"
    _book(payout, reference, legs, at)
    _write_line(payout, reference, payout.amount, at)
    _finish(payout, "settlements.refuse_payout", at, actor, reason)
    return payout


def _account_of(party: PartyRef) -> PayoutAccount | None:
    if party.kind is not PartyKind.SHOP:
        return None
    active = PayoutAccount.objects.filter(shop_id=party.pk, status=PayoutAccountStatus.ACTIVE)
    account = active.first()
    if account is None:
        raise NoPayoutAccount
    return account


def _party(payout: Payout) -> PartyRef:
    kind = PartyKind(payout.party)
    owner = getattr(payout, kind)
    return PartyRef(kind, owner.pk, owner.public_id)


def _book(
    payout: Payout, reference: str, legs: tuple[transfers.LegSpec, ...], at: datetime
) -> None:
    transfers.post(
        [
            Posting(
                reference=reference,
                kind="payout",
                currency=payout.currency,
                legs=legs,
                at=at,
                note={"payout": payout.number},
            )
        ]
    )


def _write_line(payout: Payout, reference: str, amount: int, at: datetime) -> None:
    StatementLine.objects.create(
        party=payout.party,
        shop_id=payout.shop_id,
        creator_id=payout.creator_id,
        agency_id=payout.agency_id,
        currency=payout.currency,
        reference=reference,
        amount=amount,
        at=at,
    )


def _finish(payout: Payout, action: str, at: datetime, actor: Actor, reason: str = "") -> None:
    publish(PayoutFinished(payout_id=payout.pk, status=payout.status))
    audit.record(
        actor=actor,
        action=action,
        target=payout,
        at=at,
        before={"status": PayoutStatus.REQUESTED},
        after={"status": payout.status, "amount": payout.amount},
        reason=reason,
    )
