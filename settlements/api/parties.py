"""One's own money: the same door for shops, creators and agencies."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, ClassVar

from django.db.models import QuerySet

from accounts.models import Account
from kernel.actors import Role
from kernel.api.operations import listing, operation
from kernel.api.views import View
from settlements.api.serializers import (
    BalanceOut,
    CreatorBalanceOut,
    PayoutAccountIn,
    PayoutAccountOut,
    PayoutIn,
    PayoutOut,
    PayoutQueryIn,
    ShopStatementLineOut,
    StatementLineOut,
    StatementLineQueryIn,
    StatementOut,
)
from settlements.models import Payout, PayoutAccount, Statement, StatementLine
from settlements.policies import next_month, starts_at
from settlements.selectors import Balance, balance_of, party_of
from settlements.services import payout_accounts, payouts
from shops.selectors import collection_shop


class BalanceView(View):
    """The balance."""

    @operation(gives=BalanceOut)
    def get(self, request: Any, **keys: str) -> Balance:
        """Show the balance, as the ledger has it."""
        return balance_of(party_of(request.actor))


class StatementsView(View):
    """Monthly statements."""

    @listing(gives=StatementOut, ordering=("-month", "-id"))
    def get(self, request: Any, **keys: str) -> QuerySet[Statement]:
        """List the monthly statements, latest first. Months begin at 00:00 in China."""
        return Statement.objects.visible_to(request.actor)


class StatementLinesView(View):
    """What the statements consist of."""

    @listing(gives=StatementLineOut, ordering=("-at", "-id"), filters=StatementLineQueryIn)
    def get(self, request: Any, query: dict[str, Any], **keys: str) -> QuerySet[StatementLine]:
        """List the postings of a month, or all, latest first."""
        return _lines(request, query)


def _lines(request: Any, query: dict[str, Any]) -> QuerySet[StatementLine]:
    lines = StatementLine.objects.visible_to(request.actor).select_related("entry")
    if "month" in query:
        month = query["month"]
        lines = lines.filter(at__gte=starts_at(month), at__lt=starts_at(next_month(month)))
    if "order_number" in query:
        lines = lines.filter(order_number=query["order_number"])
    return lines


class PayoutsView(View):
    """Money out."""

    @listing(gives=PayoutOut, ordering=("-requested_at", "-id"), filters=PayoutQueryIn)
    def get(self, request: Any, query: dict[str, Any], **keys: str) -> QuerySet[Payout]:
        """List payouts, latest first."""
        return Payout.objects.visible_to(request.actor).filter(**query)

    @operation(takes=PayoutIn, gives=PayoutOut, status=201, idempotent=True)
    def post(self, request: Any, data: dict[str, Any], **keys: str) -> Payout:
        """Ask for a payout; the amount leaves the balance at once."""
        return payouts.request(
            party=party_of(request.actor),
            amount=data["amount"],
            at=request.at,
            actor=request.actor,
        )


class ShopBalanceView(BalanceView):
    """The shop's."""

    audience = Role.MERCHANT
    permission = "settlements.view"


class ShopStatementsView(StatementsView):
    """The shop's."""

    audience = Role.MERCHANT
    permission = "settlements.view"


class ShopStatementLinesView(View):
    """The shop's, with what everybody got of its sales."""

    audience = Role.MERCHANT
    permission = "settlements.view"

    @listing(gives=ShopStatementLineOut, ordering=("-at", "-id"), filters=StatementLineQueryIn)
    def get(self, request: Any, query: dict[str, Any], shop_id: str) -> QuerySet[StatementLine]:
        """List the postings of a month, or all, latest first; with the platform's fee."""
        return _lines(request, query)


class ShopPayoutsView(PayoutsView):
    """The shop's."""

    audience = Role.MERCHANT
    permission = "settlements.view"
    permissions = {"POST": "settlements.payout"}


class ShopPayoutAccountsView(View):
    """Where the shop's money goes."""

    audience = Role.MERCHANT
    permission = "settlements.payout"
    permissions: ClassVar[dict[str, str]] = {"GET": "settlements.view"}

    @listing(gives=PayoutAccountOut)
    def get(self, request: Any, shop_id: str) -> QuerySet[PayoutAccount]:
        """List the payout accounts, the latest first; `active` is the one in use."""
        return PayoutAccount.objects.visible_to(request.actor)

    @operation(takes=PayoutAccountIn, gives=PayoutAccountOut, status=201, idempotent=True)
    def post(self, request: Any, data: dict[str, Any], shop_id: str) -> PayoutAccount:
        """Set the payout account: the first at once, another when a second person approves."""
        return payout_accounts.set_account(
            shop_id=request.actor.shop_id, at=request.at, actor=request.actor, **data
        )


class CreatorBalanceView(View):
    """The creator's."""

    audience = Role.CREATOR

    @operation(gives=CreatorBalanceOut)
    def get(self, request: Any) -> dict[str, Any]:
        """Show the balance, as the ledger has it, and which shop collects what is earned now."""
        balance = balance_of(party_of(request.actor))
        account = Account.objects.get(creator=request.actor.creator_id)
        return {**asdict(balance), "collected_by": collection_shop(account)}


class CreatorStatementsView(StatementsView):
    """The creator's."""

    audience = Role.CREATOR


class CreatorStatementLinesView(StatementLinesView):
    """The creator's."""

    audience = Role.CREATOR


class CreatorPayoutsView(PayoutsView):
    """The creator's."""

    audience = Role.CREATOR


class AgencyBalanceView(BalanceView):
    """The agency's."""

    audience = Role.AGENCY


class AgencyStatementsView(StatementsView):
    """The agency's."""

    audience = Role.AGENCY


class AgencyStatementLinesView(StatementLinesView):
    """The agency's."""

    audience = Role.AGENCY


class AgencyPayoutsView(PayoutsView):
    """The agency's."""

    audience = Role.AGENCY
