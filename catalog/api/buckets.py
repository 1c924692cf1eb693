"""Stock set aside by a shop: for an account, its live session, an activity (CA-10)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from catalog.api.merchant import ShopView
from catalog.enums import BucketKind
from catalog.models import Sku, StockBucket
from catalog.services import buckets
from catalog.services.channels import accounts_called
from catalog.services.counting import MAX_PIECES
from kernel.api.operations import listing, operation
from kernel.api.serializers import Flag, In, Out, Text, Whole


class BucketIn(In):
    """What is set aside: `account_id` for all kinds but an activity; an end for a live session."""

    sku_id = Text(max_length=32)
    kind = serializers.ChoiceField(choices=BucketKind.choices)
    account_id = Text(max_length=64, required=False)
    quantity = Whole(min_value=1, max_value=MAX_PIECES)
    ends_at = serializers.DateTimeField(required=False, allow_null=True)
    note = Text(max_length=60, required=False)


class BucketPiecesIn(In):
    """Pieces put in, or taken out below zero."""

    delta = Whole(min_value=-MAX_PIECES, max_value=MAX_PIECES)

    def validate_delta(self, delta: int) -> int:
        """Return a number that changes something."""
        if not delta:
            raise serializers.ValidationError(_("Zero changes nothing."), code="zero")
        return delta


class BucketQuery(In):
    """Which buckets."""

    sku_id = Text(required=False, max_length=32)
    is_open = Flag(required=False)


class BucketOut(Out):
    """Pieces of a SKU that are not for everybody: ``quantity = drawn + freed + remaining``."""

    id = serializers.CharField(source="public_id")
    sku_id = serializers.CharField(source="sku.public_id")
    merchant_code = serializers.CharField(source="sku.merchant_code")
    kind = serializers.ChoiceField(choices=BucketKind.choices)
    account_id = serializers.CharField(source="account.public_id", allow_null=True, default=None)
    note = serializers.CharField()
    quantity = serializers.IntegerField()
    drawn = serializers.IntegerField(help_text="Held or bought by orders.")
    freed = serializers.IntegerField(help_text="For everybody again after the end.")
    remaining = serializers.IntegerField()
    ends_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


_NAMED = StockBucket.objects.select_related("sku", "account")


class ShopBuckets(ShopView):
    permission = "catalog.stock"

    @listing(gives=BucketOut, filters=BucketQuery)
    def get(self, request: Any, query: dict[str, Any], shop_id: str) -> Any:
        """What the shop set aside, the newest first."""
        rows = _NAMED.visible_to(request.actor)
        if "sku_id" in query:
            rows = rows.filter(sku__public_id=query["sku_id"])
        if "is_open" in query:
            rows = rows.filter(ended_at__isnull=query["is_open"])
        return rows

    @operation(takes=BucketIn, gives=BucketOut, status=201, idempotent=True)
    def post(self, request: Any, data: dict[str, Any], shop_id: str) -> Any:
        """Set pieces of a SKU aside; nobody else can have them until they are set free."""
        accounts = accounts_called([data.get("account_id", "")])
        return buckets.set_aside(
            sku=Sku.objects.get_visible(request.actor, public_id=data["sku_id"]),
            kind=BucketKind(data["kind"]),
            account=next(iter(accounts), None),
            quantity=data["quantity"],
            ends_at=data.get("ends_at"),
            note=data.get("note", ""),
            actor=request.actor,
            at=request.at,
        )


class ShopBucketPieces(ShopView):
    permission = "catalog.stock"

    @operation(takes=BucketPiecesIn, gives=BucketOut, idempotent=True)
    def post(self, request: Any, data: dict[str, Any], shop_id: str, bucket_id: str) -> Any:
        """Put more pieces in, or take some out."""
        bucket = _NAMED.get_visible(request.actor, public_id=bucket_id)
        return buckets.change_pieces(
            bucket=bucket, delta=data["delta"], actor=request.actor, at=request.at
        )


class ShopBucketEnd(ShopView):
    permission = "catalog.stock"

    @operation(gives=BucketOut)
    def post(self, request: Any, shop_id: str, bucket_id: str) -> Any:
        """Let what is left be for everybody again."""
        bucket = _NAMED.get_visible(request.actor, public_id=bucket_id)
        return buckets.end(bucket=bucket, actor=request.actor, at=request.at)
