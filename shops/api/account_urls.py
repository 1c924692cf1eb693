"""Addresses under /api/v1/accounts/ whose answers mix accounts and shops."""

from django.urls import URLPattern, URLResolver, path

from shops.api import public_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("me", public_views.Me.as_view()),
    path("profiles/<str:account_id>", public_views.PublicProfile.as_view()),
]
