"""Shapes of governance's API."""

from __future__ import annotations

from rest_framework import serializers

from kernel.api.serializers import In, Money, Out, Text
from kernel.money import MAX_AMOUNT


class DepositAmountIn(In):
    """How much, in minor units."""

    amount = serializers.IntegerField(min_value=1, max_value=MAX_AMOUNT)


class DepositPaymentIn(DepositAmountIn):
    """How much, in minor units, by which gateway."""

    gateway = Text(max_length=20)


class DepositOut(Out):
    """A shop's deposit: due is base and experience; refundable is what may be withdrawn now."""

    id = serializers.CharField(source="public_id")
    status = serializers.CharField()
    base = Money(source="base_amount")
    experience = Money(source="experience_amount")
    due = Money(source="due_amount")
    #: What will be due next, when it is announced.
    coming = Money(source="coming_amount")
    balance = Money(source="balance_amount")
    frozen = Money(source="frozen_amount")
    refundable = Money(source="refundable_amount")
    is_trial = serializers.BooleanField()
    short_since = serializers.DateTimeField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)


class DepositAssessmentOut(Out):
    """How what is due came about: sales of the month before, tiers, advance."""

    id = serializers.CharField(source="public_id")
    cause = serializers.CharField()
    month = serializers.DateField()
    gmv = Money(source="gmv_amount")
    #: ``[[sales up to, amount], …, [null, amount]]``, minor units.
    tiers = serializers.JSONField()
    is_trial = serializers.BooleanField()
    base = Money(source="base_amount")
    experience = Money(source="experience_amount")
    advanced = Money(source="advanced_amount")
    times = serializers.IntegerField()
    announced_at = serializers.DateTimeField()
    effective_at = serializers.DateTimeField()
    applied_at = serializers.DateTimeField(allow_null=True)


class DepositEntryOut(Out):
    """One movement; amounts are signed, into the deposit is positive."""

    number = serializers.CharField()
    kind = serializers.CharField()
    amount = Money()
    frozen = Money(source="frozen_amount")
    balance_after = Money(source="after_amount")
    frozen_after = Money(source="frozen_after_amount")
    reference = serializers.CharField()
    reason = serializers.CharField()
    at = serializers.DateTimeField()


class DepositPaymentOut(Out):
    """A payment into the deposit; `pay_url` once the gateway has opened it."""

    number = serializers.CharField()
    status = serializers.CharField()
    gateway = serializers.CharField()
    amount = Money()
    pay_url = serializers.CharField()
    created_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class ShopRestrictionOut(Out):
    """What the shop may not do; `until` is null while it is in force."""

    id = serializers.CharField(source="public_id")
    kind = serializers.CharField()
    reason = serializers.CharField()
    because_of = serializers.CharField(source="source")
    limit = serializers.IntegerField(allow_null=True)
    since = serializers.DateTimeField()
    until = serializers.DateTimeField(allow_null=True)
