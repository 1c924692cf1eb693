"""Shapes of the after-sales API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from aftersales.enums import (
    ArbitrationStatus,
    CaseKind,
    CaseStatus,
    Inspection,
    NextActor,
    OverdueAction,
    ReasonCode,
    RecordAction,
    RecordFact,
    Refusal,
    RejectCode,
)
from aftersales.models import NegotiationRecord, RefundCase
from aftersales.policies import acts
from aftersales.selectors import cases
from aftersales.services import previews
from aftersales.services.deciding import MAX_BATCH
from kernel.actors import Role
from kernel.api.serializers import Amount, In, Money, Out, Quantity, Text, Whole
from orders.enums import Carrier, RefundStatus
from shops.enums import GuaranteeKind
from shops.selectors import PresenterOut, StorefrontOut

MAX_IMAGES = 8


class CaseMoment(serializers.DateTimeField):
    """ISO-8601 in UTC, whatever zone the consoles show."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"default_timezone": UTC, "read_only": True} | kwargs))


class YesNo(serializers.BooleanField):
    """A JSON boolean; text and numbers that look like one are refused."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


def _images(**kwargs: Any) -> serializers.ListField:
    address = Text(max_length=300, validators=[RegexValidator(r"^(https?://|/)\S+$")])
    return serializers.ListField(
        child=address, **({"required": False, "max_length": MAX_IMAGES} | kwargs)
    )


# --- in -----------------------------------------------------------------------------------------


class CaseCalculationIn(In):
    """A question to the calculator."""

    order_number = Text(max_length=20)
    position = Whole(min_value=1, max_value=32_767)
    kind = serializers.ChoiceField(choices=CaseKind)
    quantity = Quantity()
    reason = serializers.ChoiceField(choices=ReasonCode)


class CaseEditIn(In):
    """What the buyer asks for. Without `amount`: all that the calculator allows."""

    kind = serializers.ChoiceField(choices=CaseKind)
    quantity = Quantity()
    reason = serializers.ChoiceField(choices=ReasonCode)
    amount = Amount(required=False)
    is_received = YesNo(required=False)
    description = Text(max_length=500, required=False, allow_blank=True)
    image_urls = _images()


class CaseOpenIn(CaseEditIn):
    """A request for money back on one line."""

    order_number = Text(max_length=20)
    position = Whole(min_value=1, max_value=32_767)


class CaseShipBackIn(In):
    """The parcel that goes back."""

    carrier_code = serializers.ChoiceField(choices=Carrier)
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
    code = serializers.ChoiceField(choices=RejectCode)
    remark = Text(max_length=500)
    image_urls = _images()


class CaseAcceptReturnIn(In):
    """A yes to goods that came back, with what was found."""

    version = Whole(min_value=1)
    inspection = serializers.ChoiceField(choices=Inspection)
    remark = Text(max_length=500, required=False, allow_blank=True)


class CaseInspectionIn(In):
    """What was found in a parcel that was paid for unseen."""

    inspection = serializers.ChoiceField(choices=Inspection)


class CaseDecisionIn(In):
    """One item of a batch; `code` and `remark` belong to a rejection."""

    number = Text(max_length=20)
    version = Whole(min_value=1)
    decision = serializers.ChoiceField(choices=["approve", "reject"])
    code = serializers.ChoiceField(choices=RejectCode, required=False)
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
    kind = serializers.ChoiceField(choices=CaseKind, required=False)


# --- out ----------------------------------------------------------------------------------------


class CaseNowKnownAsShopOut(Out):
    """A shop by its name of today."""

    id = serializers.CharField()
    name = serializers.CharField()


class CaseNowKnownAsOut(Out):
    """Who the shop is called, and bound to, today."""

    shop = CaseNowKnownAsShopOut()
    account = serializers.DictField(allow_null=True)


class CaseIdentityOut(Out):
    """The identity block as the buyer saw it when ordering."""

    storefront = StorefrontOut()
    presenter = PresenterOut(allow_null=True)
    now_known_as = CaseNowKnownAsOut(allow_null=True)


class CaseLineOut(Out):
    """The order line that a case is about."""

    position = serializers.IntegerField()
    title = serializers.CharField()
    options = serializers.ListField(child=serializers.CharField())
    image_url = serializers.CharField()
    unit_price = Money()
    quantity = serializers.IntegerField()
    pay_amount = Money()
    refunded_amount = Money()


class CaseOut(Out):
    """A case in a list."""

    number = serializers.CharField()
    order_number = serializers.CharField(source="order.number")
    line = CaseLineOut()
    kind = serializers.ChoiceField(choices=CaseKind)
    status = serializers.ChoiceField(choices=CaseStatus)
    arbitration_status = serializers.ChoiceField(choices=ArbitrationStatus)
    version = serializers.IntegerField()
    quantity = serializers.IntegerField()
    amount = Money()
    freight_amount = Money()
    reason = serializers.ChoiceField(choices=ReasonCode)
    is_received = serializers.BooleanField()
    description = serializers.CharField()
    next_actor = serializers.ChoiceField(choices=NextActor)
    due_at = CaseMoment(allow_null=True)
    overdue_action = serializers.ChoiceField(choices=OverdueAction, allow_blank=True)
    created_at = CaseMoment()
    decided_at = CaseMoment(allow_null=True)
    closed_at = CaseMoment(allow_null=True)
    identity = serializers.SerializerMethodField()

    @extend_schema_field(CaseIdentityOut)
    def get_identity(self, case: RefundCase) -> Mapping[str, Any]:
        # One look-up for the whole page: the first row asks for its neighbours too.
        known = self.context.setdefault("identities", {})
        if case.order_id not in known:
            is_page = isinstance(self.parent, serializers.ListSerializer)
            rows = self.parent.instance if is_page else [case]
            known.update(cases.identities(rows, self.context["request"].at))
        return known[case.order_id]


class CaseRecordFactOut(Out):
    """One labelled value of an entry."""

    name = serializers.ChoiceField(choices=RecordFact)
    value = serializers.CharField()


class CaseRecordOut(Out):
    """One entry of the negotiation record (AF-19)."""

    at = CaseMoment()
    role = serializers.ChoiceField(choices=[str(role) for role in Role], source="actor_role")
    by = serializers.SerializerMethodField()
    action = serializers.ChoiceField(choices=RecordAction)
    text = serializers.CharField()
    image_urls = serializers.ListField(child=serializers.CharField())
    facts = serializers.SerializerMethodField()
    is_internal = serializers.BooleanField()

    @extend_schema_field(serializers.CharField())
    def get_by(self, record: NegotiationRecord) -> str:
        # People are named to their own side and to the platform, never across.
        actor = self.context["actor"]
        is_own = actor.is_platform or record.actor_role == actor.role
        return record.actor_label if is_own else ""

    @extend_schema_field(CaseRecordFactOut(many=True))
    def get_facts(self, record: NegotiationRecord) -> list[dict[str, str]]:
        return [{"name": name, "value": value} for name, value in record.facts]


class CaseReturnParcelOut(Out):
    """The parcel that came back."""

    carrier_code = serializers.CharField()
    tracking_number = serializers.CharField()
    sent_at = CaseMoment()
    signed_at = CaseMoment(allow_null=True)
    inspection = serializers.ChoiceField(choices=Inspection, allow_blank=True)
    inspected_at = CaseMoment(allow_null=True)


class CaseReturnAddressOut(Out):
    """Where the goods go, as it was when the shop agreed."""

    receiver = serializers.CharField()
    phone = serializers.CharField()
    province = serializers.CharField()
    city = serializers.CharField()
    district = serializers.CharField(allow_blank=True)
    street = serializers.CharField()


class CaseRefundOut(Out):
    """The money's own state (AF-03)."""

    number = serializers.CharField()
    status = serializers.ChoiceField(choices=RefundStatus)
    amount = Money()
    finished_at = CaseMoment(allow_null=True)


