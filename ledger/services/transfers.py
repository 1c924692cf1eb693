"""The one way into the book."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from ledger.errors import InvalidPosting, ReferenceReused
from ledger.models import AccountCode, LedgerAccount, Leg, Transfer

#: Accounts of one payee each: the balance is kept, so that a payout is checked under its lock.
#: Every other account is touched by many sales at once and is summed when somebody asks.
KEEPS_BALANCE = frozenset(
    {AccountCode.SHOP_PAYABLE, AccountCode.CREATOR_PAYABLE, AccountCode.AGENCY_PAYABLE}
)
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


@transaction.atomic
def post(postings: Sequence[Posting]) -> list[Transfer]:
    """Book `postings` and return their transfers, in their order.

    Afterwards each reference is booked exactly once, whoever else posts it at the same time, and
    the balances of the payees' accounts are the sums of their legs. A reference that is known with
    the same legs is returned and nothing is written for it.

    Raises InvalidPosting for legs that do not sum to zero, are fewer than two, zero, not integers
    or name an account twice; ReferenceReused for a known reference with other legs. Nothing of the
    whole set is booked then.
    """
    by_reference = _distinct(postings)
    if not by_reference:
        return []
    known = _known(by_reference)
    fresh = {reference: one for reference, one in by_reference.items() if reference not in known}
    accounts = _accounts({one.key_of(leg) for one in fresh.values() for leg in one.legs})
    made = _insert_transfers(list(fresh.values()))
    _insert_legs([(made[ref], one) for ref, one in fresh.items() if ref in made], accounts)
    # Somebody else booked these between our look and our insert; theirs is committed by now.
    known |= _known({ref: one for ref, one in fresh.items() if ref not in made})
    return [made.get(one.reference) or known[one.reference] for one in postings]


@transaction.atomic
def lock_balance(*, code: AccountCode, owner: str, currency: str = "CNY") -> int:
    """Lock a payee's account until the end of the transaction and return its balance.

    Negative means that the platform owes the owner. 0 for an account that was never used.
    """
    if code not in KEEPS_BALANCE:
        raise InvalidPosting(f"{code} keeps no balance to lock")
    _accounts({(str(code), owner, currency)})
    account = LedgerAccount.objects.select_for_update(no_key=True).get(
        code=code, owner=owner, currency=currency
    )
    return account.balance_amount


def _distinct(postings: Iterable[Posting]) -> dict[str, Posting]:
    """Return the postings in the order of references: racing inserts cannot deadlock then."""
    found: dict[str, Posting] = {}
    for one in postings:
        _check(one)
        if found.setdefault(one.reference, one).amounts() != one.amounts():
            raise ReferenceReused(extra={"reference": one.reference})
    return dict(sorted(found.items()))


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


def _known(postings: Mapping[str, Posting]) -> dict[str, Transfer]:
    """Return the booked ones among `postings`. Raises ReferenceReused where the legs differ."""
    if not postings:
        return {}
    transfers = Transfer.objects.filter(reference__in=list(postings)).prefetch_related(
        "legs__account"
    )
    known = {transfer.reference: transfer for transfer in transfers}
    for reference, transfer in known.items():
        booked = {
            (leg.account.code, leg.account.owner, leg.account.currency): leg.amount
            for leg in transfer.legs.all()
        }
        if booked != postings[reference].amounts():
            raise ReferenceReused(extra={"reference": reference})
    return known


def _accounts(keys: set[AccountKey]) -> dict[AccountKey, LedgerAccount]:
    """Return the accounts called `keys`; those that are missing are opened."""
    found = _find_accounts(keys)
    missing = sorted(keys - found.keys())
    if not missing:
        return found
    LedgerAccount.objects.bulk_create(
        [
            LedgerAccount(
                code=code, owner=owner, currency=currency, keeps_balance=code in KEEPS_BALANCE
            )
            for code, owner, currency in missing
        ],
        ignore_conflicts=True,
    )
    return found | _find_accounts(set(missing))


def _find_accounts(keys: set[AccountKey]) -> dict[AccountKey, LedgerAccount]:
    wanted = sorted(keys)
    rows = LedgerAccount.objects.filter(
        code__in={code for code, _owner, _currency in wanted},
        owner__in={owner for _code, owner, _currency in wanted},
        currency__in={currency for _code, _owner, currency in wanted},
    )
    named = {(row.code, row.owner, row.currency): row for row in rows}
    return {key: named[key] for key in wanted if key in named}


def _insert_transfers(postings: Sequence[Posting]) -> dict[str, Transfer]:
    """Insert what is not booked yet; return only what this call booked.

    `bulk_create(ignore_conflicts=True)` would not tell which of two racing posts has won.
    """
    if not postings:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Transfer._meta.db_table} (reference, kind, currency, at, note)"  # noqa: S608 -- our own name
            " SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::timestamptz[],"
            " %s::text[]::jsonb[])"
            " ON CONFLICT (reference) DO NOTHING RETURNING id, reference",
            [
                [one.reference for one in postings],
                [one.kind for one in postings],
                [one.currency for one in postings],
                [one.at for one in postings],
                [json.dumps(dict(one.note)) for one in postings],
            ],
        )
        ids = {reference: pk for pk, reference in cursor.fetchall()}
    return {
        one.reference: Transfer(
            pk=ids[one.reference],
            reference=one.reference,
            kind=one.kind,
            currency=one.currency,
            at=one.at,
            note=dict(one.note),
        )
        for one in postings
        if one.reference in ids
    }


def _insert_legs(
    booked: Sequence[tuple[Transfer, Posting]], accounts: Mapping[AccountKey, LedgerAccount]
) -> None:
    legs: list[Leg] = []
    deltas: dict[int, int] = {}
    for transfer, posting in booked:
        for key, amount in posting.amounts().items():
            account = accounts[key]
            legs.append(Leg(transfer=transfer, account=account, amount=amount))
            if account.keeps_balance:
                deltas[account.pk] = deltas.get(account.pk, 0) + amount
    Leg.objects.bulk_create(legs)
    _add_to_balances({pk: delta for pk, delta in deltas.items() if delta})


def _add_to_balances(deltas: Mapping[int, int]) -> None:
    if not deltas:
        return
    # Locked in the order of ids first: a bare UPDATE of several rows takes them in any order.
    rows = LedgerAccount.objects.select_for_update(no_key=True).filter(pk__in=deltas).order_by("pk")
    locked = list(rows)
    for account in locked:
        account.balance_amount += deltas[account.pk]
    LedgerAccount.objects.bulk_update(locked, ["balance_amount"])
