"""The shape of what a shop is called by now, for the answers of every room."""

from __future__ import annotations

from rest_framework import serializers

from accounts.selectors import AccountCardOut
from kernel.api.serializers import Out


class NamedShopOut(Out):
    """A shop by its name of today."""

    id = serializers.CharField()
    name = serializers.CharField()


class NowKnownAsOut(Out):
    """What the shop is called, and bound to, today."""

    shop = NamedShopOut()
    account = AccountCardOut(allow_null=True)
