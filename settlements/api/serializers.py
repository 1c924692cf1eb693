"""Shapes of the settlement API."""

from __future__ import annotations

from datetime import UTC, date
from typing import Any

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from kernel.api.serializers import Amount, In, Money, Out, RateBp, Text
from ledger.models import AccountCode
from ledger.selectors import balances_of
from orders.enums import TrafficChannel
from settlements.enums import EntryKind, FeeKind, PartyKind, PayoutAccountStatus, PayoutStatus

MONTH = RegexValidator(r"^20[0-9]{2}-(0[1-9]|1[0-2])\Z", _("A month reads like 2026-03."))


class Month(Text):
    """A month such as ``2026-03``; validated to its first day."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=7, validators=[MONTH], **kwargs)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        text = super().run_validation(data)
        return date(int(text[:4]), int(text[5:]), 1)


# --- in -----------------------------------------------------------------------------------------


class PayoutIn(In):
    """How much, in minor units; at most the available balance."""

    amount = Amount()


class PayoutAccountIn(In):
    """The bank and the number; the holder is the shop's legal entity."""

    bank = Text(max_length=80)
    number = Text(max_length=40)


class PayoutQueryIn(In):
    """Which payouts."""

    status = serializers.ChoiceField(choices=PayoutStatus.choices, required=False)


class RefusePayoutIn(In):
    """Why."""

    reason = Text()


class StatementLineQueryIn(In):
    """Which lines."""

    month = Month(required=False)
    order_number = Text(max_length=20, required=False)


class SettlementEntryQueryIn(In):
    """Which entries."""

    order_number = Text(max_length=20, required=False)
    kind = serializers.ChoiceField(choices=EntryKind.choices, required=False)


class LedgerAccountQueryIn(In):
    """Which accounts."""

    code = serializers.ChoiceField(choices=AccountCode.choices, required=False)
    owner = Text(max_length=40, required=False)


class TransferQueryIn(In):
    """Which transfers."""

    reference = Text(max_length=120, required=False)
    kind = Text(max_length=40, required=False)


class FeeRateIn(In):
    """A fee rate from a moment on; without a category for all that have none of their own."""

    kind = serializers.ChoiceField(
        choices=FeeKind.choices, required=False, help_text="Without it, the base rate."
    )
    channel = serializers.ChoiceField(
        choices=TrafficChannel.choices, required=False, help_text="Of the supplement of a channel."
    )
    category_id = Text(max_length=32, required=False)
    rate_bp = RateBp(max_value=3_000)
    effective_from = serializers.DateTimeField(default_timezone=UTC)


# --- out ----------------------------------------------------------------------------------------


class BalanceOut(Out):
    """What the platform owes. Negative is a debt that the next settlements work off."""

    balance = Money(source="balance_amount")
    available = Money(source="available_amount")


class CollectingShopOut(Out):
    """Where an account's own income goes while it is a shop's face (BI-06)."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField()


class CreatorBalanceOut(BalanceOut):
    """A creator's balance. Income of a shop's face goes on to the shop, which is named here."""

    collected_by = CollectingShopOut(allow_null=True)


class StatementOut(Out):
    """A month: opening + settled − taken back − paid out − to the deposit + collected = closing."""

    id = serializers.CharField(source="public_id")
    month = serializers.DateField()
    opening = Money(source="opening_amount")
    settled = Money(source="settled_amount")
    reversed = Money(source="reversed_amount")
    paid_out = Money(source="paid_out_amount")
    deposited = Money(source="deposited_amount")
    collected = Money(
        source="collected_amount",
        help_text="A shop's, of its accounts' income; a creator's, below zero: the shop has it.",
    )
    closing = Money(source="closing_amount")
    updated_at = serializers.DateTimeField()


class StatementLineOut(Out):
    """One posting; the amount is signed."""

    reference = serializers.CharField()
    kind = serializers.SerializerMethodField()
    order_number = serializers.CharField()
    amount = Money()
    at = serializers.DateTimeField()

    def get_kind(self, line: Any) -> str:
        """Return ``settle``, ``reverse``, ``payout``, ``deposit`` or ``collect``."""
        return line.entry.kind if line.entry_id else str(line.reference).partition(":")[0]


class ShopStatementLineOut(StatementLineOut):
    """A posting of a shop with the waterfall that it comes from; null where no sale is behind it.

    ``paid + subsidy = amount + commission + platform_fee``; the fee is ``fee_rate_bp`` of paid and
    subsidy, of which ``fee_channel_bp`` and ``fee_unbranded_bp`` came on top of the base rate.
    """

    paid = Money(source="entry.paid_amount", allow_null=True, default=None)
    subsidy = Money(source="entry.subsidy_amount", allow_null=True, default=None)
    commission = Money(source="entry.commission_amount", allow_null=True, default=None)
    platform_fee = Money(source="entry.platform_fee_amount", allow_null=True, default=None)
    fee_rate_bp = serializers.IntegerField(
        source="entry.fee_rate_bp", allow_null=True, default=None
    )
    fee_channel_bp = serializers.IntegerField(
        source="entry.fee_channel_bp", allow_null=True, default=None
    )
    fee_unbranded_bp = serializers.IntegerField(
        source="entry.fee_unbranded_bp", allow_null=True, default=None
    )


class PayoutAccountOut(Out):
    """A shop's bank account; the number is never told whole."""

    id = serializers.CharField(source="public_id")
    holder = serializers.CharField()
    bank = serializers.CharField()
    last_four = serializers.CharField()
    status = serializers.ChoiceField(choices=PayoutAccountStatus.choices)
    created_at = serializers.DateTimeField()
    active_from = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)


