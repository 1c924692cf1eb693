"""Addresses under /api/v1/accounts/; those that mix in shops: `shops.api.account_urls`."""

from django.urls import URLPattern, URLResolver, path

from accounts.api import operator_views as operator
from accounts.api import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts", views.Accounts.as_view()),
    path("accounts/<str:account_id>", views.OwnAccount.as_view()),
    path("accounts/<str:account_id>/collection-account", views.CollectionAccount.as_view()),
    path("accounts/<str:account_id>/follow", views.FollowAccount.as_view()),
    path("accounts/<str:account_id>/followers", views.Followers.as_view()),
    path("accounts/<str:account_id>/blocks", views.Blocks.as_view()),
    path("accounts/<str:account_id>/blocks/<str:user_id>", views.BlockUser.as_view()),
    path("accounts/<str:account_id>/verifications", views.Verifications.as_view()),
    path("following", views.Following.as_view()),
    path("addresses", views.Addresses.as_view()),
    path("addresses/<str:address_id>", views.OneAddress.as_view()),
    path("creators", views.Creators.as_view()),
    path("agencies", views.Agencies.as_view()),
    path("operator/verifications", operator.VerificationQueue.as_view()),
    path("operator/verifications/<str:verification_id>", operator.OneVerification.as_view()),
    path(
        "operator/verifications/<str:verification_id>/start", operator.StartVerification.as_view()
    ),
    path(
        "operator/verifications/<str:verification_id>/approve",
        operator.ApproveVerification.as_view(),
    ),
    path(
        "operator/verifications/<str:verification_id>/reject",
        operator.RejectVerification.as_view(),
    ),
    path("operator/creators", operator.CreatorList.as_view()),
    path("operator/creators/<str:creator_id>/suspend", operator.SuspendCreator.as_view()),
    path("operator/creators/<str:creator_id>/restore", operator.RestoreCreator.as_view()),
    path("operator/users/<str:user_id>/roles/<str:role>/suspend", operator.SuspendRole.as_view()),
    path("operator/users/<str:user_id>/roles/<str:role>/restore", operator.RestoreRole.as_view()),
]
