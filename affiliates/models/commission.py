"""What a sale earned its creator."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Creator
from affiliates.enums import CommissionStatus, EntryKind
from affiliates.models.contract import AgencyContract
from affiliates.models.plan import Pick, PlanVersion
from kernel.actors import Actor, Role
from kernel.composite_keys import CompositeKey
from kernel.fields import AmountField, CurrencyField, RateField, one_of
from kernel.scoping import ScopedQuerySet
from kernel.walls import Wall
from orders.models import OrderLine
from shops.models import Shop


class EarningQuerySet(ScopedQuerySet):
    """The creator, the creator's agency, the shop that pays, the platform."""

    def visible_to(self, actor: Actor) -> Self:
        if actor.is_platform:
            return self
        if actor.role is Role.CREATOR:
            return self.filter(creator_id=actor.creator_id)
        if actor.role is Role.AGENCY:
            return self.filter(agency_id=actor.agency_id)
        return self.filter(shop_id=actor.shop_id) if actor.role is Role.MERCHANT else self.none()


class Commission(models.Model):
    """The commission of one order line (佣金, AL-40), derived afterwards from what was in force.

    `base_amount` is the goods amount paid, without freight, less what was refunded; the other
    amounts follow from it and the frozen rates, rounded down. The entries explain every change.
    """

    line = models.OneToOneField(
        OrderLine,
        models.PROTECT,
        db_constraint=False,
        related_name="commission",
        verbose_name=_("order line"),
    )
    order_number = models.CharField(_("order"), max_length=20)
    shop = models.ForeignKey(
        Shop,
        models.PROTECT,
        db_index=False,
        db_constraint=False,
        related_name="+",
        verbose_name=_("shop"),
    )
    creator = models.ForeignKey(
        Creator,
        models.PROTECT,
        db_index=False,
        db_constraint=False,
        related_name="commissions",
        verbose_name=_("creator"),
    )
    agency = models.ForeignKey(
        Agency,
        models.PROTECT,
        db_index=False,
        db_constraint=False,
        null=True,
        related_name="commissions",
        verbose_name=_("agency"),
    )
    contract = models.ForeignKey(
        AgencyContract,
        models.PROTECT,
        db_constraint=False,
        null=True,
        related_name="+",
        verbose_name=_("contract"),
    )
    pick = models.ForeignKey(
        Pick, models.PROTECT, db_constraint=False, related_name="+", verbose_name=_("pick")
    )
    plan_version = models.ForeignKey(
        PlanVersion,
        models.PROTECT,
        db_constraint=False,
        related_name="+",
        verbose_name=_("plan version"),
    )
    currency = CurrencyField(_("currency"))
    rate_bp = RateField(_("rate"))
    agency_share_bp = RateField(_("agency's share"), default=0)
    original_base_amount = AmountField(_("base at payment"))
    base_amount = AmountField(_("base"))
    #: creator + agency.
    amount = AmountField(_("commission"))
    creator_amount = AmountField(_("creator's part"))
    agency_amount = AmountField(_("agency's part"), default=0)
    status = models.CharField(
        _("status"), max_length=16, choices=CommissionStatus, default=CommissionStatus.ESTIMATED
    )
    #: True while an after-sales case of the line is open: not settled meanwhile.
    is_on_hold = models.BooleanField(_("on hold"), default=False)
    paid_at = models.DateTimeField(_("paid at"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    #: End of the after-sales window (AL-42).
    settle_after = models.DateTimeField(_("to settle after"), null=True)
    settled_at = models.DateTimeField(_("settled at"), null=True)

    TRANSITIONS = {
        CommissionStatus.ESTIMATED: {CommissionStatus.CONFIRMED, CommissionStatus.VOID},
        CommissionStatus.CONFIRMED: {CommissionStatus.SETTLEABLE, CommissionStatus.VOID},
        CommissionStatus.SETTLEABLE: {CommissionStatus.SETTLED, CommissionStatus.VOID},
        CommissionStatus.SETTLED: {CommissionStatus.REVERSED_PART, CommissionStatus.REVERSED},
        CommissionStatus.REVERSED_PART: {
            CommissionStatus.REVERSED_PART,
            CommissionStatus.REVERSED,
        },
    }

    objects = EarningQuerySet.as_manager()

    class Meta:
        verbose_name = _("commission")
        verbose_name_plural = _("commissions")
        constraints = (
            one_of("status", CommissionStatus, "commission_status_valid"),
            models.CheckConstraint(
                condition=Q(amount=F("creator_amount") + F("agency_amount"))
                & Q(creator_amount__gte=0, agency_amount__gte=0),
                name="commission_split",
            ),
            models.CheckConstraint(
                condition=Q(base_amount__gte=0, base_amount__lte=F("original_base_amount")),
                name="commission_base_range",
            ),
            models.UniqueConstraint(
                fields=["id", "shop", "creator"], name="commission_id_shop_creator"
            ),
            CompositeKey(relation="line", shared=["shop"], name="commission_of_line"),
            CompositeKey(relation="pick", shared=["shop", "creator"], name="commission_of_pick"),
            CompositeKey(relation="plan_version", shared=["shop"], name="commission_of_version"),
            CompositeKey(
                relation="contract", shared=["creator", "agency"], name="commission_of_contract"
            ),
            models.CheckConstraint(
                condition=Q(contract__isnull=True, agency__isnull=True)
                | Q(contract__isnull=False, agency__isnull=False),
                name="commission_contract_names_agency",
            ),
            Wall(by="shop", name="commission_wall"),
        )
        indexes = (
            models.Index(fields=["creator", "-paid_at", "-id"], name="commission_creator"),
            models.Index(fields=["shop", "-paid_at", "-id"], name="commission_shop"),
            models.Index(fields=["agency", "-paid_at", "-id"], name="commission_agency"),
        )

    def __str__(self) -> str:
        return f"{self.order_number}: {self.amount}"


class CommissionEntry(models.Model):
    """One change of a commission (佣金流水). Append-only; Σ entries = the commission's amounts."""

    commission = models.ForeignKey(
        Commission,
        models.PROTECT,
        db_index=False,
        db_constraint=False,
        related_name="entries",
        verbose_name=_("commission"),
    )
    shop = models.ForeignKey(
        Shop, models.PROTECT, db_constraint=False, related_name="+", verbose_name=_("shop")
    )
    creator = models.ForeignKey(
        Creator, models.PROTECT, db_constraint=False, related_name="+", verbose_name=_("creator")
    )
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, related_name="+", verbose_name=_("agency")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=EntryKind)
    #: Signed: a reduction and a reversal are negative; `settle` moves nothing and has zeros.
    base_amount = AmountField(_("base ±"))
    creator_amount = AmountField(_("creator ±"))
    agency_amount = AmountField(_("agency ±"))
    #: ``estimate``, ``refund:<number>``, ``settle``: once per commission.
    reference = models.CharField(_("reference"), max_length=80)
    at = models.DateTimeField(_("at"), db_default=Now())

    objects = EarningQuerySet.as_manager()

    class Meta:
        verbose_name = _("commission entry")
        verbose_name_plural = _("commission entries")
        constraints = (
            one_of("kind", EntryKind, "commissionentry_kind_valid"),
            models.UniqueConstraint(
                fields=["commission", "reference"], name="commissionentry_once"
            ),
            CompositeKey(
                relation="commission",
                shared=["shop", "creator"],
                name="commissionentry_of_commission",
            ),
            Wall(by="shop", name="commissionentry_wall"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.creator_amount:+d}"
