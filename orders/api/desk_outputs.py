"""Shapes that go out of a merchant's desk: files of parcels, paper, wishes, views."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from kernel.api.serializers import Money, Out
from orders.api.outputs import MaskedReceiverOut
from orders.enums import AddressChangeStatus, AddressRefusal, PrintKind, ShippingFileStatus
from orders.models import AddressChange, ShippingRowFault
from orders.services.shipfiles.reports import fix_of


class CarrierOut(Out):
    """A carrier that parcels may go with."""

    code = serializers.CharField()
    name = serializers.CharField()
    name_zh = serializers.CharField()
    #: What numbers of it usually look like; others are taken too.
    number_pattern = serializers.CharField()


class ShippingFileOut(Out):
    """How far a file of parcels is."""

    id = serializers.CharField(source="public_id")
    filename = serializers.CharField()
    is_dry_run = serializers.BooleanField()
    status = serializers.ChoiceField(choices=ShippingFileStatus.choices)
    percent = serializers.IntegerField()
    total_count = serializers.IntegerField()
    done_count = serializers.IntegerField()
    good_count = serializers.IntegerField()
    bad_count = serializers.IntegerField()
    error = serializers.CharField()
    by = serializers.CharField(source="actor_label")
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class ShippingRowFaultOut(Out):
    """What is wrong with a row of parcels, and what to do."""

    row_number = serializers.IntegerField()
    column = serializers.CharField()
    code = serializers.CharField()
    fix = serializers.SerializerMethodField()
    is_note = serializers.BooleanField()
    cells = serializers.ListField(child=serializers.CharField())

    def get_fix(self, fault: ShippingRowFault) -> str:
        return fix_of(fault.code)


class PrintingOut(Out):
    """What was printed, or is about to be."""

    id = serializers.CharField(source="public_id")
    kind = serializers.ChoiceField(choices=PrintKind.choices)
    order_count = serializers.IntegerField()
    filename = serializers.CharField()
    by = serializers.CharField(source="actor_label")
    created_at = serializers.DateTimeField()


class AddressChangeOut(Out):
    """A wish for another address; `refusal` says why not."""

    id = serializers.CharField(source="public_id")
    status = serializers.ChoiceField(choices=AddressChangeStatus.choices)
    refusal = serializers.ChoiceField(choices=AddressRefusal.choices, allow_null=True)
    receiver = MaskedReceiverOut(source="receiver_masked")
    due_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)


class ExtraFreight(Money):
    """What sending there costs more, in the order's currency."""

    def get_attribute(self, instance: AddressChange) -> Any:
        return {"amount": instance.extra_freight_amount, "currency": instance.order.currency}


class ShopAddressChangeOut(AddressChangeOut):
    """A wish as the shop sees it."""

    extra_freight = ExtraFreight()

    order_number = serializers.CharField(source="order.number")
    address_hash = serializers.CharField()
    by = serializers.CharField(source="actor_label")


class OrderRulesOut(Out):
    """What the shop wants to be asked."""

    asks_for_addresses = serializers.BooleanField()


class OrderViewOut(Out):
    """A named filter of the order list."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    filters = serializers.DictField()
