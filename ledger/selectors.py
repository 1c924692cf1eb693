"""What the book says."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Sum

from kernel import walls
from ledger.models import AccountCode, LedgerAccount, Leg


def balance(code: AccountCode, owner: str = "", currency: str = "CNY") -> int:
    """Return the balance of one account; 0 for one that was never used.

    Positive is a debit balance. The platform owes a payee the *negative* of its account.
    """
    return balances(code, [owner], currency)[owner]


def balances(code: AccountCode, owners: Iterable[str], currency: str = "CNY") -> dict[str, int]:
    """Return owner → balance for accounts of one code."""
    found = dict.fromkeys(owners, 0)
    accounts = LedgerAccount.objects.filter(code=code, owner__in=list(found), currency=currency)
    with walls.outside("the book names owners by reference, not by shop"):
        rows = list(accounts)
        amounts = balances_of(rows)
    return found | {account.owner: amounts[account.pk] for account in rows}


def balances_of(accounts: Iterable[LedgerAccount]) -> dict[int, int]:
    """Return account pk → balance, kept or summed; one query for all that are summed."""
    found = {one.pk: one.balance_amount for one in accounts}
    hot = Leg.objects.filter(account__in=list(found), account__keeps_balance=False)
    sums = hot.values_list("account").annotate(total=Sum("amount"))
    return found | {pk: int(total) for pk, total in sums}


def totals(currency: str = "CNY") -> dict[str, int]:
    """Return account code → Σ legs over all owners: the trial balance."""
    rows = (
        Leg.objects.filter(account__currency=currency)
        .values_list("account__code")
        .annotate(total=Sum("amount"))
        .order_by("account__code")
    )
    return {code: int(total) for code, total in rows}
