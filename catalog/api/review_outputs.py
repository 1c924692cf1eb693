"""Shapes of submissions and what is said of them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.enums import ScreeningEffect, Verdict
from catalog.models import ProductReview
from catalog.selectors.diffs import changes_of
from catalog.services.screening import judging
from kernel.api.serializers import Out


class RejectionReasonOut(Out):
    """Why one field was refused."""

    field = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class FieldChangeOut(Out):
    """A field as it was and as it is meant to be; null was empty."""

    field = serializers.CharField()
    before = serializers.JSONField()
    after = serializers.JSONField()


class FindingOut(Out):
    """What an interception rule found at a field, and what it leads to (CA-07)."""

    field = serializers.CharField()
    code = serializers.CharField(source="rule.kind")
    message = serializers.CharField()
    effect = serializers.ChoiceField(source="rule.effect", choices=ScreeningEffect.choices)


class ProductReviewOut(Out):
    """A submission and its verdict."""

    id = serializers.CharField(source="public_id")
    product_id = serializers.CharField(source="product.public_id")
    product_title = serializers.CharField(source="product.title")
    shop_id = serializers.CharField(source="shop.public_id")
    version = serializers.IntegerField(source="product_version")
    #: The rules of the category that it was held against; 0 are the defaults.
    rules_version = serializers.IntegerField()
    is_change = serializers.BooleanField(source="is_draft")
    list_when_approved = serializers.BooleanField()
    #: The whole content, or the changed fields of a change.
    content = serializers.DictField()
    #: Against what was on sale when it was submitted; else against the submission before.
    changes = serializers.SerializerMethodField()
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    reasons = RejectionReasonOut(many=True)
    #: What the interception rules found when it was submitted, the hardest first.
    findings = serializers.SerializerMethodField()
    submitted_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(FieldChangeOut(many=True))
    def get_changes(self, review: ProductReview) -> Any:
        return FieldChangeOut(changes_of(review), many=True).data

    @extend_schema_field(FindingOut(many=True))
    def get_findings(self, review: ProductReview) -> Any:
        return FindingOut(judging.found_in(review), many=True).data


class QueuedReviewOut(ProductReviewOut):
    """A submission as the platform looks at it; `risk` from 0 to 100."""

    risk = serializers.IntegerField()
