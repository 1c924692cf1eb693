"""Money in."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from kernel.actors import Actor, Role
from kernel.composite_keys import CompositeKey
from kernel.fields import AmountField, CurrencyField, one_of
from kernel.scoping import PlatformQuerySet, ScopedQuerySet
from kernel.walls import Wall
from orders.enums import NoticeOutcome, PaymentStatus
from orders.models.order import BuyerOrShopQuerySet, Order, OrderGroup
from shops.models import Shop


class PaymentQuerySet(ScopedQuerySet["Payment"]):
    """The buyer's; shops see their split."""

    def visible_to(self, actor: Actor) -> Self:
        if actor.is_platform:
            return self
        return self.filter(buyer_id=actor.user_id) if actor.role is Role.BUYER else self.none()


class Payment(models.Model):
    """One attempt to pay a group (支付单). Several may exist; the first that succeeds counts.

    A further success, or one after closing, is refunded by itself (OR-08).
    """

    number = models.CharField(_("number"), max_length=24)
    group = models.ForeignKey(
        OrderGroup,
        models.PROTECT,
        db_constraint=False,
        related_name="payments",
        verbose_name=_("order group"),
    )
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("buyer"),
    )
    gateway = models.CharField(_("gateway"), max_length=20)
    amount = AmountField(_("amount"))
    currency = CurrencyField(_("currency"))
    status = models.CharField(
        _("status"), max_length=12, choices=PaymentStatus, default=PaymentStatus.PENDING
    )
    #: The gateway's transaction: one of theirs is one of ours.
    gateway_txn = models.CharField(_("gateway's transaction"), max_length=64, blank=True)
    #: True for the payment that paid the orders; a later success stays False and is refunded.
    is_effective = models.BooleanField(_("counts"), default=False)
    created_at = models.DateTimeField(_("created at"), db_default=Now())
    paid_at = models.DateTimeField(_("paid at"), null=True)
    #: When the poller asks the gateway next; null when there is nothing to ask.
    poll_at = models.DateTimeField(_("asked next at"), null=True)
    poll_count = models.PositiveSmallIntegerField(_("times asked"), default=0)

    TRANSITIONS = {
        PaymentStatus.PENDING: {PaymentStatus.PAID, PaymentStatus.CLOSED},
        PaymentStatus.CLOSED: {PaymentStatus.PAID},  # late money: booked, then sent back
    }

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = (
            one_of("status", PaymentStatus, "payment_status_valid"),
            models.UniqueConstraint(fields=["number"], name="payment_number_once"),
            models.CheckConstraint(condition=Q(amount__gte=1), name="payment_amount_positive"),
            models.UniqueConstraint(
                fields=["gateway", "gateway_txn"],
                condition=~Q(gateway_txn=""),
                name="payment_txn_once",
            ),
            models.UniqueConstraint(
                fields=["group"], condition=Q(is_effective=True), name="payment_one_effective"
            ),
            models.UniqueConstraint(fields=["id", "buyer"], name="payment_id_buyer"),
            CompositeKey(relation="group", shared=["buyer"], name="payment_of_group"),
        )
        indexes = (
            models.Index(
                fields=["poll_at"], name="payment_to_ask", condition=Q(poll_at__isnull=False)
            ),
            models.Index(
                fields=["status", "-id"], name="payment_open", condition=~Q(status="paid")
            ),
            BrinIndex(fields=["created_at"], name="payment_created"),
        )

    def __str__(self) -> str:
        return self.number


class PaymentSplit(models.Model):
    """An order's part of a payment (分账明细, OR-11): a durable row, not a proportion on read."""

    payment = models.ForeignKey(
        Payment,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="splits",
        verbose_name=_("payment"),
    )
    order = models.ForeignKey(
        Order, models.PROTECT, db_constraint=False, related_name="splits", verbose_name=_("order")
    )
    shop = models.ForeignKey(
        Shop,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("shop"),
    )
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("buyer"),
    )
    captured_amount = AmountField(_("captured"))
    #: Promised back, whether or not the gateway has sent it yet.
    refunded_amount = AmountField(_("refunded"), default=0)

    objects = BuyerOrShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment split")
        verbose_name_plural = _("payment splits")
        constraints = (
            models.UniqueConstraint(fields=["payment", "order"], name="paymentsplit_once"),
            models.CheckConstraint(
                condition=Q(refunded_amount__gte=0, refunded_amount__lte=F("captured_amount")),
                name="paymentsplit_refunded_within_captured",
            ),
            CompositeKey(relation="payment", shared=["buyer"], name="paymentsplit_of_payment"),
            CompositeKey(relation="order", shared=["shop", "buyer"], name="paymentsplit_of_order"),
            Wall(by="shop", name="paymentsplit_wall"),
        )

    def __str__(self) -> str:
        return f"{self.order_id}: {self.captured_amount}"


class GatewayNotice(models.Model):
    """A verified notice as it came (支付通知), kept raw; one id of theirs is applied once."""

    gateway = models.CharField(_("gateway"), max_length=20)
    notice_id = models.CharField(_("notice id"), max_length=80)
    body = models.TextField(_("body"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=NoticeOutcome)
    #: Why it was refused: amount, currency, merchant, order, environment, time.
    refusal = models.CharField(_("refusal"), max_length=60, blank=True)
    received_at = models.DateTimeField(_("received at"), db_default=Now())

    objects = PlatformQuerySet.as_manager()

    class Meta:
        verbose_name = _("gateway notice")
        verbose_name_plural = _("gateway notices")
        constraints = (
            models.UniqueConstraint(fields=["gateway", "notice_id"], name="gatewaynotice_once"),
        )
        indexes = (BrinIndex(fields=["received_at"], name="gatewaynotice_received"),)

    def __str__(self) -> str:
        return f"{self.gateway} {self.notice_id}"
