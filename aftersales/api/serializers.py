"""What the after-sales API answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
)
from aftersales.models import NegotiationRecord, RefundCase
from aftersales.policies import acts
from aftersales.selectors import cases
from aftersales.services import previews
from kernel.actors import Role
from kernel.api.serializers import Money, Out
from orders.enums import RefundStatus
from orders.selectors import NowKnownAsOut
from shops.enums import GuaranteeKind
from shops.selectors import PresenterOut, StorefrontOut


class CaseIdentityOut(Out):
    """The identity block as the buyer saw it when ordering."""

    storefront = StorefrontOut()
    presenter = PresenterOut(allow_null=True)
    now_known_as = NowKnownAsOut(allow_null=True)


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
    kind = serializers.ChoiceField(choices=CaseKind.choices)
    status = serializers.ChoiceField(choices=CaseStatus.choices)
    arbitration_status = serializers.ChoiceField(choices=ArbitrationStatus.choices)
    version = serializers.IntegerField()
    quantity = serializers.IntegerField()
    amount = Money()
    freight_amount = Money()
    reason = serializers.ChoiceField(choices=ReasonCode.choices)
    is_received = serializers.BooleanField()
    description = serializers.CharField()
    next_actor = serializers.ChoiceField(choices=NextActor.choices)
    due_at = serializers.DateTimeField(allow_null=True)
    overdue_action = serializers.ChoiceField(choices=OverdueAction.choices, allow_blank=True)
    created_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    identity = serializers.SerializerMethodField()

    @extend_schema_field(CaseIdentityOut)
    def get_identity(self, case: RefundCase) -> Mapping[str, Any]:
        # One look-up for the whole page: the first row asks for its neighbours too.
        context: Any = self.context
        known = context.setdefault("identities", {})
        if case.order_id not in known:
            parent: Any = self.parent
            is_page = isinstance(parent, serializers.ListSerializer)
            rows = parent.instance if is_page else [case]
            known.update(cases.identities(rows, self.context["request"].at))
        return known[case.order_id]


class CaseRecordFactOut(Out):
    """One labelled value of an entry."""

    name = serializers.ChoiceField(choices=RecordFact.choices)
    value = serializers.CharField()


class CaseRecordOut(Out):
    """One entry of the negotiation record (AF-19)."""

    at = serializers.DateTimeField()
    role = serializers.ChoiceField(choices=[str(role) for role in Role], source="actor_role")
    by = serializers.SerializerMethodField()
    action = serializers.ChoiceField(choices=RecordAction.choices)
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
    sent_at = serializers.DateTimeField()
    signed_at = serializers.DateTimeField(allow_null=True)
    inspection = serializers.ChoiceField(choices=Inspection.choices, allow_blank=True)
    inspected_at = serializers.DateTimeField(allow_null=True)


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
    status = serializers.ChoiceField(choices=RefundStatus.choices)
    amount = Money()
    finished_at = serializers.DateTimeField(allow_null=True)


class CaseDetailOut(CaseOut):
    """A case with all that its reader may know, and may do."""

    guarantee = serializers.SerializerMethodField()
    return_address = CaseReturnAddressOut(allow_null=True)
    return_parcel = serializers.SerializerMethodField()
    refund = serializers.SerializerMethodField()
    records = serializers.SerializerMethodField()
    acts = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ChoiceField(choices=GuaranteeKind.choices, allow_blank=True))
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

    bearer = serializers.CharField(source="label")
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

    kind = serializers.ChoiceField(choices=CaseKind.choices)
    quantity = serializers.IntegerField()
    reason = serializers.ChoiceField(choices=ReasonCode.choices)
    goods_amount = Money()
    freight_amount = Money()
    amount = Money()


class CaseKindOptionOut(Out):
    """A kind of case that is possible, with its limits."""

    kind = serializers.ChoiceField(choices=CaseKind.choices)
    max_quantity = serializers.IntegerField()
    max_amount = Money()
    reasons = serializers.ListField(child=serializers.ChoiceField(choices=ReasonCode.choices))


class CaseOptionsOut(Out):
    """What may be asked for on a line, or why nothing may (AF-09)."""

    order_number = serializers.CharField()
    position = serializers.IntegerField()
    refusal = serializers.ChoiceField(choices=Refusal.choices, allow_null=True)
    detail = serializers.CharField()
    kinds = CaseKindOptionOut(many=True)
    guarantees = serializers.ListField(child=serializers.ChoiceField(choices=GuaranteeKind.choices))
    identity = CaseIdentityOut()


class CaseDecisionErrorOut(Out):
    """Why an item was refused."""

    code = serializers.CharField()
    detail = serializers.CharField()


class CaseDecisionOut(Out):
    """What became of one item of a batch."""

    number = serializers.CharField()
    status = serializers.ChoiceField(
        choices=CaseStatus.choices, allow_null=True, source="case.status"
    )
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
