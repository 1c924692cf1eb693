"""What the shops room does to an account that becomes the face of a shop (BI-07)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.models import Account
from kernel import walls

_WHY = "an account is its owner's; the binding says what the shop may do to it"


def lock(account_ids: Iterable[int], *, skip_locked: bool = False) -> dict[int, Account]:
    """Lock the accounts in order of their keys and return them: the first of all locks.

    With `skip_locked` those that somebody else holds are absent instead of waited for.
    """
    rows = Account.objects.select_for_update(no_key=True, of=("self",), skip_locked=skip_locked)
    with walls.outside(_WHY):
        return {row.pk: row for row in rows.filter(pk__in=set(account_ids)).order_by("pk")}


@transaction.atomic
def wear(*, account: Account, name: str, avatar_url: str, at: datetime) -> None:
    """Give the account, locked by the caller, a shop's name and picture (BI-07)."""
    account.name = name
    account.avatar_url = avatar_url
    account.official_since = account.official_since or at
    _save(account)


@transaction.atomic
def take_off(*, account: Account, name: str, avatar_url: str) -> None:
    """Give the account, locked by the caller, its own name and picture back (BI-13)."""
    account.name = name
    account.avatar_url = avatar_url
    account.official_since = None
    _save(account)


def _save(account: Account) -> None:
    with walls.outside(_WHY):
        account.save(update_fields=["name", "avatar_url", "official_since"])
