"""Addresses under /api/v1/settlements/."""

from django.urls import URLPattern, URLResolver, path

from settlements.api import operator, parties

_SHOP = "shops/<str:shop_id>"

urlpatterns: list[URLPattern | URLResolver] = [
    path(f"{_SHOP}/balance", parties.ShopBalanceView.as_view()),
    path(f"{_SHOP}/statements", parties.ShopStatementsView.as_view()),
    path(f"{_SHOP}/statement-lines", parties.ShopStatementLinesView.as_view()),
    path(f"{_SHOP}/payouts", parties.ShopPayoutsView.as_view()),
    path(f"{_SHOP}/payout-accounts", parties.ShopPayoutAccountsView.as_view()),
    path("creator/balance", parties.CreatorBalanceView.as_view()),
    path("creator/statements", parties.CreatorStatementsView.as_view()),
    path("creator/statement-lines", parties.CreatorStatementLinesView.as_view()),
    path("creator/payouts", parties.CreatorPayoutsView.as_view()),
    path("agency/balance", parties.AgencyBalanceView.as_view()),
    path("agency/statements", parties.AgencyStatementsView.as_view()),
    path("agency/statement-lines", parties.AgencyStatementLinesView.as_view()),
    path("agency/payouts", parties.AgencyPayoutsView.as_view()),
    path("operator/payouts", operator.OperatorPayoutsView.as_view()),
    path("operator/payouts/<str:number>/pay", operator.PayPayoutView.as_view()),
    path("operator/payouts/<str:number>/account", operator.PayoutNumberView.as_view()),
    path("operator/payouts/<str:number>/refuse", operator.RefusePayoutView.as_view()),
    path("operator/entries", operator.SettlementEntriesView.as_view()),
    path("operator/fee-rates", operator.FeeRatesView.as_view()),
    path("operator/accounts", operator.LedgerAccountsView.as_view()),
    path("operator/transfers", operator.TransfersView.as_view()),
]
