"""Addresses under /api/v1/governance/."""

from django.urls import URLPattern, URLResolver, path

from governance.api import views

_SHOP = "shops/<str:shop_id>"

urlpatterns: list[URLPattern | URLResolver] = [
    path(f"{_SHOP}/deposit", views.DepositView.as_view()),
    path(f"{_SHOP}/deposit/assessments", views.AssessmentsView.as_view()),
    path(f"{_SHOP}/deposit/entries", views.EntriesView.as_view()),
    path(f"{_SHOP}/deposit/top-ups", views.TopUpsView.as_view()),
    path(f"{_SHOP}/deposit/withdrawals", views.WithdrawalsView.as_view()),
    path(f"{_SHOP}/deposit/payments", views.PaymentsView.as_view()),
    path(f"{_SHOP}/restrictions", views.RestrictionsView.as_view()),
]
