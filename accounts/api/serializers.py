"""The shapes of the accounts room."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.enums import AccountKind, CreatorStatus, RoleKind, RoleStatus, VerificationStatus
from accounts.policies import is_credit_code
from accounts.selectors import AccountCardOut, masked, receiver
from kernel.api.serializers import Flag, In, Link, Out, Text
from kernel.text import PHONE


class CreditCode(Text):
    """18 digits and capital letters; small letters are taken as capitals."""

    default_error_messages = {"credit_code": _("This is not a unified social credit code.")}

    def to_internal_value(self, data: Any) -> str:
        code = super().to_internal_value(data).upper()
        if code and not is_credit_code(code):
            self.fail("credit_code")
        return code


class AccountIn(In):
    """A new account."""

    kind = serializers.ChoiceField(choices=AccountKind.choices, default=AccountKind.PERSONAL)
    handle = serializers.RegexField(r"^[A-Za-z0-9_]{3,30}\Z", max_length=30)
    name = Text(max_length=60)
    avatar_url = Link(required=False)
    bio = Text(max_length=300, allow_blank=True, required=False)


class AccountEditIn(In):
    """What is given is changed."""

    name = Text(max_length=60, required=False)
    avatar_url = Link(allow_blank=True, required=False)
    bio = Text(max_length=300, allow_blank=True, required=False)


class OwnAccountOut(Out):
    """An account as its owner sees it."""

    id = serializers.CharField(source="public_id")
    handle = serializers.CharField()
    name = serializers.CharField()
    avatar_url = serializers.CharField()
    bio = serializers.CharField()
    kind = serializers.ChoiceField(choices=AccountKind.choices)
    entity_name = serializers.CharField()
    credit_code = serializers.CharField()
    verified_until = serializers.DateTimeField(allow_null=True)
    official_since = serializers.DateTimeField(allow_null=True)
    collection_opened_at = serializers.DateTimeField(allow_null=True)
    follower_count = serializers.IntegerField()


class FollowOut(Out):
    """An account that one follows."""

    account = AccountCardOut()
    since = serializers.DateTimeField(source="created_at")


class FollowerOut(Out):
    """Somebody who follows, or is refused."""

    user_id = serializers.CharField(source="user.public_id")
    name = serializers.CharField(source="user.name")
    since = serializers.DateTimeField(source="created_at")


class VerificationIn(In):
    """What the owner says about the legal entity behind the account."""

    entity_name = Text(max_length=120)
    credit_code = CreditCode(max_length=18, allow_blank=True, default="")
    evidence_url = Link(required=False)


class VerificationFaultOut(Out):
    """One field to correct."""

    field = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class VerificationOut(Out):
    """One submission."""

    id = serializers.CharField(source="public_id")
    account_id = serializers.CharField(source="account.public_id")
    kind = serializers.ChoiceField(choices=AccountKind.choices)
    entity_name = serializers.CharField()
    credit_code = serializers.CharField()
    evidence_url = serializers.CharField()
    status = serializers.ChoiceField(choices=VerificationStatus.choices)
    rejections = VerificationFaultOut(many=True)
    submitted_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)


class AddressIn(In):
    """A receiver, whole."""

    name = Text(max_length=60)
    phone = serializers.RegexField(PHONE, max_length=20)
    province = Text(max_length=40)
    city = Text(max_length=40)
    district = Text(max_length=40, allow_blank=True, default="")
    street = Text(max_length=200)
    is_default = Flag(default=False)


class AddressOut(Out):
    """A receiver in clear, for its owner."""

    id = serializers.CharField()
    name = serializers.CharField()
    phone = serializers.CharField()
    province = serializers.CharField()
    city = serializers.CharField()
    district = serializers.CharField()
    street = serializers.CharField()
    is_default = serializers.BooleanField()


class MaskedAddressOut(AddressOut):
    """A receiver in a list: 王**, 138****1234, no street."""

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return super().to_representation(masked(receiver(instance)))


class CreatorIn(In):
    """Through which account."""

    account_id = Text(max_length=64)


class CreatorOut(Out):
    """A creator, as the platform and the creator see one."""

    id = serializers.CharField(source="public_id")
    account = AccountCardOut()
    level = serializers.IntegerField()
    status = serializers.ChoiceField(choices=CreatorStatus.choices)


class AgencyIn(In):
    """A new agency."""

    name = Text(max_length=60)


class AgencyOut(Out):
    """An agency."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField()


class RoleOut(Out):
    """A role that somebody holds."""

    role = serializers.ChoiceField(choices=RoleKind.choices)
    status = serializers.ChoiceField(choices=RoleStatus.choices)


class VerificationFaultIn(In):
    """One field to correct."""

    field = serializers.ChoiceField(choices=["entity_name", "credit_code", "evidence_url"])
    code = serializers.RegexField(r"^[a-z][a-z0-9_]{1,39}\Z", max_length=40)
    message = Text()


class VerificationRejectIn(In):
    """Why it is sent back."""

    rejections = serializers.ListField(child=VerificationFaultIn(), min_length=1, max_length=10)


class VerificationQuery(In):
    """Which submissions."""

    status = serializers.ChoiceField(choices=VerificationStatus.choices, required=False)


class AccountReasonIn(In):
    """Why; kept in the audit trail."""

    reason = Text()
