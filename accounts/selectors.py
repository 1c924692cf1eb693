"""Questions about people and their content accounts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypedDict

from rest_framework import serializers

from accounts.enums import AccountKind
from accounts.models import Account, Address
from kernel.api.serializers import Out
from kernel.crypto import decrypt
from kernel.text import mask_name, mask_phone


class AccountCard(TypedDict):
    """An account as others see it; plain JSON values, so it can be frozen on an order."""

    id: str
    handle: str
    name: str
    avatar_url: str
    kind: str
    verified: bool


class AccountCardOut(Out):
    """The shape of `account_card`, for every room's answers; takes a card or an `Account`."""

    id = serializers.CharField()
    handle = serializers.CharField()
    name = serializers.CharField()
    avatar_url = serializers.CharField()
    kind = serializers.ChoiceField(choices=AccountKind.choices)
    verified = serializers.BooleanField()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        card = account_card(instance) if isinstance(instance, Account) else instance
        return super().to_representation(card)


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


@dataclass(frozen=True)
class Receiver:
    """Who gets a parcel, and where."""

    id: str
    name: str
    phone: str
    province: str
    city: str
    district: str
    street: str
    is_default: bool


def receiver(address: Address) -> Receiver:
    """Return the saved receiver in clear: for its owner, and for the order it is copied to."""
    opened = decrypt(address.sealed)
    return Receiver(
        id=address.public_id,
        name=opened["name"],
        phone=opened["phone"],
        province=address.province,
        city=address.city,
        district=address.district,
        street=opened["street"],
        is_default=address.is_default,
    )


def masked(one: Receiver) -> Receiver:
    """Return it as a list shows it: 王**, 138****1234, no street."""
    return replace(one, name=mask_name(one.name), phone=mask_phone(one.phone), street="***")
