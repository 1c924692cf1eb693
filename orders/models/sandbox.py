"""The sandbox gateway's own books: what a real gateway keeps on its side of the wire.

Nothing of ours points here and nothing here points at ours; the two meet by number only, as they
would with a bank. `orders.services.gateways.sandbox` alone reads and writes them.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from kernel.fields import AmountField, CurrencyField, one_of
from kernel.scoping import PlatformQuerySet
from orders.enums import SandboxProfile, SandboxStatus


class SandboxTransaction(models.Model):
    """One payment in the gateway's journal (沙箱交易), by the merchant's number."""

    number = models.CharField(_("merchant's number"), max_length=24, unique=True)
    #: The gateway's own id, given when it is paid.
    txn = models.CharField(_("transaction"), max_length=64, blank=True)
    merchant = models.CharField(_("merchant"), max_length=40)
    amount = AmountField(_("amount"))
    currency = CurrencyField(_("currency"))
    status = models.CharField(
        _("status"), max_length=10, choices=SandboxStatus, default=SandboxStatus.OPEN
    )
    #: How the gateway behaves towards this payment and its refunds.
    profile = models.CharField(
        _("behaviour"), max_length=12, choices=SandboxProfile, default=SandboxProfile.OK
    )
    refunded_amount = AmountField(_("refunded"), default=0)
    created_at = models.DateTimeField(_("created at"), db_default=Now())
    paid_at = models.DateTimeField(_("paid at"), null=True)

    TRANSITIONS = {SandboxStatus.OPEN: {SandboxStatus.PAID, SandboxStatus.CLOSED}}

    objects = PlatformQuerySet.as_manager()

    class Meta:
        verbose_name = _("sandbox transaction")
        verbose_name_plural = _("sandbox transactions")
        constraints = (
            one_of("status", SandboxStatus, "sandboxtransaction_status_valid"),
            one_of("profile", SandboxProfile, "sandboxtransaction_profile_valid"),
            models.UniqueConstraint(
                fields=["txn"], condition=~Q(txn=""), name="sandboxtransaction_txn_once"
            ),
            models.CheckConstraint(
                condition=Q(refunded_amount__gte=0, refunded_amount__lte=F("amount")),
                name="sandboxtransaction_refunded_within",
            ),
        )

    def __str__(self) -> str:
        return self.number


class SandboxRefund(models.Model):
    """One refund in the gateway's journal (沙箱退款): a repeated number is executed once."""

    number = models.CharField(_("merchant's refund number"), max_length=24, unique=True)
    transaction = models.ForeignKey(
        SandboxTransaction, models.PROTECT, related_name="refunds", verbose_name=_("transaction")
    )
    amount = AmountField(_("amount"))
    refund_id = models.CharField(_("refund"), max_length=64, unique=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    objects = PlatformQuerySet.as_manager()

    class Meta:
        verbose_name = _("sandbox refund")
        verbose_name_plural = _("sandbox refunds")
        constraints = (
            models.CheckConstraint(condition=Q(amount__gte=1), name="sandboxrefund_positive"),
        )

    def __str__(self) -> str:
        return self.number
