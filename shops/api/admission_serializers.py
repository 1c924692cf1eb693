"""The shapes of applications and of the checklists that they are held against."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.policies import is_credit_code
from kernel.api.serializers import Flag, In, Link, Out, Text, Whole
from kernel.crypto import decrypt
from kernel.text import PHONE, is_storable, mask_phone
from shops.enums import (
    AdmissionStatus,
    FieldKind,
    RequirementKind,
    RequirementState,
    ShopType,
)
from shops.services.checklists import MAX_REQUIREMENTS


class MerchantCode(Text):
    """18 digits and capital letters; small letters are taken as capitals."""

    default_error_messages = {
        "credit_code": _("This is not a unified social credit code."),
    }

    def to_internal_value(self, data: Any) -> str:
        code = super().to_internal_value(data).upper()
        if not is_credit_code(code):
            self.fail("credit_code")
        return code


class AdmissionIn(In):
    """What is given is changed; `version` is the one that was looked at."""

    version = Whole(min_value=1, max_value=1_000_000)
    legal_name = Text(max_length=120, required=False)
    credit_code = MerchantCode(max_length=18, required=False)
    contact_name = Text(max_length=60, required=False)
    contact_phone = serializers.RegexField(PHONE, max_length=20, required=False)
    licence_url = Link(required=False)
    accepts_terms = Flag(required=False)
    category = Text(max_length=40, required=False, allow_blank=True)


class AnswersIn(In):
    """Answers by the code of the requirement: text, a whole number, a date, or true."""

    answers = serializers.DictField(child=serializers.JSONField(), allow_empty=False)

    def validate_answers(self, value: Any) -> Any:
        if len(value) > MAX_REQUIREMENTS or not all(is_storable(code) for code in value):
            raise serializers.ValidationError(_("There are too many answers."))
        return value


class AdmissionFaultOut(Out):
    """One field to correct."""

    field = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class AdmissionOut(Out):
    """An application; the contact's phone is masked."""

    id = serializers.CharField(source="public_id")
    shop_id = serializers.CharField(source="shop.public_id")
    shop_name = serializers.CharField(source="shop.name")
    status = serializers.ChoiceField(choices=AdmissionStatus.choices)
    legal_name = serializers.CharField()
    credit_code = serializers.CharField()
    contact_name = serializers.CharField()
    contact_phone = serializers.SerializerMethodField()
    licence_url = serializers.CharField()
    terms_accepted_at = serializers.DateTimeField(allow_null=True)
    rejections = AdmissionFaultOut(many=True)
    category = serializers.CharField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    signed_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()

    def get_contact_phone(self, row: Any) -> str:
        return mask_phone(decrypt(row.contact_sealed)["phone"]) if row.contact_sealed else ""


class AdmissionFaultIn(In):
    """One field to correct."""

    field = serializers.RegexField(r"^[a-z][a-z0-9_]{1,39}\Z", max_length=40)
    code = serializers.RegexField(r"^[a-z][a-z0-9_]{1,39}\Z", max_length=40)
    message = Text()


class AdmissionRejectIn(In):
    """Why it is sent back."""

    rejections = serializers.ListField(
        child=AdmissionFaultIn(), min_length=1, max_length=MAX_REQUIREMENTS
    )


class AdmissionQuery(In):
    """Which applications."""

    status = serializers.ChoiceField(choices=AdmissionStatus.choices, required=False)


class RequirementOut(Out):
    """One line of the checklist (SH-04)."""

    code = serializers.CharField()
    kind = serializers.ChoiceField(choices=RequirementKind.choices)
    label = serializers.CharField()  # type: ignore[assignment]
    state = serializers.ChoiceField(choices=RequirementState.choices)
    is_complete = serializers.BooleanField()
    is_accepted = serializers.BooleanField()
    faults = serializers.DictField(child=serializers.CharField())


class ConditionOut(Out):
    """What must hold before the shop opens (SH-03)."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    is_met = serializers.BooleanField()


class AskedIn(In):
    """A requirement of a checklist."""

    kind = serializers.ChoiceField(choices=RequirementKind.choices)
    code = Text(max_length=40, required=False)
    label = Text(required=False)  # type: ignore[assignment]
    minimum = Whole(min_value=1, max_value=1000, required=False)
    field = serializers.ChoiceField(choices=FieldKind.choices, required=False)
    choices = serializers.ListField(child=Text(max_length=60), required=False, max_length=20)


class ChecklistIn(In):
    """A new version for a type of shop and a top category, each empty for all."""

    shop_type = serializers.ChoiceField(choices=ShopType.choices, required=False, default="")
    category = Text(max_length=40, required=False, allow_blank=True, default="")
    requirements = serializers.ListField(child=AskedIn(), min_length=1, max_length=MAX_REQUIREMENTS)


class ChecklistOut(Out):
    """A version of a checklist (SH-04)."""

    id = serializers.CharField(source="public_id")
    shop_type = serializers.CharField()
    category = serializers.CharField()
    number = serializers.IntegerField()
    requirements = serializers.ListField(child=serializers.DictField())
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(allow_null=True)
