"""Money out: the intent first, the gateway after."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from kernel.composite_keys import CompositeKey
from kernel.fields import AmountField, CurrencyField, one_of
from kernel.walls import Wall
from orders.enums import RefundReason, RefundStatus
from orders.models.line import OrderLine
from orders.models.order import BuyerOrShopQuerySet, Order
from orders.models.payment import Payment
from shops.models import Shop


class Refund(models.Model):
    """Money on its way back to a buyer (退款单).

    `number` is the key the gateway is asked with, each time the same; `reference` is the fact that
    caused it (``case:<number>``, ``late:<payment>``) and happens once. Never deleted.
    """

    number = models.CharField(_("number"), max_length=24, unique=True)
    reference = models.CharField(_("reference"), max_length=80, unique=True)
    payment = models.ForeignKey(
        Payment,
        models.PROTECT,
        db_constraint=False,
        related_name="refunds",
        verbose_name=_("payment"),
    )
    #: Null when a whole payment goes back (paid late, paid twice).
    order = models.ForeignKey(
        Order,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        null=True,
        related_name="refunds",
        verbose_name=_("order"),
    )
    shop = models.ForeignKey(
        Shop,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        null=True,
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
    reason = models.CharField(_("reason"), max_length=16, choices=RefundReason)
    amount = AmountField(_("amount"))
    currency = CurrencyField(_("currency"))
    status = models.CharField(
        _("status"), max_length=12, choices=RefundStatus, default=RefundStatus.WAITING
    )
    gateway_refund_id = models.CharField(_("gateway's refund"), max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    #: When the sender tries or asks next; null when it is over.
    due_at = models.DateTimeField(_("next try at"), null=True, db_default=Now())
    last_error = models.CharField(_("last error"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())
    finished_at = models.DateTimeField(_("finished at"), null=True)

    TRANSITIONS = {
        RefundStatus.WAITING: {RefundStatus.IN_PROGRESS},
        RefundStatus.IN_PROGRESS: {RefundStatus.SUCCESS, RefundStatus.UNKNOWN, RefundStatus.FAILED},
        RefundStatus.UNKNOWN: {RefundStatus.SUCCESS, RefundStatus.IN_PROGRESS, RefundStatus.FAILED},
        RefundStatus.FAILED: {RefundStatus.IN_PROGRESS},
    }

    objects = BuyerOrShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = (
            one_of("status", RefundStatus, "refund_status_valid"),
            one_of("reason", RefundReason, "refund_reason_valid"),
            models.CheckConstraint(condition=Q(amount__gte=1), name="refund_amount_positive"),
            models.UniqueConstraint(fields=["id", "shop", "buyer"], name="refund_id_shop_buyer"),
            CompositeKey(relation="payment", shared=["buyer"], name="refund_of_payment"),
            CompositeKey(relation="order", shared=["shop", "buyer"], name="refund_of_order"),
            models.CheckConstraint(
                condition=Q(order__isnull=True, shop__isnull=True)
                | Q(order__isnull=False, shop__isnull=False),
                name="refund_order_names_shop",
            ),
            Wall(by="shop", name="refund_wall"),
        )
        indexes = (
            models.Index(fields=["due_at"], name="refund_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["order"], name="refund_order"),
            models.Index(
                fields=["status", "-id"], name="refund_open", condition=~Q(status="success")
            ),
            BrinIndex(fields=["created_at"], name="refund_created"),
        )

    def __str__(self) -> str:
        return self.number


class LineRefund(models.Model):
    """What a refund takes back of a line (退款明细). Append-only."""

    refund = models.ForeignKey(
        Refund,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="line_refunds",
        verbose_name=_("refund"),
    )
    line = models.ForeignKey(
        OrderLine,
        models.PROTECT,
        db_constraint=False,
        related_name="line_refunds",
        verbose_name=_("order line"),
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
    #: Freight included.
    amount = AmountField(_("amount"))
    freight_amount = AmountField(_("of which freight"), default=0)
    quantity = models.PositiveIntegerField(_("pieces"), default=0)
    at = models.DateTimeField(_("at"))

    objects = BuyerOrShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("refunded line")
        verbose_name_plural = _("refunded lines")
        constraints = (
            models.UniqueConstraint(fields=["refund", "line"], name="linerefund_once"),
            models.CheckConstraint(
                condition=Q(
                    amount__gte=1, freight_amount__gte=0, freight_amount__lte=models.F("amount")
                ),
                name="linerefund_amounts",
            ),
            CompositeKey(relation="refund", shared=["shop", "buyer"], name="linerefund_of_refund"),
            CompositeKey(relation="line", shared=["shop", "buyer"], name="linerefund_of_line"),
            Wall(by="shop", name="linerefund_wall"),
        )
        # What a shop gave back on a day, by the day of the refund.
        indexes = (models.Index(fields=["shop", "at", "id"], name="linerefund_shop_at"),)

    def __str__(self) -> str:
        return f"{self.line_id}: {self.amount}"
