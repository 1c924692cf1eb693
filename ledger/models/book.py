"""Double entry, append-only. Triggers (migration 0002) hold what Python could forget:

- the legs of a transfer sum to zero, are at least two and share its currency (checked at commit);
- no leg is zero; transfers and legs are never updated or deleted, not even by the owner.

Amounts are signed: a debit is positive, a credit negative.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.fields import AmountField, CurrencyField, one_of
from kernel.scoping import PlatformQuerySet


class AccountCode(models.TextChoices):
    """What an account is for. The owner is a reference, never a foreign key."""

    #: Money at the gateway; the owner is the gateway's name. Debit balance.
    GATEWAY_CLEARING = "gateway_clearing", _("gateway clearing")
    #: Paid by buyers, not yet settled; one per shop. Credit balance.
    ESCROW = "escrow", _("escrow")
    #: Promised back to buyers, not yet sent by the gateway; one per shop.
    REFUNDS_PAYABLE = "refunds_payable", _("refunds payable")
    SHOP_PAYABLE = "shop_payable", _("owed to the shop")
    CREATOR_PAYABLE = "creator_payable", _("owed to the creator")
    AGENCY_PAYABLE = "agency_payable", _("owed to the agency")
    #: The platform's technical service fee (技术服务费).
    PLATFORM_FEE = "platform_fee", _("platform fee")
    #: Requested by a payee, not yet confirmed by the bank.
    PAYOUT_IN_TRANSIT = "payout_in_transit", _("payout in transit")
    #: A shop's security (保证金), free and set aside. Credit balance; debit where the platform has
    #: advanced more than there was.
    SHOP_DEPOSIT = "shop_deposit", _("deposit of the shop")
    SHOP_DEPOSIT_FROZEN = "shop_deposit_frozen", _("frozen deposit of the shop")
    #: Taken out of deposits for violations.
    DEPOSIT_PENALTY = "deposit_penalty", _("deducted from deposits")
    #: What promotions cost whoever bears them.
    SUBSIDY_EXPENSE = "subsidy_expense", _("subsidies")


class LedgerAccount(models.Model):
    """An account of the book (资金账户): a code, an owner's reference and a currency.

    `balance_amount` is kept for party accounts only (`keeps_balance`): an account that every sale
    touches would queue all sales behind one row, so its balance is the sum of its legs.
    """

    code = models.CharField(_("code"), max_length=30, choices=AccountCode)
    #: A public id or a gateway's name; empty for the platform's own accounts.
    owner = models.CharField(_("owner"), max_length=40, blank=True)
    currency = CurrencyField(_("currency"))
    keeps_balance = models.BooleanField(_("keeps a balance"))
    #: Sum of the legs: negative means that the platform owes the owner.
    balance_amount = AmountField(_("balance"), default=0)

    objects = PlatformQuerySet.as_manager()

    class Meta:
        verbose_name = _("ledger account")
        verbose_name_plural = _("ledger accounts")
        constraints = (
            models.UniqueConstraint(
                fields=["code", "owner", "currency"], name="ledgeraccount_once"
            ),
            one_of("code", AccountCode, "ledgeraccount_code_valid"),
            models.CheckConstraint(
                condition=models.Q(keeps_balance=True) | models.Q(balance_amount=0),
                name="ledgeraccount_hot_has_no_balance",
            ),
        )

    def __str__(self) -> str:
        return f"{self.code}[{self.owner}]"


class Transfer(models.Model):
    """One movement of money (记账凭证). `reference` is the money fact: it happens once.

    References read ``<fact>:<key>``: ``capture:<gateway txn>``, ``refund:<number>``,
    ``settle:<line>``, ``reverse:<refund>:<line>``, ``payout:<number>``.
    """

    reference = models.CharField(_("reference"), max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=40)
    currency = CurrencyField(_("currency"))
    at = models.DateTimeField(_("at"))
    #: Plain values for people: order number, shop, reason.
    note = models.JSONField(_("note"), default=dict)

    objects = PlatformQuerySet.as_manager()

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        indexes = (models.Index(fields=["kind", "at"], name="transfer_kind_at"),)

    def __str__(self) -> str:
        return self.reference


class Leg(models.Model):
    """One side of a transfer (分录): debit positive, credit negative."""

    transfer = models.ForeignKey(
        Transfer, models.PROTECT, related_name="legs", verbose_name=_("transfer")
    )
    account = models.ForeignKey(
        LedgerAccount, models.PROTECT, related_name="legs", verbose_name=_("account")
    )
    amount = AmountField(_("amount"))

    objects = PlatformQuerySet.as_manager()

    class Meta:
        verbose_name = _("leg")
        verbose_name_plural = _("legs")
        constraints = (
            models.CheckConstraint(condition=~models.Q(amount=0), name="leg_not_zero"),
            models.UniqueConstraint(fields=["transfer", "account"], name="leg_account_once"),
        )

    def __str__(self) -> str:
        return f"{self.account} {self.amount}"
