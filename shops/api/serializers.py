"""The shapes of the shops room; those of the identity block are in `shops.selectors.shapes`."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.selectors import AccountCardOut
from kernel.api.serializers import Flag, In, Link, Out, Text, Whole
from kernel.text import PHONE
from shops.enums import (
    ApprovalStatus,
    BindingStatus,
    EndReason,
    GuaranteeKind,
    Relation,
    ShopStatus,
    ShopType,
    StaffRole,
    StaffStatus,
)
from shops.models.shop import LEAST_UNPAID_MINUTES, MOST_UNPAID_MINUTES

# --- shops --------------------------------------------------------------------------------------


class ShopIn(In):
    """A new shop, in preparation."""

    name = Text(max_length=60)
    type = serializers.ChoiceField(choices=ShopType.choices, default=ShopType.ORDINARY)
    logo_url = Link(required=False)
    #: Id of one's own individual shop that the enterprise's goes on (SH-02).
    succeeds = Text(max_length=40, required=False)


class ShopOut(Out):
    """A shop as its own people and the platform see it."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    type = serializers.ChoiceField(choices=ShopType.choices)
    #: 0 ordinary, 1 multi-brand specialty, 2 flagship, 3 brand specialty, 4 mall,
    #: 6 store-type flagship, 7 official flagship, 8 enterprise, 9 individual (SH-01).
    type_number = serializers.SerializerMethodField()
    status = serializers.ChoiceField(choices=ShopStatus.choices)
    logo_url = serializers.CharField()
    opened_at = serializers.DateTimeField(allow_null=True)
    unpaid_minutes = serializers.IntegerField(allow_null=True)
    version = serializers.IntegerField()

    def get_type_number(self, row: Any) -> int:
        return ShopType(row.type).number


class OperatorShopOut(ShopOut):
    """The same with the legal entity behind it."""

    legal_name = serializers.CharField(source="merchant.legal_name", default=None, allow_null=True)
    credit_code = serializers.CharField(
        source="merchant.credit_code", default=None, allow_null=True
    )


class UnpaidMinutesIn(In):
    """How long buyers have to pay; null is the platform's rule (CA-12)."""

    minutes = Whole(min_value=LEAST_UNPAID_MINUTES, max_value=MOST_UNPAID_MINUTES, allow_null=True)


class RenameIn(In):
    """Another name, and perhaps another picture."""

    name = Text(max_length=60)
    logo_url = Link(required=False, allow_blank=True)


class NameChangeOut(Out):
    """One name that became another (BI-07)."""

    old_name = serializers.CharField()
    new_name = serializers.CharField()
    cause = serializers.ChoiceField(choices=["renamed", "bound", "unbound"])
    account = AccountCardOut(allow_null=True)
    at = serializers.DateTimeField()


# --- staff --------------------------------------------------------------------------------------


class StaffOut(Out):
    """A place or an invitation."""

    id = serializers.CharField(source="public_id")
    email = serializers.CharField()
    name = serializers.CharField(source="user.name", default=None, allow_null=True)
    role = serializers.ChoiceField(choices=StaffRole.choices)
    status = serializers.ChoiceField(choices=StaffStatus.choices)
    expires_at = serializers.DateTimeField(allow_null=True)


class StaffInviteIn(In):
    """Whom, as what."""

    email = serializers.EmailField(max_length=254)
    role = serializers.ChoiceField(choices=StaffRole.choices)


class InvitationOut(Out):
    """The invitation and its token, shown this once."""

    staff = StaffOut()
    token = serializers.CharField()


class StaffRoleIn(In):
    """Another role."""

    role = serializers.ChoiceField(choices=StaffRole.choices)


class InvitationAcceptIn(In):
    """The token of an invitation."""

    token = Text(max_length=100)


# --- promises -----------------------------------------------------------------------------------


class GuaranteeOut(Out):
    """One promise, from when until when (SH-10)."""

    kind = serializers.ChoiceField(choices=GuaranteeKind.choices)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(allow_null=True)


class ReturnStrategyIn(In):
    """What comes back to this address instead of to the default one (SH-18)."""

    product_ids = serializers.ListField(child=Text(max_length=32), max_length=1_000)
    region_codes = serializers.ListField(child=Text(max_length=6), max_length=4_000)


class ReturnAddressIn(In):
    """Where buyers send returns."""

    receiver = Text(max_length=60)
    phone = serializers.RegexField(PHONE, max_length=20)
    province = Text(max_length=40)
    city = Text(max_length=40)
    district = Text(max_length=40, allow_blank=True, default="")
    street = Text(max_length=200)
    is_default = Flag(default=False)


class ReturnAddressOut(Out):
    """Where buyers send returns."""

    id = serializers.CharField(source="public_id")
    receiver = serializers.CharField()
    phone = serializers.CharField()
    province = serializers.CharField()
    city = serializers.CharField()
    district = serializers.CharField()
    street = serializers.CharField()
    is_default = serializers.BooleanField()
    product_ids = serializers.ListField(child=serializers.CharField())
    region_codes = serializers.ListField(child=serializers.CharField())


# --- binding ------------------------------------------------------------------------------------


class BindingIn(In):
    """Which account, as what; `replaces` names the official binding that goes when it comes."""

    account_id = Text(max_length=64)
    relation = serializers.ChoiceField(choices=[Relation.OFFICIAL.value, Relation.SELF.value])
    authorisation_url = Link(required=False)
    replaces = Text(max_length=64, required=False)


class BindingShopOut(Out):
    """The shop's side."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField()


class BindingOut(Out):
    """A tie between a shop and an account."""

    id = serializers.CharField(source="public_id")
    shop = BindingShopOut()
    account = AccountCardOut()
    relation = serializers.ChoiceField(choices=Relation.choices)
    status = serializers.ChoiceField(choices=BindingStatus.choices)
    is_main = serializers.BooleanField()
    is_same_entity = serializers.BooleanField()
    authorisation_url = serializers.CharField()
    replaces = serializers.CharField(source="replaces.public_id", default=None, allow_null=True)
    consent_due_at = serializers.DateTimeField(allow_null=True)
    consented_at = serializers.DateTimeField(allow_null=True)
    bound_at = serializers.DateTimeField(allow_null=True)
    probation_ends_at = serializers.DateTimeField(allow_null=True)
    unbind_requested_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    end_reason = serializers.ChoiceField(choices=EndReason.choices, allow_blank=True)


class PreconditionOut(Out):
    """One thing that must be clear before a binding ends, and how many there are (BI-12)."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    count = serializers.IntegerField()
    is_met = serializers.BooleanField()


class UnbindingOut(Out):
    """What became of the wish to unbind, and what stands against it."""

    binding = BindingOut()
    preconditions = PreconditionOut(many=True)


class ApprovalQuery(In):
    """Which requests."""

    status = serializers.ChoiceField(choices=ApprovalStatus.choices, required=False)


class BindingQuery(In):
    """Which bindings."""

    status = serializers.ChoiceField(choices=BindingStatus.choices, required=False)


class ShopQuery(In):
    """Which shops."""

    status = serializers.ChoiceField(choices=ShopStatus.choices, required=False)


class ShopReasonIn(In):
    """Why; kept in the audit trail."""

    reason = Text()
