"""Addresses under /api/v1/affiliates/."""

from django.urls import URLPattern, URLResolver, path

from affiliates.api import agency, creator, merchant, planfiles

_SHOP = "shops/<str:shop_id>"
_FILES = f"{_SHOP}/plan-files"

urlpatterns: list[URLPattern | URLResolver] = [
    path(f"{_SHOP}/membership", merchant.MembershipView.as_view()),
    path(f"{_SHOP}/plans", merchant.ShopPlansView.as_view()),
    path(f"{_SHOP}/plans/<str:plan_id>", merchant.ShopPlanView.as_view()),
    path(f"{_SHOP}/plans/<str:plan_id>/rate", merchant.PlanRateView.as_view()),
    path(f"{_SHOP}/plans/<str:plan_id>/close", merchant.ClosePlanView.as_view()),
    path(f"{_SHOP}/plans/<str:plan_id>/resume", merchant.ResumePlanView.as_view()),
    path(_FILES, planfiles.PlanFilesView.as_view()),
    path(f"{_FILES}/<str:plan_file_id>", planfiles.PlanFileView.as_view()),
    path(f"{_FILES}/<str:plan_file_id>/apply", planfiles.PlanFileApplyView.as_view()),
    path(f"{_FILES}/<str:plan_file_id>/faults", planfiles.PlanFileFaultsView.as_view()),
    path(f"{_FILES}/<str:plan_file_id>/error-file", planfiles.PlanErrorFileView.as_view()),
    path(f"{_SHOP}/picks", merchant.ShopPicksView.as_view()),
    path(f"{_SHOP}/commissions", merchant.ShopCommissionsView.as_view()),
    path("creator/pool", creator.PoolView.as_view()),
    path("creator/picks", creator.PicksView.as_view()),
    path("creator/picks/<str:pick_id>", creator.PickView.as_view()),
    path("creator/commissions", creator.CreatorCommissionsView.as_view()),
    path("creator/contracts", creator.CreatorContractsView.as_view()),
    path("creator/contracts/<str:contract_id>/accept", creator.AcceptContractView.as_view()),
    path("creator/contracts/<str:contract_id>/decline", creator.DeclineContractView.as_view()),
    path("creator/contracts/<str:contract_id>/end", creator.EndContractView.as_view()),
    path("agency/contracts", agency.AgencyContractsView.as_view()),
    path("agency/contracts/<str:contract_id>/end", agency.EndAgencyContractView.as_view()),
    path("agency/commissions", agency.AgencyCommissionsView.as_view()),
]
