"""The shapes of public pages, and of "who am I"."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.enums import RoleKind, RoleStatus
from accounts.selectors import AccountCardOut
from kernel.api.serializers import In, Out, Text
from shops.enums import ShopStatus, StaffRole
from shops.policies import permissions_of
from shops.selectors import StorefrontOut


class RegionQuery(In):
    """Inside which division."""

    within = Text(max_length=6, required=False)


class RegionOut(Out):
    """An administrative division: its code in GB/T 2260, and its names."""

    code = serializers.CharField()
    name = serializers.CharField()
    full_name = serializers.CharField()
    #: 1 province, 2 city, 3 district.
    level = serializers.IntegerField()


class ClosureOut(Out):
    """A time in which the shop sells nothing (SH-19)."""

    closed_from = serializers.DateTimeField(source="begins")
    closed_to = serializers.DateTimeField(source="ends")
    note = serializers.CharField()


class RelatedShopOut(Out):
    """The shop that this one goes on, or that goes on this one (SH-02)."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    #: 0.0 to 100.0 as text; null before there are enough orders.
    score = serializers.SerializerMethodField()
    opened_at = serializers.DateTimeField(allow_null=True)

    def get_score(self, row: Any) -> str | None:
        tenths = row.score_tenths
        return None if tenths is None else f"{tenths // 10}.{tenths % 10}"


class PublicShopOut(Out):
    """A shop's public page (BI-08)."""

    storefront = StorefrontOut()
    status = serializers.ChoiceField(choices=ShopStatus.choices)
    logo_url = serializers.CharField()
    opened_at = serializers.DateTimeField(allow_null=True)
    predecessor = RelatedShopOut(allow_null=True)
    successor = RelatedShopOut(allow_null=True)
    follower_count = serializers.IntegerField(allow_null=True)
    #: Announced, or begun: what is seen cannot be ordered then.
    holiday = ClosureOut(allow_null=True)


class ProfileOut(Out):
    """An account's public page with the card of its shop (BI-08)."""

    account = AccountCardOut()
    bio = serializers.CharField()
    follower_count = serializers.IntegerField()
    storefront = StorefrontOut(allow_null=True)


class MeUserOut(Out):
    """The person."""

    id = serializers.CharField(source="public_id")
    email = serializers.CharField()
    name = serializers.CharField()


class MeRoleOut(Out):
    """A role the person holds."""

    role = serializers.ChoiceField(choices=RoleKind.choices)
    status = serializers.ChoiceField(choices=RoleStatus.choices)


class MeCreatorOut(Out):
    """The creator the person is."""

    id = serializers.CharField(source="public_id")
    account = AccountCardOut()
    level = serializers.IntegerField()


class MeAgencyOut(Out):
    """The agency the person acts for."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField()


class PlaceOut(Out):
    """A place in a shop, with what it allows."""

    id = serializers.CharField(source="shop.public_id")
    name = serializers.CharField(source="shop.name")
    status = serializers.ChoiceField(source="shop.status", choices=ShopStatus.choices)
    role = serializers.ChoiceField(choices=StaffRole.choices)
    permissions = serializers.SerializerMethodField()

    def get_permissions(self, row: Any) -> list[str]:
        return sorted(permissions_of(row.role))


class MeOut(Out):
    """Who am I, in one object (AC-01)."""

    user = MeUserOut()
    roles = MeRoleOut(many=True)
    accounts = AccountCardOut(many=True)
    creator = MeCreatorOut(allow_null=True)
    agency = MeAgencyOut(allow_null=True)
    shops = PlaceOut(many=True)
