"""The shapes of the identity block, for the answers of every room."""

from __future__ import annotations

from typing import TypedDict

from rest_framework import serializers

from accounts.selectors import AccountCard, AccountCardOut
from kernel.api.serializers import Out
from shops.enums import ApprovalStatus, GuaranteeKind, Relation, ShippingSpeed, ShopType


class StorefrontShop(TypedDict):
    """The shop's half of the identity block."""

    id: str
    name: str
    type: str
    #: 0.0 to 100.0 as text; None before there are 30 orders (SH-14).
    score: str | None
    #: Kinds of the guarantees in force, in alphabetical order.
    guarantees: list[str]
    #: None: no deposit is asked of this shop.
    deposit_badge: str | None


class Storefront(TypedDict):
    """Who sells, as the buyer sees it (BI-10). Plain JSON values: orders freeze it as it is."""

    shop: StorefrontShop
    account: AccountCard | None
    relation: str | None
    #: ISO-8601, UTC.
    bound_since: str | None


class Presenter(TypedDict):
    """Whose content sold it, and how they stand to the shop."""

    account: AccountCard
    relation: str


class StorefrontShopOut(Out):
    """The shape of `StorefrontShop`."""

    id = serializers.CharField()
    name = serializers.CharField()
    type = serializers.ChoiceField(choices=ShopType.choices)
    score = serializers.CharField(allow_null=True)
    guarantees = serializers.ListField(child=serializers.ChoiceField(choices=GuaranteeKind.choices))
    deposit_badge = serializers.CharField(allow_null=True)


class StorefrontOut(Out):
    """The shape of `Storefront`, the same in every buyer-facing answer."""

    shop = StorefrontShopOut()
    account = AccountCardOut(allow_null=True)
    relation = serializers.ChoiceField(choices=Relation.choices, allow_null=True)
    bound_since = serializers.DateTimeField(allow_null=True)


class PresenterOut(Out):
    """The shape of `Presenter`."""

    account = AccountCardOut()
    relation = serializers.ChoiceField(choices=Relation.choices)


class ShipsInOut(Out):
    """How soon it is sent: by a speed, or so many days after it is paid and `after` is over.

    Without a speed and without days it is sent as its shop promises.
    """

    speed = serializers.ChoiceField(choices=ShippingSpeed.choices, allow_blank=True)
    days = serializers.IntegerField(allow_null=True)
    after = serializers.DateTimeField(allow_null=True)


class ApprovalOut(Out):
    """A request that a second person of the shop decides."""

    id = serializers.CharField(source="public_id")
    kind = serializers.CharField()
    target_id = serializers.CharField(source="target")
    status = serializers.ChoiceField(choices=ApprovalStatus.choices)
    asked_by = serializers.CharField(source="asked_by_label")
    asked_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    #: Set where nobody else of the shop may decide: it takes effect by itself then.
    takes_effect_at = serializers.DateTimeField(allow_null=True)
    decided_by = serializers.CharField(source="decided_by_label")
    decided_at = serializers.DateTimeField(allow_null=True)
