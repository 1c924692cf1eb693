"""Shapes of bulk edits, as the catalog's API gives them."""

from __future__ import annotations

from rest_framework import serializers

from catalog.enums import BulkLineState, BulkStatus
from catalog.models import BulkEditLine
from catalog.services.importing.faults import told
from kernel.api.serializers import Money, Out


class BulkEditOut(Out):
    """How far a bulk edit is: first looked at, then applied, perhaps taken back."""

    id = serializers.CharField(source="public_id")
    filename = serializers.CharField()
    status = serializers.ChoiceField(choices=BulkStatus.choices)
    percent = serializers.IntegerField()
    has_prices = serializers.BooleanField()
    total_count = serializers.IntegerField()
    good_count = serializers.IntegerField()
    bad_count = serializers.IntegerField()
    applied_count = serializers.IntegerField()
    refused_count = serializers.IntegerField()
    undone_count = serializers.IntegerField()
    kept_count = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    applied_at = serializers.DateTimeField(allow_null=True)
    undo_until_at = serializers.DateTimeField(allow_null=True)
    undone_at = serializers.DateTimeField(allow_null=True)


class BulkLineOut(Out):
    """One row: before, after (null is "not asked"), and what became of it."""

    row = serializers.IntegerField(source="row_number")
    merchant_code = serializers.CharField()
    sku_id = serializers.CharField(source="sku.public_id", allow_null=True, default=None)
    old_price = Money(allow_null=True)
    new_price = Money(allow_null=True)
    old_list_price = Money(allow_null=True)
    new_list_price = Money(allow_null=True)
    old_on_hand = serializers.IntegerField(allow_null=True)
    new_on_hand = serializers.IntegerField(allow_null=True)
    state = serializers.ChoiceField(choices=BulkLineState.choices)
    code = serializers.CharField()
    column = serializers.CharField()
    fix = serializers.SerializerMethodField()

    def get_fix(self, line: BulkEditLine) -> str:
        return told(line.code)