class CaseDetailOut(CaseOut):
    """A case with all that its reader may know, and may do."""

    guarantee = serializers.SerializerMethodField()
    return_address = CaseReturnAddressOut(allow_null=True)
    return_parcel = serializers.SerializerMethodField()
    refund = serializers.SerializerMethodField()
    records = serializers.SerializerMethodField()
    acts = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ChoiceField(choices=GuaranteeKind, allow_blank=True))
    def get_guarantee(self, case: RefundCase) -> str:
        return cases.guarantee_of(case)

    @extend_schema_field(CaseReturnParcelOut(allow_null=True))
    def get_return_parcel(self, case: RefundCase) -> Mapping[str, Any] | None:
        parcel = getattr(case, "return_parcel", None)
        return CaseReturnParcelOut(parcel).data if parcel else None

    @extend_schema_field(CaseRefundOut(allow_null=True))
    def get_refund(self, case: RefundCase) -> Mapping[str, Any] | None:
        refund = cases.refund_of(case)
        return CaseRefundOut(refund).data if refund else None

    @extend_schema_field(CaseRecordOut(many=True))
    def get_records(self, case: RefundCase) -> Any:
        rows = cases.timeline(case, self.context["actor"])
        return CaseRecordOut(rows, many=True, context=self.context).data

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_acts(self, case: RefundCase) -> list[str]:
        return acts(case, self.context["actor"])


