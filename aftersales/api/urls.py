"""Addresses under /api/v1/aftersales/."""

from django.urls import URLPattern, URLResolver, path

from aftersales.api import buyer, merchant, platform

_SHOP = "shops/<str:shop_id>/cases"
_SHOP_CASE = f"{_SHOP}/<str:number>"
_SUPPORT_CASE = "support/cases/<str:number>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("lines/<str:order_number>/<str:position>/options", buyer.LineOptions.as_view()),
    path("calculations", buyer.Calculations.as_view()),
    path("cases", buyer.Cases.as_view()),
    path("cases/<str:number>", buyer.Case.as_view()),
    path("cases/<str:number>/withdraw", buyer.CaseWithdrawal.as_view()),
    path("cases/<str:number>/edit", buyer.CaseEdit.as_view()),
    path("cases/<str:number>/ship-back", buyer.CaseShipment.as_view()),
    path("cases/<str:number>/escalate", buyer.CaseEscalation.as_view()),
    path("cases/<str:number>/message", buyer.CaseMessage.as_view()),
    path(_SHOP, merchant.ShopCases.as_view()),
    path(f"{_SHOP}/counters", merchant.ShopCaseCounters.as_view()),
    path(f"{_SHOP}/decisions", merchant.ShopCaseDecisions.as_view()),
    path(_SHOP_CASE, merchant.ShopCase.as_view()),
    path(f"{_SHOP_CASE}/approve", merchant.ShopCaseApproval.as_view()),
    path(f"{_SHOP_CASE}/reject", merchant.ShopCaseRejection.as_view()),
    path(f"{_SHOP_CASE}/reject-and-ship", merchant.ShopCaseShippedAnyway.as_view()),
    path(f"{_SHOP_CASE}/mark-received", merchant.ShopCaseReceipt.as_view()),
    path(f"{_SHOP_CASE}/accept-return", merchant.ShopCaseReturnAcceptance.as_view()),
    path(f"{_SHOP_CASE}/reject-return", merchant.ShopCaseReturnRejection.as_view()),
    path(f"{_SHOP_CASE}/inspect", merchant.ShopCaseInspection.as_view()),
    path(f"{_SHOP_CASE}/escalate", merchant.ShopCaseEscalation.as_view()),
    path(f"{_SHOP_CASE}/message", merchant.ShopCaseMessage.as_view()),
    path("support/counters", platform.SupportCounters.as_view()),
    path("support/cases", platform.SupportCases.as_view()),
    path(_SUPPORT_CASE, platform.SupportCase.as_view()),
    path(f"{_SUPPORT_CASE}/decide", platform.SupportCaseDecision.as_view()),
    path(f"{_SUPPORT_CASE}/escalate", platform.SupportCaseEscalation.as_view()),
    path(f"{_SUPPORT_CASE}/message", platform.SupportCaseMessage.as_view()),
    path(f"{_SUPPORT_CASE}/note", platform.SupportCaseNote.as_view()),
    path("operator/sandbox/deadlines", platform.SandboxDeadlines.as_view()),
]
