"""Balances and rates, as people ask for them."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Agency, Creator
from kernel.actors import Actor, Role
from kernel.errors import NotFound
from ledger import selectors as book
from ledger.models import AccountCode
from settlements.enums import PartyKind
from shops.models import Shop

_ACCOUNTS = {
    PartyKind.SHOP: AccountCode.SHOP_PAYABLE,
    PartyKind.CREATOR: AccountCode.CREATOR_PAYABLE,
    PartyKind.AGENCY: AccountCode.AGENCY_PAYABLE,
}


@dataclass(frozen=True)
class PartyRef:
    """Whose money: a shop, a creator or an agency."""

    kind: PartyKind
    pk: int
    public_id: str

    @property
    def account_code(self) -> AccountCode:
        """The payee's account in the book."""
        return _ACCOUNTS[self.kind]

    @property
    def columns(self) -> dict[str, object]:
        """The columns that name this party in a row."""
        return {"party": self.kind, f"{self.kind}_id": self.pk}


@dataclass(frozen=True)
class Balance:
    """What the platform owes a party. Negative is a debt, worked off by the next settlements."""

    balance_amount: int
    #: What a payout may take now.
    available_amount: int
    currency: str = "CNY"


def party_of(actor: Actor) -> PartyRef:
    """Return the party that the actor acts for. Raises NotFound for somebody without one."""
    if actor.role is Role.MERCHANT and actor.shop_id is not None:
        shop_id = Shop.objects.values_list("public_id", flat=True).get(pk=actor.shop_id)
        return PartyRef(PartyKind.SHOP, actor.shop_id, shop_id)
    if actor.role is Role.CREATOR and actor.creator_id is not None:
        creator_id = Creator.objects.values_list("public_id", flat=True).get(pk=actor.creator_id)
        return PartyRef(PartyKind.CREATOR, actor.creator_id, creator_id)
    if actor.role is Role.AGENCY and actor.agency_id is not None:
        agency_id = Agency.objects.values_list("public_id", flat=True).get(pk=actor.agency_id)
        return PartyRef(PartyKind.AGENCY, actor.agency_id, agency_id)
    raise NotFound


def balance_of(party: PartyRef, currency: str = "CNY") -> Balance:
    """Return the party's balance: the book's, never one of our own."""
    owed = -book.balance(party.account_code, party.public_id, currency)
    return Balance(balance_amount=owed, available_amount=max(owed, 0), currency=currency)
