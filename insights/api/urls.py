"""Addresses under /api/v1/insights/."""

from django.urls import URLPattern, URLResolver, path

from insights.api import views

_SHOP = "shops/<str:shop_id>"

urlpatterns: list[URLPattern | URLResolver] = [
    path(f"{_SHOP}/days", views.ShopDaysView.as_view()),
    path(f"{_SHOP}/binding-effects", views.BindingEffectsView.as_view()),
    path(f"{_SHOP}/scores", views.ShopScoresView.as_view()),
    path(f"{_SHOP}/scores/<str:score_id>/orders", views.ScoredOrdersView.as_view()),
    path(f"{_SHOP}/scores/<str:score_id>/cases", views.ScoredCasesView.as_view()),
    path(f"{_SHOP}/exemptions", views.ShopExemptionsView.as_view()),
    path("cards/<str:shop_id>", views.ShopCardView.as_view()),
    path("support/exemptions", views.ExemptionsView.as_view()),
    path("support/exemptions/<str:exemption_id>/lift", views.LiftExemptionView.as_view()),
]
