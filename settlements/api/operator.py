"""The operators' door: payouts, fee rates, the waterfalls and the book."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from catalog.models import Category
from kernel.actors import Role
from kernel.api.operations import listing, operation
from kernel.api.views import View
from ledger.models import LedgerAccount, Transfer
from settlements.api.serializers import (
    AccountNumberOut,
    FeeRateIn,
    FeeRateOut,
    LedgerAccountOut,
    LedgerAccountQueryIn,
    PayoutQueryIn,
    PlatformPayoutOut,
    RefusePayoutIn,
    SettlementEntryOut,
    SettlementEntryQueryIn,
    TransferOut,
    TransferQueryIn,
)
from settlements.enums import FeeKind
from settlements.models import FeeRate, Payout, SettlementEntry
from settlements.services import fees, payout_accounts, payouts


class OperatorPayoutsView(View):
    """Requests of all payees."""

    audience = Role.OPERATOR
    permission = "settlements.operate"

    @listing(gives=PlatformPayoutOut, ordering=("-requested_at", "-id"), filters=PayoutQueryIn)
    def get(self, request: Any, query: dict[str, Any]) -> QuerySet[Payout]:
        """List payouts of all payees, latest first."""
        return _payouts().visible_to(request.actor).filter(**query)


class PayPayoutView(View):
    """Paid."""

    audience = Role.OPERATOR
    permission = "settlements.operate"

    @operation(gives=PlatformPayoutOut, idempotent=True)
    def post(self, request: Any, number: str) -> Payout:
        """Note that the bank has paid."""
        payout = _payouts().get_visible(request.actor, number=number)
        return payouts.pay(payout=payout, at=request.at, actor=request.actor)


class PayoutNumberView(View):
    """Where it goes."""

    audience = Role.OPERATOR
    permission = "settlements.operate"

    @operation(gives=AccountNumberOut)
    def post(self, request: Any, number: str) -> dict[str, str]:
        """Show the account that a waiting payout goes to; it is written down who looked."""
        payout = _payouts().select_related("account").get_visible(request.actor, number=number)
        shown = payout_accounts.reveal(payout=payout, at=request.at, actor=request.actor)
        account = payout.account
        return {"holder": account.holder, "bank": account.bank, "number": shown}


class RefusePayoutView(View):
    """Not paid."""

    audience = Role.OPERATOR
    permission = "settlements.operate"

    @operation(takes=RefusePayoutIn, gives=PlatformPayoutOut, idempotent=True)
    def post(self, request: Any, data: dict[str, Any], number: str) -> Payout:
        """Refuse a payout; the amount goes back to the balance."""
        payout = _payouts().get_visible(request.actor, number=number)
        return payouts.refuse(
            payout=payout, at=request.at, actor=request.actor, reason=data["reason"]
        )


class SettlementEntriesView(View):
    """The waterfalls."""

    audience = Role.OPERATOR
    permission = "settlements.operate"

    @listing(gives=SettlementEntryOut, filters=SettlementEntryQueryIn)
    def get(self, request: Any, query: dict[str, Any]) -> QuerySet[SettlementEntry]:
        """List what was settled and taken back, latest first."""
        entries = SettlementEntry.objects.visible_to(request.actor).select_related("shop")
        return entries.filter(**query)


class FeeRatesView(View):
    """The technical service fee (SH-09)."""

    audience = Role.OPERATOR
    permission = "settlements.operate"

    @listing(gives=FeeRateOut, ordering=("-effective_from", "-id"))
    def get(self, request: Any) -> QuerySet[FeeRate]:
        """List the dated fee rates, latest first."""
        return FeeRate.objects.visible_to(request.actor).select_related("category")

    @operation(takes=FeeRateIn, gives=FeeRateOut, status=201)
    def post(self, request: Any, data: dict[str, Any]) -> FeeRate:
        """Set a fee rate for orders placed from a moment on."""
        category = None
        if "category_id" in data:
            category = Category.objects.get_visible(request.actor, public_id=data["category_id"])
        return fees.set_rate(
            kind=FeeKind(data.get("kind", FeeKind.BASE)),
            channel=data.get("channel", ""),
            category=category,
            rate_bp=data["rate_bp"],
            effective_from=data["effective_from"],
            at=request.at,
            actor=request.actor,
        )


class LedgerAccountsView(View):
    """The book's accounts."""

    audience = Role.OPERATOR
    permission = "ledger.operate"

    @listing(gives=LedgerAccountOut, ordering=("code", "id"), filters=LedgerAccountQueryIn)
    def get(self, request: Any, query: dict[str, Any]) -> QuerySet[LedgerAccount]:
        """List accounts with their balances."""
        return LedgerAccount.objects.visible_to(request.actor).filter(**query)


class TransfersView(View):
    """The book's transfers."""

    audience = Role.OPERATOR
    permission = "ledger.operate"

    @listing(gives=TransferOut, filters=TransferQueryIn)
    def get(self, request: Any, query: dict[str, Any]) -> QuerySet[Transfer]:
        """List transfers with their legs, latest first."""
        transfers = Transfer.objects.visible_to(request.actor).filter(**query)
        return transfers.prefetch_related("legs__account")


def _payouts() -> Any:
    return Payout.objects.select_related("shop", "creator__account", "agency")