class CaseBearerOut(Out):
    """One who pays, and how much."""

    label = serializers.CharField()
    amount = Money()


class CasePreviewOut(Out):
    """Who pays what when the case is granted (AF-27)."""

    amount = Money()
    bearers = CaseBearerOut(many=True)


class SupportCaseOut(CaseDetailOut):
    """A case as support sees it: with notes, and with who would pay what."""

    preview = serializers.SerializerMethodField()

    @extend_schema_field(CasePreviewOut)
    def get_preview(self, case: RefundCase) -> Mapping[str, Any]:
        return CasePreviewOut(previews.who_pays(case)).data


class CaseCalculationOut(Out):
    """What a request is worth (AF-10)."""

    kind = serializers.ChoiceField(choices=CaseKind)
    quantity = serializers.IntegerField()
    reason = serializers.ChoiceField(choices=ReasonCode)
    goods_amount = Money()
    freight_amount = Money()
    amount = Money()


class CaseKindOptionOut(Out):
    """A kind of case that is possible, with its limits."""

    kind = serializers.ChoiceField(choices=CaseKind)
    max_quantity = serializers.IntegerField()
    max_amount = Money()
    reasons = serializers.ListField(child=serializers.ChoiceField(choices=ReasonCode))


class CaseOptionsOut(Out):
    """What may be asked for on a line, or why nothing may (AF-09)."""

    order_number = serializers.CharField()
    position = serializers.IntegerField()
    refusal = serializers.ChoiceField(choices=Refusal, allow_null=True)
    detail = serializers.CharField()
    kinds = CaseKindOptionOut(many=True)
    guarantees = serializers.ListField(child=serializers.ChoiceField(choices=GuaranteeKind))
    identity = CaseIdentityOut()


class CaseDecisionErrorOut(Out):
    """Why an item was refused."""

    code = serializers.CharField()
    detail = serializers.CharField()


class CaseDecisionOut(Out):
    """What became of one item of a batch."""

    number = serializers.CharField()
    status = serializers.ChoiceField(choices=CaseStatus, allow_null=True, source="case.status")
    version = serializers.IntegerField(allow_null=True, source="case.version")
    error = CaseDecisionErrorOut(allow_null=True)


class CaseDecisionsOut(Out):
    """What became of a batch, in the order it was sent."""

    results = CaseDecisionOut(many=True)


class CaseCountersOut(Out):
    """What waits (SU-01)."""

    to_decide = serializers.IntegerField()
    to_inspect = serializers.IntegerField()
    waiting_for_buyer = serializers.IntegerField()
    arbitration = serializers.IntegerField()
    near = serializers.IntegerField()
    overdue = serializers.IntegerField()
    refund_failed = serializers.IntegerField()
