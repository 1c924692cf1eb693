"""Money on its way into a deposit, and deductions that wait for a second operator."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.enums import DeductionStatus, PaymentStatus
from governance.models.deposit import Deposit
from kernel.composite_keys import CompositeKey
from kernel.fields import AmountField, CurrencyField, PublicIdField, one_of
from kernel.scoping import PlatformQuerySet, ShopOwnedQuerySet
from kernel.walls import Wall
from shops.models import Shop


class DepositPayment(models.Model):
    """A payment into a deposit by a gateway (保证金缴纳单). The row is the intent: a task asks."""

    number = models.CharField(_("number"), max_length=24, unique=True)
    deposit = models.ForeignKey(
        Deposit,
        models.PROTECT,
        db_constraint=False,
        related_name="payments",
        verbose_name=_("deposit"),
    )
    shop = models.ForeignKey(
        Shop, models.PROTECT, db_constraint=False, db_index=False, related_name="+",
        verbose_name=_("shop"),
    )  # fmt: skip
    gateway = models.CharField(_("gateway"), max_length=20)
    amount = AmountField(_("amount"))
    currency = CurrencyField(_("currency"))
    status = models.CharField(
        _("status"), max_length=10, choices=PaymentStatus, default=PaymentStatus.PENDING
    )
    #: Where it is paid, once the gateway has opened it.
    pay_url = models.CharField(_("paid at"), max_length=300, blank=True)
    gateway_txn = models.CharField(_("gateway's transaction"), max_length=64, blank=True)
    #: In a sandbox the cashier is a button: somebody has pressed it.
    is_paid_in_sandbox = models.BooleanField(_("paid in the sandbox"), default=False)
    by_label = models.CharField(_("by"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("created at"))
    closes_at = models.DateTimeField(_("closes at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)

    TRANSITIONS = {PaymentStatus.PENDING: {PaymentStatus.PAID, PaymentStatus.CLOSED}}

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment into the deposit")
        verbose_name_plural = _("payments into the deposit")
        constraints = (
            one_of("status", PaymentStatus, "depositpayment_status_valid"),
            models.CheckConstraint(condition=Q(amount__gte=1), name="depositpayment_positive"),
            models.UniqueConstraint(
                fields=["gateway", "gateway_txn"],
                condition=~Q(gateway_txn=""),
                name="depositpayment_txn_once",
            ),
            models.CheckConstraint(
                condition=Q(status="pending") | Q(finished_at__isnull=False),
                name="depositpayment_finished_has_time",
            ),
            CompositeKey(relation="deposit", shared=["shop"], name="depositpayment_of_deposit"),
            Wall(by="shop", may="SELECT, INSERT, UPDATE", name="depositpayment_wall"),
        )
        indexes = (
            models.Index(
                fields=["id"], condition=Q(status="pending"), name="depositpayment_pending"
            ),
        )

    def __str__(self) -> str:
        return self.number


class Deduction(models.Model):
    """A deduction for a violation (保证金扣除单), by one operator or by two above a limit.

    What waits is set aside, so the shop cannot take it out meanwhile. Closed to shops: they see
    the entry.
    """

    public_id = PublicIdField(_("deduction id"), prefix="ddn")
    deposit = models.ForeignKey(
        Deposit, models.PROTECT, related_name="deductions", verbose_name=_("deposit")
    )
    #: The number of a violation: it costs once.
    violation = models.CharField(_("violation"), max_length=60)
    amount = AmountField(_("amount"))
    reason = models.CharField(_("reason"), max_length=300)
    status = models.CharField(
        _("status"), max_length=10, choices=DeductionStatus, default=DeductionStatus.PENDING
    )
    needs_second = models.BooleanField(_("takes two operators"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_by_label = models.CharField(_("asked by"), max_length=120, blank=True)
    asked_at = models.DateTimeField(_("asked at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_by_label = models.CharField(_("decided by"), max_length=120, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)

    TRANSITIONS = {DeductionStatus.PENDING: {DeductionStatus.DONE, DeductionStatus.REJECTED}}

    objects = PlatformQuerySet.as_manager()

    class Meta:
        verbose_name = _("deduction")
        verbose_name_plural = _("deductions")
        constraints = (
            one_of("status", DeductionStatus, "deduction_status_valid"),
            models.CheckConstraint(condition=Q(amount__gte=1), name="deduction_positive"),
            models.UniqueConstraint(
                fields=["deposit", "violation"],
                condition=~Q(status="rejected"),
                name="deduction_violation_once",
            ),
            models.CheckConstraint(
                condition=Q(needs_second=False)
                | ~Q(status="done")
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("asked_by"))),
                name="deduction_by_two",
            ),
        )

    def __str__(self) -> str:
        return self.violation
