"""Shapes of the compass's API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from insights.enums import ExemptReason, RowPart, ScoreMetric
from insights.policies import OF_CASES, PART_OF, WEIGHTS
from insights.selectors import measures
from kernel.api.serializers import In, Money, Out, Text
from shops.enums import Relation
from shops.selectors import StorefrontOut

ORDER_METRICS = [one for one in ScoreMetric.choices if one[0] not in OF_CASES]
CASE_METRICS = [one for one in ScoreMetric.choices if one[0] in OF_CASES]


class DayQueryIn(In):
    """Which days of the trade's calendar, both included."""

    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)


class OrderRowsQueryIn(In):
    """Which measure's orders, without one all of the window; those counted of them by `part`."""

    metric = serializers.ChoiceField(choices=ORDER_METRICS, required=False)
    part = serializers.ChoiceField(choices=RowPart.choices, required=False)


class CaseRowsQueryIn(In):
    """Which measure's cases; without one all of the window, answered or not."""

    metric = serializers.ChoiceField(choices=CASE_METRICS, required=False)


class ExemptionIn(In):
    """An order, or one case of it, and why it should not count."""

    order_number = Text(max_length=20)
    case_number = Text(max_length=20, required=False)
    reason = serializers.ChoiceField(choices=ExemptReason.choices)
    note = Text(max_length=300)


class LiftExemptionIn(In):
    """Why it counts again."""

    reason = Text(max_length=200)


class ShopDayOut(Out):
    """One day of a shop, by the day of payment (DT-06, DT-09 … DT-11, DT-18)."""

    day = serializers.DateField()
    orders = serializers.IntegerField()
    pieces = serializers.IntegerField()
    gmv = Money(source="gmv_amount")
    #: Booked back so far of the day's orders.
    returned = Money(source="returned_amount")
    net_gmv = Money(source="net_amount")
    #: Booked back on the day, whenever the order was paid.
    refunded = Money(source="refund_amount")
    refunds = serializers.IntegerField()
    buyers = serializers.IntegerField()
    new_buyers = serializers.IntegerField()
    added_at = serializers.DateTimeField(allow_null=True)


class EffectSpanOut(Out):
    """Some days of a shop, and the followers of the account when they were over."""

    orders = serializers.IntegerField()
    gmv = Money(source="gmv_amount")
    #: Of it, by buyers who had paid another order of the shop in the 30 days before.
    repurchase_gmv = Money(source="repurchase_amount")
    buyers = serializers.IntegerField()
    followers = serializers.IntegerField()
    follower_buyers = serializers.IntegerField()
    conversion_bp = serializers.IntegerField(
        allow_null=True, help_text="Followers who bought in these days, in basis points."
    )


class BindingEffectOut(Out):
    """A shop in as many days before an account became its face as afterwards; 30 at most."""

    id = serializers.CharField(source="public_id")
    binding_id = serializers.CharField(source="binding.public_id")
    account_id = serializers.CharField(source="binding.account.public_id")
    account_name = serializers.CharField(source="binding.account.name")
    relation = serializers.ChoiceField(source="binding.relation", choices=Relation.choices)
    bound_at = serializers.DateTimeField()
    days = serializers.IntegerField()
    before = EffectSpanOut()
    after = EffectSpanOut()
    gmv_change_bp = serializers.IntegerField(allow_null=True)
    measured_at = serializers.DateTimeField()


class ScoreMeasureOut(Out):
    """One measure; rates in basis points, durations in tenths of an hour (numerator: minutes)."""

    metric = serializers.ChoiceField(choices=ScoreMetric.choices)
    part = serializers.SerializerMethodField()
    numerator = serializers.IntegerField()
    denominator = serializers.IntegerField()
    value = serializers.IntegerField(allow_null=True)
    target = serializers.IntegerField()
    weight = serializers.IntegerField()
    bands = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))
    points_tenths = serializers.IntegerField(allow_null=True)

    def get_part(self, measure: Any) -> str:
        """Return the part that the measure belongs to."""
        return str(PART_OF[measure.metric])


class ShopScoreOut(Out):
    """The score of a day with all that it was made of; points and scores in tenths (SH-13)."""

    id = serializers.CharField(source="public_id")
    day = serializers.DateField()
    orders = serializers.IntegerField()
    score_tenths = serializers.IntegerField(allow_null=True)
    product_tenths = serializers.IntegerField(allow_null=True)
    logistics_tenths = serializers.IntegerField(allow_null=True)
    service_tenths = serializers.IntegerField(allow_null=True)
    weights = serializers.SerializerMethodField()
    computed_at = serializers.DateTimeField()
    measures = ScoreMeasureOut(many=True, source="metrics")

    def get_weights(self, score: Any) -> dict[str, int]:
        """Return what each part weighs, of a hundred."""
        return {str(part): weight for part, weight in WEIGHTS.items()}


class ScoredOrderOut(Out):
    """An order that a measure counts."""

    number = serializers.CharField()
    paid_at = serializers.DateTimeField()
    ship_by_at = serializers.DateTimeField(allow_null=True)
    shipped_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)


class ScoredCaseOut(Out):
    """A case that a measure counts, and how long its first answer took."""

    number = serializers.CharField()
    order_number = serializers.CharField(source="order.number")
    created_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    minutes = serializers.SerializerMethodField()

    def get_minutes(self, case: Any) -> int | None:
        """Return the whole minutes from the request to the answer."""
        return None if case.answered_at is None else measures.minutes_of(case)


class ShopCardOut(Out):
    """What buyers are told of a shop (SH-21); None where a shop has too few orders."""

    storefront = StorefrontOut()
    follower_count = serializers.IntegerField(allow_null=True)
    day = serializers.DateField(allow_null=True)
    product_tenths = serializers.IntegerField(allow_null=True)
    logistics_tenths = serializers.IntegerField(allow_null=True)
    service_tenths = serializers.IntegerField(allow_null=True)
    on_time_bp = serializers.IntegerField(allow_null=True)


class ExemptionOut(Out):
    """What does not count towards a score (SH-15)."""

    id = serializers.CharField(source="public_id")
    order_number = serializers.CharField(source="order.number")
    case_number = serializers.CharField(source="case.number", allow_null=True, default=None)
    reason = serializers.ChoiceField(choices=ExemptReason.choices)
    note = serializers.CharField()
    created_at = serializers.DateTimeField()
    lifted_at = serializers.DateTimeField(allow_null=True)
