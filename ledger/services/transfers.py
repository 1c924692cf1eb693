"""The one way into the book."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from kernel import walls
from kernel.rowsets import plain, statement
from ledger.errors import InvalidPosting, ReferenceReused
from ledger.models import AccountCode, LedgerAccount, Transfer

#: Accounts of one payee each: the balance is kept, so that a payout is checked under its lock.
#: Every other account is touched by many sales at once and is summed when somebody asks.
KEEPS_BALANCE = frozenset(
    {
        AccountCode.SHOP_PAYABLE,
        AccountCode.CREATOR_PAYABLE,
        AccountCode.AGENCY_PAYABLE,
        AccountCode.SHOP_DEPOSIT,
        AccountCode.SHOP_DEPOSIT_FROZEN,
    }
)
SQL = Path(__file__).with_name("booking.sql")
_BIGINT = 2**63

#: (account, owner's reference, signed amount): a debit is positive, a credit negative.
LegSpec = tuple[AccountCode, str, int]
#: (code, owner, currency): what an account is known by.
AccountKey = tuple[str, str, str]


@dataclass(frozen=True)
class Posting:
    """A transfer to be booked. `reference` names the money fact; the same fact is booked once."""

    reference: str
    kind: str
    currency: str
    legs: tuple[LegSpec, ...]
    at: datetime
    note: Mapping[str, Any] = field(default_factory=dict)

    def key_of(self, leg: LegSpec) -> AccountKey:
        """Return what names the account of `leg`."""
        return str(leg[0]), leg[1], self.currency

    def amounts(self) -> dict[AccountKey, int]:
        """Return account → amount: what tells whether two postings move the same money."""
        return {self.key_of(leg): leg[2] for leg in self.legs}


def post(postings: Sequence[Posting]) -> None:
    """Book `postings`: one statement, unless one is known or an account is used for the first time.

    Afterwards each reference is booked exactly once, whoever else posts it at the same time, and
    the balances of the payees' accounts are the sums of their legs. For a reference that is known
    with the same legs nothing is written.

    Raises InvalidPosting for legs that do not sum to zero, are fewer than two, zero, not integers
    or name an account twice; ReferenceReused for a known reference with other legs. Nothing of the
    whole set is booked then.
    """
    waiting = _distinct(postings)
    if waiting:
        whole = nullcontext() if connection.in_atomic_block else transaction.atomic()
        with whole, walls.outside("a transfer has legs of several owners"):
            _post(waiting)


@transaction.atomic
def lock_balance(*, code: AccountCode, owner: str, currency: str = "CNY") -> int:
    """Lock a payee's account until the end of the transaction and return its balance.

    Negative means that the platform owes the owner. 0 for an account that was never used.
    """
    if code not in KEEPS_BALANCE:
        raise InvalidPosting(f"{code} keeps no balance to lock")
    with walls.outside("the book names owners by reference, not by shop"):
        _open_accounts({(str(code), owner, currency)})
        account = LedgerAccount.objects.select_for_update(no_key=True).get(
            code=code, owner=owner, currency=currency
        )
    return account.balance_amount


def _post(waiting: dict[str, Posting]) -> None:
    """Book what waits, by reference; it waits no longer then."""
    while True:
        booked, lacks_account = _book(waiting.values())
        for reference in booked:
            del waiting[reference]
        if not waiting:
            return
        # Known before, or booked by somebody else while we were at it: theirs is committed by now.
        try:
            _drop_known(waiting)
        except ReferenceReused:
            if booked:  # what stands beside it must not stay
                transaction.set_rollback(True)
            raise
        if lacks_account:
            _open_accounts({one.key_of(leg) for one in waiting.values() for leg in one.legs})


def _distinct(postings: Iterable[Posting]) -> dict[str, Posting]:
    found: dict[str, Posting] = {}
    for one in postings:
        _check(one)
        if found.setdefault(one.reference, one).amounts() != one.amounts():
            raise ReferenceReused(extra={"reference": one.reference})
    return found


def _check(posting: Posting) -> None:
    amounts = [amount for _code, _owner, amount in posting.legs]
    if any(type(amount) is not int or not -_BIGINT <= amount < _BIGINT for amount in amounts):
        raise InvalidPosting(f"{posting.reference}: amounts are whole minor units")
    if len(amounts) < 2 or not all(amounts):
        raise InvalidPosting(f"{posting.reference}: needs two legs or more, none of them zero")
    if sum(amounts):
        raise InvalidPosting(f"{posting.reference}: the legs sum to {sum(amounts)}")
    if len(posting.amounts()) != len(posting.legs):
        raise InvalidPosting(f"{posting.reference}: names an account twice")
    if not posting.reference:
        raise InvalidPosting("a posting needs a reference")


def _book(postings: Iterable[Posting]) -> tuple[set[str], bool]:
    """Return the references that this call booked, and whether a leg has no account yet.

    It books none while one of them is known or lacks an account.
    """
    transfers, legs = [], []
    for one in postings:
        transfers.append(
            {
                "reference": one.reference,
                "kind": one.kind,
                "currency": one.currency,
                "at": one.at,
                "note": dict(one.note),
            }
        )
        legs += [
            {
                "reference": one.reference,
                "code": str(code),
                "owner": owner,
                "currency": one.currency,
                "amount": amount,
            }
            for code, owner, amount in one.legs
        ]
    values = {
        "transfers": json.dumps(transfers, default=plain),
        "legs": json.dumps(legs),
    }
    with connection.cursor() as cursor:
        cursor.execute(statement(SQL), values)
        references, lacks_account = cursor.fetchone()
    return set(references), lacks_account


def _drop_known(waiting: dict[str, Posting]) -> None:
    """Take out of `waiting` what is booked. Raises ReferenceReused where the legs differ."""
    transfers = Transfer.objects.filter(reference__in=list(waiting))
    for transfer in transfers.prefetch_related("legs__account"):
        booked = {
            (leg.account.code, leg.account.owner, leg.account.currency): leg.amount
            for leg in transfer.legs.all()
        }
        if waiting.pop(transfer.reference).amounts() != booked:
            raise ReferenceReused(extra={"reference": transfer.reference})


def _open_accounts(keys: set[AccountKey]) -> None:
    """Open those of `keys` that do not exist."""
    LedgerAccount.objects.bulk_create(
        [
            LedgerAccount(
                code=code, owner=owner, currency=currency, keeps_balance=code in KEEPS_BALANCE
            )
            for code, owner, currency in sorted(keys)
        ],
        ignore_conflicts=True,
    )