class AccountNumberOut(Out):
    """Where the bank sends a payout; each look is in the audit trail."""

    holder = serializers.CharField()
    bank = serializers.CharField()
    number = serializers.CharField()


class PayoutOut(Out):
    """A payout."""

    number = serializers.CharField()
    amount = Money()
    status = serializers.ChoiceField(choices=PayoutStatus.choices)
    requested_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class PartyNameOut(Out):
    """Whose money."""

    kind = serializers.ChoiceField(choices=PartyKind.choices)
    id = serializers.CharField()
    name = serializers.CharField()


class PlatformPayoutOut(PayoutOut):
    """A payout as operators see it."""

    party = serializers.SerializerMethodField()
    requested_by = serializers.CharField(source="requested_by_label")

    @extend_schema_field(PartyNameOut)
    def get_party(self, payout: Any) -> Any:
        owner = getattr(payout, payout.party)
        named = {"kind": payout.party, "id": owner.public_id, "name": str(owner)}
        return PartyNameOut(named).data


class SettlementEntryOut(Out):
    """The waterfall of one posting (AL-44)."""

    reference = serializers.CharField()
    order_number = serializers.CharField()
    kind = serializers.ChoiceField(choices=EntryKind.choices)
    shop_name = serializers.CharField(source="shop.name")
    paid = Money(source="paid_amount")
    subsidy = Money(source="subsidy_amount")
    shop = Money(source="shop_amount")
    creator = Money(source="creator_amount")
    agency = Money(source="agency_amount")
    platform_fee = Money(source="platform_fee_amount")
    fee_rate_bp = serializers.IntegerField(help_text="In all: base, channel, without a brand.")
    fee_channel_bp = serializers.IntegerField()
    fee_unbranded_bp = serializers.IntegerField()
    at = serializers.DateTimeField()


class AccountList(serializers.ListSerializer):
    """Accounts whose balances are looked up together."""

    def to_representation(self, data: Any) -> Any:
        rows = list(data)
        balances = balances_of(rows)
        for account in rows:
            account.shown_amount = balances[account.pk]
        return super().to_representation(rows)


class LedgerAccountOut(Out):
    """An account of the book; a debit balance is positive."""

    code = serializers.ChoiceField(choices=AccountCode.choices)
    owner = serializers.CharField()
    balance = Money(source="shown_amount")

    class Meta:
        list_serializer_class = AccountList


class LegOut(Out):
    """One side of a transfer."""

    code = serializers.ChoiceField(source="account.code", choices=AccountCode.choices)
    owner = serializers.CharField(source="account.owner")
    amount = serializers.IntegerField()


class TransferOut(Out):
    """A movement of money."""

    reference = serializers.CharField()
    kind = serializers.CharField()
    currency = serializers.CharField()
    at = serializers.DateTimeField()
    note = serializers.DictField()
    legs = LegOut(many=True, source="legs.all")


class FeeRateOut(Out):
    """A fee rate, or a supplement on top of it."""

    kind = serializers.ChoiceField(choices=FeeKind.choices)
    channel = serializers.CharField()
    category_id = serializers.CharField(source="category.public_id", allow_null=True, default=None)
    category_name = serializers.CharField(source="category.name", allow_null=True, default=None)
    rate_bp = serializers.IntegerField()
    effective_from = serializers.DateTimeField()
