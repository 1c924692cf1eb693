"""Balances and rates, as people ask for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from accounts.models import Agency, Creator
from catalog.models import Category
from kernel.actors import Actor, Role
from kernel.errors import NotFound
from ledger import selectors as book
from ledger.models import AccountCode
from settlements.enums import PartyKind
from settlements.models import FeeRate
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


def fee_rate(category: Category, at: datetime) -> int:
    """Return the platform's fee in basis points for sales of `category` made at `at` (SH-09).

    The nearest category up the tree with a dated rate of its own decides, else the rate without
    category, else the setting.
    """
    return fee_rates([(category, at)])[category.pk, at]


def fee_rates(sales: Iterable[tuple[Category, datetime]]) -> dict[tuple[int, datetime], int]:
    """Return (category pk, time) → basis points, in one query."""
    sales = list(sales)
    chains = {category.pk: _chain(category) for category, _at in sales}
    wanted = {pk for chain in chains.values() for pk in chain}
    rows = list(
        FeeRate.objects.filter(category__in=wanted) | FeeRate.objects.filter(category__isnull=True)
    )
    return {(category.pk, at): _rate(rows, chains[category.pk], at) for category, at in sales}


def _chain(category: Category) -> list[int]:
    """Return the primary keys from the category up to the root."""
    above = [int(part) for part in category.path.split("/") if part]
    return [category.pk, *(pk for pk in reversed(above) if pk != category.pk)]


def _rate(rows: list[FeeRate], chain: list[int], at: datetime) -> int:
    begun = sorted(
        (row for row in rows if row.effective_from <= at),
        key=lambda row: (row.effective_from, row.pk),
    )
    latest = {row.category_id: row.rate_bp for row in begun}
    for pk in (*chain, None):
        if pk in latest:
            return latest[pk]
    return settings.SERVICE_FEE_BP
