"""Shapes of the alliance's API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from affiliates.enums import CommissionStatus, ContractStatus, MembershipStatus, PlanStatus
from affiliates.selectors import POOL_ORDERS, attach_offers, attach_pick_states
from catalog.selectors.searching import ProductSearchIn
from kernel.api.serializers import In, Money, Out, RateBp, Text
from shops.selectors import ApprovalOut, StorefrontOut

#: See `affiliates.selectors.attach_pick_states`.
PICK_STATES = ("active", "off_shelf", "promotion_closed", "removed")


# --- in -----------------------------------------------------------------------------------------


class CreatePlanIn(In):
    """An open plan on one of the shop's products."""

    product_id = Text(max_length=32)
    rate_bp = RateBp()


class PlanRateIn(In):
    """The new rate, in basis points."""

    rate_bp = RateBp()


class PlanQueryIn(In):
    """Which plans."""

    status = serializers.ChoiceField(choices=PlanStatus.choices, required=False)


class PoolQueryIn(ProductSearchIn):
    """What a creator looks for: as a buyer, and by what it earns. `new` is the newest offer."""

    min_rate_bp = serializers.IntegerField(required=False, min_value=0, max_value=10_000)
    sort = serializers.ChoiceField(required=False, choices=sorted(POOL_ORDERS))


class PickIn(In):
    """The product to sell."""

    product_id = Text(max_length=32)


class CommissionQueryIn(In):
    """Which commissions."""

    status = serializers.ChoiceField(choices=CommissionStatus.choices, required=False)
    order_number = Text(max_length=20, required=False)


class InviteCreatorIn(In):
    """A contract offered to a creator: the agency's part of the commission."""

    creator_id = Text(max_length=32)
    share_bp = RateBp()


# --- out ----------------------------------------------------------------------------------------


class MembershipOut(Out):
    """The shop's place in the alliance."""

    status = serializers.ChoiceField(choices=MembershipStatus.choices)
    joined_at = serializers.DateTimeField()
    leaves_at = serializers.DateTimeField(allow_null=True)


class PlannedProductOut(Out):
    """The product that a plan or a pick is about."""

    id = serializers.CharField(source="public_id")
    title = serializers.CharField()
    image_url = serializers.SerializerMethodField()
    price = Money(source="min_price", allow_null=True)

    def get_image_url(self, product: Any) -> str:
        return next(iter(product.image_urls), "")


class RatesOut(Out):
    """The rate of now, and the one that was announced (AL-13)."""

    rate_bp = serializers.IntegerField()
    announced_rate_bp = serializers.IntegerField(allow_null=True)
    announced_from = serializers.DateTimeField(allow_null=True)


class OfferList(serializers.ListSerializer):
    """Plans whose rates and shops are looked up together."""

    def to_representation(self, data: Any) -> Any:
        rows = list(data)
        request = self.context["request"]
        attach_offers(rows, actor=request.actor, at=request.at)
        return super().to_representation(rows)


class PlanOut(Out):
    """A plan, as its shop sees it."""

    id = serializers.CharField(source="public_id")
    product = PlannedProductOut()
    status = serializers.ChoiceField(choices=PlanStatus.choices)
    rates = RatesOut(allow_null=True)
    closes_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()

    class Meta:
        list_serializer_class = OfferList

    def to_representation(self, plan: Any) -> Any:
        if not hasattr(plan, "rates"):
            request = self.context["request"]
            attach_offers([plan], actor=request.actor, at=request.at)
        return super().to_representation(plan)


class PlanRateOut(PlanOut):
    """The plan after a change of its rate, and the request that the change waits for, if any."""

    approval = ApprovalOut(allow_null=True)


class PoolOfferOut(PlanOut):
    """What a creator can take up."""

    storefront = StorefrontOut()
    #: What the cheapest SKU earns.
    commission_amount = Money(allow_null=True)
    pick_code = serializers.CharField(source="pick.pick_code", allow_null=True, default=None)
    #: How many creators sell it now.
    creator_count = serializers.IntegerField()


class PickList(serializers.ListSerializer):
    """Picks whose states are looked up together."""

    def to_representation(self, data: Any) -> Any:
        rows = list(data)
        attach_pick_states(rows, at=self.context["request"].at)
        return super().to_representation(rows)


class PickOut(Out):
    """A creator's choice; `pick_code` goes with the touch of an order line."""

    id = serializers.CharField(source="public_id")
    pick_code = serializers.CharField()
    product = PlannedProductOut()
    storefront = StorefrontOut()
    state = serializers.ChoiceField(choices=PICK_STATES)
    rates = RatesOut(allow_null=True)
    created_at = serializers.DateTimeField()

    class Meta:
        list_serializer_class = PickList

    def to_representation(self, pick: Any) -> Any:
        if not hasattr(pick, "state"):
            attach_pick_states([pick], at=self.context["request"].at)
        return super().to_representation(pick)


class EarnerOut(Out):
    """The creator, as shops and agencies see one."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField(source="account.name")
    handle = serializers.CharField(source="account.handle")


class ShopPickOut(PickOut):
    """Who sells the shop's products. The code stays the creator's."""

    pick_code = None  # type: ignore[assignment]
    creator = EarnerOut()


class CommissionOut(Out):
    """What one order line earns (AL-40)."""

    order_number = serializers.CharField()
    position = serializers.IntegerField(source="line.position")
    title = serializers.CharField(source="line.title")
    shop_name = serializers.CharField(source="shop.name")
    creator = EarnerOut()
    status = serializers.ChoiceField(choices=CommissionStatus.choices)
    is_on_hold = serializers.BooleanField()
    rate_bp = serializers.IntegerField()
    agency_share_bp = serializers.IntegerField()
    original_base_amount = Money()
    base_amount = Money()
    amount = Money()
    creator_amount = Money()
    agency_amount = Money()
    paid_at = serializers.DateTimeField()
    confirmed_at = serializers.DateTimeField(allow_null=True)
    settle_after = serializers.DateTimeField(allow_null=True)
    settled_at = serializers.DateTimeField(allow_null=True)


class AgencyNameOut(Out):
    """An agency."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField()


class ContractOut(Out):
    """A contract, the same for both sides."""

    id = serializers.CharField(source="public_id")
    agency = AgencyNameOut()
    creator = EarnerOut()
    share_bp = serializers.IntegerField()
    status = serializers.ChoiceField(choices=ContractStatus.choices)
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
