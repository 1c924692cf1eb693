"""Questions about people and their content accounts."""

from __future__ import annotations

from typing import TypedDict

from rest_framework import serializers

from accounts.enums import AccountKind
from accounts.models import Account
from kernel.api.serializers import Out


class AccountCard(TypedDict):
    """An account as others see it; plain JSON values, so it can be frozen on an order."""

    id: str
    handle: str
    name: str
    avatar_url: str
    kind: str
    verified: bool


class AccountCardOut(Out):
    """The shape of `account_card`, for every room's answers."""

    id = serializers.CharField()
    handle = serializers.CharField()
    name = serializers.CharField()
    avatar_url = serializers.CharField()
    kind = serializers.ChoiceField(choices=AccountKind)
    verified = serializers.BooleanField()


def account_card(account: Account) -> AccountCard:
    """Return the public card of `account`. Costs no query.

    `verified` is what the last sweep left (AC-04): an expired verification loses its date there.
    """
    return AccountCard(
        id=account.public_id,
        handle=account.handle,
        name=account.name,
        avatar_url=account.avatar_url,
        kind=str(account.kind),
        verified=account.verified_until is not None,
    )
