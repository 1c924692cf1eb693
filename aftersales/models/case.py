"""The after-sales case."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from aftersales.enums import (
    ENDED_CASES,
    OPEN_CASES,
    ArbitrationStatus,
    CaseKind,
    CaseStatus,
    Inspection,
    NextActor,
    ReasonCode,
)
from kernel.actors import Actor
from kernel.composite_keys import CompositeKey
from kernel.fields import AmountField, CurrencyField, one_of
from kernel.walls import Wall
from orders.models import Order, OrderLine
from orders.models.order import BuyerOrShopQuerySet
from shops.models import Shop


class NegotiationRecordQuerySet(BuyerOrShopQuerySet):
    """The two sides and the platform; internal entries are the platform's alone."""

    def visible_to(self, actor: Actor) -> Self:
        visible = super().visible_to(actor)
        return visible if actor.is_platform else visible.filter(is_internal=False)


class RefundCase(models.Model):
    """One request for money back on one line (售后单). Several may follow each other (AF-11).

    `status` has the canonical machine of the trade; `arbitration_status` lies over it. The money
    itself is orders' `Refund`, with a machine of its own. `version` guards decisions (AF-16).
    """

    number = models.CharField(_("number"), max_length=20, unique=True)
    order = models.ForeignKey(
        Order, models.PROTECT, db_constraint=False, related_name="cases", verbose_name=_("order")
    )
    line = models.ForeignKey(
        OrderLine,
        models.PROTECT,
        db_constraint=False,
        related_name="cases",
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
        related_name="cases",
        verbose_name=_("buyer"),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=CaseKind)
    status = models.CharField(
        _("status"), max_length=20, choices=CaseStatus, default=CaseStatus.REQUESTED
    )
    arbitration_status = models.CharField(
        _("arbitration"),
        max_length=12,
        choices=ArbitrationStatus,
        default=ArbitrationStatus.NONE,
    )
    version = models.PositiveIntegerField(_("version"), default=1)
    currency = CurrencyField(_("currency"))
    quantity = models.PositiveIntegerField(_("pieces"))
    #: Asked for, freight included; what the calculator allowed.
    amount = AmountField(_("amount"))
    freight_amount = AmountField(_("of which freight"), default=0)
    reason = models.CharField(_("reason"), max_length=20, choices=ReasonCode)
    is_received = models.BooleanField(_("goods received"), default=False)
    description = models.CharField(_("description"), max_length=500, blank=True)
    #: Where the return goes, copied when the shop agreed (AF-21).
    return_address = models.JSONField(_("return address"), null=True)
    #: Orders' refund, once approved.
    refund_number = models.CharField(_("refund"), max_length=24, blank=True)

    next_actor = models.CharField(_("who acts next"), max_length=10, choices=NextActor)
    #: What is done by itself when nobody does it in time: ``approve``, ``close``, ``refund``.
    overdue_action = models.CharField(_("when overdue"), max_length=10, blank=True)
    due_at = models.DateTimeField(_("deadline"), null=True)
    created_at = models.DateTimeField(_("created at"))
    decided_at = models.DateTimeField(_("decided at"), null=True)
    closed_at = models.DateTimeField(_("closed at"), null=True)

    TRANSITIONS = {
        CaseStatus.REQUESTED: {
            CaseStatus.REFUNDING,
            CaseStatus.AWAIT_RETURN,
            CaseStatus.REJECTED_FIRST,
            CaseStatus.CLOSED,
        },
        CaseStatus.AWAIT_RETURN: {CaseStatus.RETURNED, CaseStatus.CLOSED, CaseStatus.REFUNDING},
        CaseStatus.RETURNED: {
            CaseStatus.REFUNDING,
            CaseStatus.REJECTED_SECOND,
            CaseStatus.CLOSED,
        },
        CaseStatus.REJECTED_FIRST: {
            CaseStatus.REQUESTED,
            CaseStatus.REFUNDING,
            CaseStatus.CLOSED,
        },
        CaseStatus.REJECTED_SECOND: {
            CaseStatus.REQUESTED,
            CaseStatus.REFUNDING,
            CaseStatus.CLOSED,
        },
        CaseStatus.REFUNDING: {CaseStatus.SUCCESS, CaseStatus.REFUND_FAILED},
        CaseStatus.REFUND_FAILED: {CaseStatus.REFUNDING, CaseStatus.SUCCESS},
    }
    ARBITRATION_STATUS_TRANSITIONS = {
        ArbitrationStatus.NONE: {ArbitrationStatus.JUDGING},
        ArbitrationStatus.JUDGING: {
            ArbitrationStatus.FOR_BUYER,
            ArbitrationStatus.FOR_SELLER,
            ArbitrationStatus.NONE,
        },
    }

    objects = BuyerOrShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("after-sales case")
        verbose_name_plural = _("after-sales cases")
        constraints = (
            one_of("status", CaseStatus, "refundcase_status_valid"),
            one_of("kind", CaseKind, "refundcase_kind_valid"),
            one_of("arbitration_status", ArbitrationStatus, "refundcase_arbitration_valid"),
            models.UniqueConstraint(
                fields=["line"],
                condition=Q(status__in=list(OPEN_CASES)),
                name="refundcase_one_open_a_line",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=1, freight_amount__gte=0, freight_amount__lte=F("amount")),
                name="refundcase_amounts",
            ),
            models.UniqueConstraint(
                fields=["id", "shop", "buyer"], name="refundcase_id_shop_buyer"
            ),
            CompositeKey(relation="order", shared=["shop", "buyer"], name="refundcase_of_order"),
            CompositeKey(relation="line", shared=["shop", "buyer"], name="refundcase_of_line"),
            Wall(by="shop", name="refundcase_wall"),
        )
        indexes = (
            models.Index(
                fields=["due_at"], name="refundcase_due", condition=Q(due_at__isnull=False)
            ),
            models.Index(fields=["shop", "status", "due_at", "id"], name="refundcase_shop"),
            models.Index(
                fields=["due_at", "id"],
                name="refundcase_judged",
                condition=Q(arbitration_status=ArbitrationStatus.JUDGING),
            ),
            models.Index(
                fields=["-closed_at", "-id"],
                name="refundcase_ended",
                condition=Q(status__in=list(ENDED_CASES)),
            ),
            models.Index(
                fields=["shop", "-closed_at", "-id"],
                name="refundcase_shop_ended",
                condition=Q(status__in=list(ENDED_CASES)),
            ),
            models.Index(fields=["buyer", "-created_at", "-id"], name="refundcase_buyer"),
        )

    def __str__(self) -> str:
        return self.number


