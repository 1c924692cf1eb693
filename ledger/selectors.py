"""What the book says."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Sum

from ledger.models import AccountCode, LedgerAccount, Leg


def balance(code: AccountCode, owner: str = "", currency: str = "CNY") -> int:
    """Return the balance of one account; 0 for one that was never used.

    Positive is a debit balance. The platform owes a payee the *negative* of its account.
    """
    return balances(code, [owner], currency)[owner]


def balances(code: AccountCode, owners: Iterable[str], currency: str = "CNY") -> dict[str, int]:
    """Return owner → balance for accounts of one code."""
    wanted = list(dict.fromkeys(owners))
    found = dict.fromkeys(wanted, 0)
    accounts = LedgerAccount.objects.filter(code=code, owner__in=wanted, currency=currency)
    summed = {}
    for account in accounts:
        if account.keeps_balance:
            found[account.owner] = account.balance_amount
        else:
            summed[account.pk] = account.owner
    if summed:
        rows = (
            Leg.objects.filter(account__in=summed)
            .values_list("account")
            .annotate(total=Sum("amount"))
        )
        for pk, total in rows:
            found[summed[pk]] = int(total)
    return found


def totals(currency: str = "CNY") -> dict[str, int]:
    """Return account code → Σ legs over all owners: the trial balance."""
    rows = (
        Leg.objects.filter(account__currency=currency)
        .values_list("account__code")
        .annotate(total=Sum("amount"))
        .order_by("account__code")
    )
    return {code: int(total) for code, total in rows}
