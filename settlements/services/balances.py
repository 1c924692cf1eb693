"""A payee's balance moves to another account of the book, and back: for rooms further up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from ledger.models import AccountCode
from ledger.services import transfers
from ledger.services.transfers import Posting
from settlements.errors import BalanceTooLow
from settlements.models import StatementLine
from settlements.selectors import PartyRef

#: First word of the references of what goes into a shop's deposit and comes out of it.
DEPOSIT = "deposit"
#: The same of a creator's income that the shop of their account collects (BI-06).
COLLECT = "collect"


@transaction.atomic
def spend(
    *,
    party: PartyRef,
    amount: int,
    into: AccountCode,
    reference: str,
    kind: str,
    at: datetime,
    note: Mapping[str, Any],
    currency: str = "CNY",
) -> None:
    """Move `amount` of the party's balance into its account `into`, with a line that says so.

    The balance is locked while it is looked at. Raises BalanceTooLow; nothing is written then.
    """
    owed = -transfers.lock_balance(
        code=party.account_code, owner=party.public_id, currency=currency
    )
    if not 1 <= amount <= owed:
        raise BalanceTooLow(extra={"available": max(owed, 0)})
    legs = ((party.account_code, party.public_id, amount), (into, party.public_id, -amount))
    _book(party, legs, reference, kind, at, note, currency)
    _write(party, -amount, reference, at, currency)


@transaction.atomic
def receive(
    *,
    party: PartyRef,
    amount: int,
    out_of: AccountCode,
    reference: str,
    kind: str,
    at: datetime,
    note: Mapping[str, Any],
    currency: str = "CNY",
) -> None:
    """Move `amount` from the party's account `out_of` into its balance, with a line that says so.

    Whether there is that much is for the caller, who knows what may be below zero.
    """
    legs = ((out_of, party.public_id, amount), (party.account_code, party.public_id, -amount))
    _book(party, legs, reference, kind, at, note, currency)
    _write(party, amount, reference, at, currency)


def _book(
    party: PartyRef,
    legs: tuple[transfers.LegSpec, ...],
    reference: str,
    kind: str,
    at: datetime,
    note: Mapping[str, Any],
    currency: str,
) -> None:
    transfers.post(
        [Posting(reference=reference, kind=kind, currency=currency, legs=legs, at=at, note=note)]
    )


def _write(party: PartyRef, amount: int, reference: str, at: datetime, currency: str) -> None:
    StatementLine.objects.create(
        **party.columns, currency=currency, reference=reference, amount=amount, at=at
    )