class NegotiationRecord(models.Model):
    """One thing said or done in a case (协商记录, AF-19). Append-only; a trigger holds it."""

    case = models.ForeignKey(
        RefundCase,
        models.PROTECT,
        db_constraint=False,
        related_name="records",
        verbose_name=_("case"),
    )
    shop = models.ForeignKey(
        Shop, models.PROTECT, db_constraint=False, related_name="+", verbose_name=_("shop")
    )
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        db_constraint=False,
        related_name="+",
        verbose_name=_("buyer"),
    )
    at = models.DateTimeField(_("at"), db_default=Now())
    actor_role = models.CharField(_("role"), max_length=12)
    actor_label = models.CharField(_("by"), max_length=120, blank=True)
    #: A `RecordAction`; the text is for people.
    action = models.CharField(_("action"), max_length=30)
    text = models.CharField(_("text"), max_length=500, blank=True)
    image_urls = models.JSONField(_("pictures"), default=list)
    #: Pairs of a `RecordFact` and its value: ``[["amount", "¥19.99"]]``
    facts = models.JSONField(_("facts"), default=list)
    #: Seen by support only.
    is_internal = models.BooleanField(_("internal"), default=False)

    objects = NegotiationRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("negotiation record")
        verbose_name_plural = _("negotiation records")
        constraints = (
            CompositeKey(
                relation="case", shared=["shop", "buyer"], name="negotiationrecord_of_case"
            ),
            Wall(by="shop", name="negotiationrecord_wall"),
        )
        indexes = (models.Index(fields=["case", "id"], name="negotiationrecord_case"),)

    def __str__(self) -> str:
        return f"{self.actor_role}: {self.action}"


class ReturnParcel(models.Model):
    """The parcel that comes back (退货物流), and what was in it."""

    case = models.OneToOneField(
        RefundCase,
        models.PROTECT,
        db_constraint=False,
        related_name="return_parcel",
        verbose_name=_("case"),
    )
    shop = models.ForeignKey(
        Shop, models.PROTECT, db_constraint=False, related_name="+", verbose_name=_("shop")
    )
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        db_constraint=False,
        related_name="+",
        verbose_name=_("buyer"),
    )
    #: What it holds: as many as the case asked for when it was sent, whatever is asked for later.
    quantity = models.PositiveIntegerField(_("pieces"))
    carrier_code = models.CharField(_("carrier"), max_length=30)
    tracking_number = models.CharField(_("tracking number"), max_length=40)
    sent_at = models.DateTimeField(_("sent at"))
    signed_at = models.DateTimeField(_("signed at"), null=True)
    inspection = models.CharField(_("inspection"), max_length=10, choices=Inspection, blank=True)
    inspected_at = models.DateTimeField(_("inspected at"), null=True)

    objects = BuyerOrShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("return parcel")
        verbose_name_plural = _("return parcels")
        constraints = (
            models.CheckConstraint(
                condition=Q(quantity__gte=1), name="returnparcel_quantity_positive"
            ),
            CompositeKey(relation="case", shared=["shop", "buyer"], name="returnparcel_of_case"),
            Wall(by="shop", name="returnparcel_wall"),
        )

    def __str__(self) -> str:
        return f"{self.carrier_code} {self.tracking_number}"
