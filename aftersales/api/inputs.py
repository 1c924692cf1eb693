"""What the after-sales API takes."""

from __future__ import annotations

from typing import Any

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from aftersales.enums import CaseKind, Inspection, ReasonCode, RejectCode
from aftersales.selectors import cases
from aftersales.services.deciding import MAX_BATCH
from kernel.api.serializers import Amount, Flag, In, Quantity, Text, Whole
from kernel.text import VISIBLE
from orders.enums import Carrier

MAX_IMAGES = 8


def _images(**kwargs: Any) -> serializers.ListField:
    address = Text(max_length=300, validators=[RegexValidator(rf"^(https?://|/){VISIBLE}+\Z")])
    return serializers.ListField(
        child=address, **({"required": False, "max_length": MAX_IMAGES} | kwargs)
    )


class CaseCalculationIn(In):
    """A question to the calculator."""

    order_number = Text(max_length=20)
    position = Whole(min_value=1, max_value=32_767)
    kind = serializers.ChoiceField(choices=CaseKind.choices)
    quantity = Quantity()
    reason = serializers.ChoiceField(choices=ReasonCode.choices)


class CaseEditIn(In):
    """What the buyer asks for. Without `amount`: all that the calculator allows."""

    kind = serializers.ChoiceField(choices=CaseKind.choices)
    quantity = Quantity()
    reason = serializers.ChoiceField(choices=ReasonCode.choices)
    amount = Amount(required=False)
    is_received = Flag(required=False)
    description = Text(max_length=500, required=False, allow_blank=True)
    image_urls = _images()


class CaseOpenIn(CaseEditIn):
    """A request for money back on one line."""

    order_number = Text(max_length=20)
    position = Whole(min_value=1, max_value=32_767)


class CaseShipBackIn(In):
    """The parcel that goes back."""

    carrier_code = serializers.ChoiceField(choices=Carrier.choices)
    tracking_number = Text(max_length=40, validators=[RegexValidator(r"^[A-Za-z0-9-]+$")])


class CaseMessageIn(In):
    """Words and pictures for the other side."""

    text = Text(max_length=500)
    image_urls = _images()


class CaseNoteIn(In):
    """Words that only support reads."""

    text = Text(max_length=500)


class CaseApproveIn(In):
    """A yes, to the version that was looked at."""

    version = Whole(min_value=1)
    remark = Text(max_length=500, required=False, allow_blank=True)


class CaseRejectIn(In):
    """A no, with its reason; some codes want a picture (AF-15)."""

    version = Whole(min_value=1)
    code = serializers.ChoiceField(choices=RejectCode.choices)
    remark = Text(max_length=500)
    image_urls = _images()


class CaseRejectAndShipIn(CaseRejectIn):
    """A no to a refund before shipping, and the parcel that leaves with it (OR-13).

    It holds everything that is left of the order.
    """

    carrier = serializers.ChoiceField(choices=Carrier.choices)
    tracking_number = Text(max_length=40, validators=[RegexValidator(r"^[A-Za-z0-9-]+$")])


class CaseAcceptReturnIn(In):
    """A yes to goods that came back, with what was found."""

    version = Whole(min_value=1)
    inspection = serializers.ChoiceField(choices=Inspection.choices)
    remark = Text(max_length=500, required=False, allow_blank=True)


class CaseInspectionIn(In):
    """What was found in a parcel that was paid for unseen."""

    inspection = serializers.ChoiceField(choices=Inspection.choices)


class CaseDecisionIn(In):
    """One item of a batch; `code` and `remark` belong to a rejection."""

    number = Text(max_length=20)
    version = Whole(min_value=1)
    decision = serializers.ChoiceField(choices=["approve", "reject"])
    code = serializers.ChoiceField(choices=RejectCode.choices, required=False)
    remark = Text(max_length=500, required=False, allow_blank=True)
    image_urls = _images()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["decision"] == "reject" and "code" not in attrs:
            raise serializers.ValidationError({"code": _("A rejection needs a code.")}, "required")
        return attrs


class CaseDecisionsIn(In):
    """Up to twenty decisions (AF-17)."""

    decisions = serializers.ListField(child=CaseDecisionIn(), min_length=1, max_length=MAX_BATCH)


class CaseJudgementIn(In):
    """Support's decision."""

    version = Whole(min_value=1)
    decision = serializers.ChoiceField(choices=["buyer", "shop"])
    reason = Text(max_length=500)


class CaseDeadlineIn(In):
    """The case whose deadline is brought forward."""

    case = Text(max_length=20)


class CaseQueryIn(In):
    """Which cases: those that wait (nearest deadline first), with support, refunding, or over."""

    queue = serializers.ChoiceField(choices=list(cases.QUEUES), default="waiting")
    kind = serializers.ChoiceField(choices=CaseKind.choices, required=False)
