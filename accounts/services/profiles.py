"""Content accounts as their owners make them."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.errors import HandleTaken, IsOfficialAccount, NameFollowsShop, TooManyAccounts
from accounts.models import Account, User
from kernel import audit
from kernel.actors import Actor

#: An account is a public name: without a limit one person could take them all.
MAX_ACCOUNTS = 20


@transaction.atomic
def create_account(
    *, owner: User, kind: str, handle: str, name: str, avatar_url: str = "", bio: str = ""
) -> Account:
    """Return a new, unverified account (AC-03).

    Raises HandleTaken, TooManyAccounts.
    """
    _lock_owner(owner)
    if owner.accounts.count() >= MAX_ACCOUNTS:
        raise TooManyAccounts
    try:
        with transaction.atomic():
            return Account.objects.create(
                owner=owner, kind=kind, handle=handle, name=name, avatar_url=avatar_url, bio=bio
            )
    except IntegrityError as error:
        if "account_handle_ci" not in str(error):
            raise
        raise HandleTaken from None


@transaction.atomic
def edit_account(
    *,
    account_id: int,
    name: str | None = None,
    avatar_url: str | None = None,
    bio: str | None = None,
) -> Account:
    """Change what is given. An official account takes name and picture from its shop (BI-07).

    Raises NameFollowsShop; nothing is changed then.
    """
    account = Account.objects.select_for_update(no_key=True, of=("self",)).get(pk=account_id)
    if account.official_since is not None and (name is not None or avatar_url is not None):
        raise NameFollowsShop
    given = {"name": name, "avatar_url": avatar_url, "bio": bio}
    changes = {field: value for field, value in given.items() if value is not None}
    for field, value in changes.items():
        setattr(account, field, value)
    if changes:
        account.save(update_fields=list(changes))
    return account


@transaction.atomic
def open_collection(*, account_id: int, at: datetime, actor: Actor) -> Account:
    """Note that the account opened a formal collection account of its own. Doing it twice is fine.

    From then on it can be nobody's official account (BI-05).

    Raises IsOfficialAccount when it is one now.
    """
    account = Account.objects.select_for_update(no_key=True, of=("self",)).get(pk=account_id)
    if account.official_since is not None:
        raise IsOfficialAccount
    if account.collection_opened_at is None:
        account.collection_opened_at = at
        account.save(update_fields=["collection_opened_at"])
        audit.record(actor=actor, action="accounts.open_collection", target=account, at=at)
    return account


def _lock_owner(owner: User) -> None:
    User.objects.select_for_update(no_key=True, of=("self",)).get(pk=owner.pk)


__all__ = ["MAX_ACCOUNTS", "create_account", "edit_account", "open_collection"]
