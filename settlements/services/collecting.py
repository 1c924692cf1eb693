"""What an account earns while it is a shop's face goes on to the shop (BI-06)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from accounts.models import Creator
from affiliates.services.commissions import Earning
from ledger.models import AccountCode
from ledger.services.transfers import Posting
from orders.models import OrderLine
from settlements.enums import PartyKind
from settlements.models import SettlementEntry, StatementLine
from settlements.services.balances import COLLECT
from shops.selectors import collecting_shops


@dataclass(frozen=True)
class PassedOn:
    """A creator's part of an entry, on its way to the shop that collects it."""

    entry: SettlementEntry
    creator: str
    shop: str

    @property
    def reference(self) -> str:
        """The ledger's: names the entry by its key, for the order is another shop's business."""
        return f"{COLLECT}:{self.entry.pk}"

    @property
    def posting(self) -> Posting:
        """From what is owed to the creator to what is owed to the shop."""
        amount = self.entry.creator_amount
        return Posting(
            reference=self.reference,
            kind=COLLECT,
            currency=self.entry.currency,
            legs=(
                (AccountCode.CREATOR_PAYABLE, self.creator, amount),
                (AccountCode.SHOP_PAYABLE, self.shop, -amount),
            ),
            at=self.entry.at,
            note={},
        )

    @property
    def statement_lines(self) -> list[StatementLine]:
        """What both read. The shop that collects reads nothing of another shop's order."""
        told = {
            "reference": self.reference,
            "currency": self.entry.currency,
            "at": self.entry.at,
        }
        amount = self.entry.creator_amount
        return [
            StatementLine(
                party=PartyKind.CREATOR, creator_id=self.entry.creator_id, amount=-amount, **told
            ),
            StatementLine(
                party=PartyKind.SHOP, shop_id=self.entry.collected_by_id, amount=amount, **told
            ),
        ]


def name_shops(entries: Sequence[SettlementEntry], lines: Sequence[OrderLine]) -> None:
    """Write on `entries` which shop collects their creator's part, as it was when they sold.

    By the binding that held when the order was placed: what is bound or ended afterwards changes
    nothing, so neither does the order in which both happen. Two queries, none without creators.
    """
    creators = {entry.creator_id for entry in entries if entry.creator_id and entry.creator_amount}
    if not creators:
        return
    accounts = dict(Creator.objects.filter(pk__in=creators).values_list("pk", "account_id"))
    placed = {line.pk: line.order.placed_at for line in lines}
    sales = {
        entry.line_id: (accounts[entry.creator_id], placed[entry.line_id])
        for entry in entries
        if entry.creator_id in creators
    }
    shops = collecting_shops(set(sales.values()))
    for entry in entries:
        shop = shops.get(sales[entry.line_id]) if entry.line_id in sales else None
        entry.collected_by = shop


def of(entries: Sequence[SettlementEntry], earned: Mapping[int, Earning]) -> list[PassedOn]:
    """Return what of `entries` shops collect; the shops that `name_shops` wrote are loaded."""
    return [
        PassedOn(one, earned[one.line_id].creator_public_id, one.collected_by.public_id)
        for one in entries
        if one.collected_by is not None and one.creator_amount
    ]
