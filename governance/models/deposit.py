"""A shop's deposit: how it stands, each movement, and how what is due came about."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.enums import AssessmentCause, DepositStatus, EntryKind
from governance.models.rule import DepositRule
from kernel.composite_keys import CompositeKey
from kernel.fields import AmountField, PublicIdField, one_of
from kernel.scoping import ShopOwnedQuerySet
from kernel.walls import READ, Wall
from shops.models import Shop

_STATES = DepositStatus.values


class Deposit(models.Model):
    """What a shop stakes (保证金, SH-06 … SH-08): due, there and set aside. CNY, minor units.

    Balance and frozen are the sums of the entries and the negative balances of the book; the row
    is locked by whoever moves either. Below zero the platform has advanced its own money.
    """

    public_id = PublicIdField(_("deposit id"), prefix="dpt")
    shop = models.OneToOneField(
        Shop, models.PROTECT, related_name="deposit", verbose_name=_("shop")
    )
    status = models.CharField(
        _("status"), max_length=12, choices=DepositStatus, default=DepositStatus.OK
    )
    #: In force now, by last month's sales; nothing on trial.
    base_amount = AmountField(_("base deposit"), default=0)
    #: In force while the platform had to advance too much (SH-07).
    experience_amount = AmountField(_("experience deposit"), default=0)
    due_amount = models.GeneratedField(
        verbose_name=_("due"),
        expression=F("base_amount") + F("experience_amount"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    #: What will be due next, when it is announced; else what is due.
    coming_amount = AmountField(_("due soon"), default=0)
    balance_amount = AmountField(_("balance"), default=0)
    frozen_amount = AmountField(_("set aside"), default=0)
    is_trial = models.BooleanField(_("on trial"), default=False)
    is_high_risk = models.BooleanField(_("high risk"), default=False)
    experience_since = models.DateTimeField(_("experience deposit since"), null=True)
    #: Since when less is there than is due.
    short_since = models.DateTimeField(_("too low since"), null=True)
    #: Since when it has been covered without a break.
    whole_since = models.DateTimeField(_("covered since"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn last"), null=True)
    entry_count = models.PositiveIntegerField(_("entries"), default=0)
    created_at = models.DateTimeField(_("created at"))

    TRANSITIONS = {
        one: set(DepositStatus) - {one} if one != DepositStatus.REFUNDED else set()
        for one in DepositStatus
    }

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("deposit")
        verbose_name_plural = _("deposits")
        constraints = (
            one_of("status", DepositStatus, "deposit_status_valid"),
            models.UniqueConstraint(fields=["id", "shop"], name="deposit_id_shop"),
            models.CheckConstraint(
                condition=Q(
                    base_amount__gte=0,
                    experience_amount__gte=0,
                    coming_amount__gte=0,
                    frozen_amount__gte=0,
                ),
                name="deposit_amounts",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["shortfall", "advanced"], short_since__isnull=False)
                | (~Q(status__in=["shortfall", "advanced"]) & Q(short_since__isnull=True)),
                name="deposit_short_has_since",
            ),
            models.CheckConstraint(
                condition=Q(experience_amount=0) | Q(experience_since__isnull=False),
                name="deposit_experience_has_since",
            ),
            Wall(by="shop", may="SELECT, INSERT, UPDATE", name="deposit_wall"),
        )
        indexes = (
            models.Index(
                fields=["short_since"], condition=Q(short_since__isnull=False), name="deposit_short"
            ),
        )

    def __str__(self) -> str:
        return str(_("Deposit"))

    @property
    def refundable_amount(self) -> int:
        """What may go back to the shop: neither set aside, nor due, nor announced."""
        wanted = max(self.base_amount + self.experience_amount, self.coming_amount)
        return max(self.balance_amount - self.frozen_amount - wanted, 0)

    @property
    def missing_amount(self) -> int:
        """What has to be paid in for what is due and announced."""
        wanted = max(self.base_amount + self.experience_amount, self.coming_amount)
        return max(wanted - self.balance_amount, 0)


class DepositEntry(models.Model):
    """One movement (保证金流水, SH-08). Append-only; one transfer of the book each."""

    number = models.CharField(_("number"), max_length=24, unique=True)
    deposit = models.ForeignKey(
        Deposit,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="entries",
        verbose_name=_("deposit"),
    )
    shop = models.ForeignKey(
        Shop, models.PROTECT, db_constraint=False, db_index=False, related_name="+",
        verbose_name=_("shop"),
    )  # fmt: skip
    #: 1, 2, 3 … of its deposit: two at one place cannot be.
    position = models.PositiveIntegerField(_("position"))
    kind = models.CharField(_("kind"), max_length=10, choices=EntryKind)
    #: Into the deposit, or out of it when negative; what is set aside counts in.
    amount = AmountField(_("amount"))
    #: Set aside, or free again when negative.
    frozen_amount = AmountField(_("of which set aside"), default=0)
    after_amount = AmountField(_("balance after"))
    frozen_after_amount = AmountField(_("set aside after"))
    #: A violation, a case, a payment: what it was for.
    reference = models.CharField(_("for"), max_length=60, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    by_label = models.CharField(_("by"), max_length=120, blank=True)
    at = models.DateTimeField(_("at"))

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("deposit entry")
        verbose_name_plural = _("deposit entries")
        constraints = (
            one_of("kind", EntryKind, "depositentry_kind_valid"),
            models.UniqueConstraint(fields=["deposit", "position"], name="depositentry_position"),
            models.UniqueConstraint(
                fields=["shop", "reference"],
                condition=Q(kind="deduct"),
                name="depositentry_violation_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="top_up", amount__gt=0, frozen_amount=0)
                | Q(kind="freeze", amount=0, frozen_amount__gt=0)
                | Q(kind="unfreeze", amount=0, frozen_amount__lt=0)
                | Q(
                    kind="deduct",
                    amount__lt=0,
                    frozen_amount__lte=0,
                    frozen_amount__gte=F("amount"),
                )
                | Q(kind__in=["advance", "withdraw", "refund"], amount__lt=0, frozen_amount=0),
                name="depositentry_signs",
            ),
            models.CheckConstraint(
                condition=Q(kind="advance") | Q(after_amount__gte=0) | Q(amount__gte=0),
                name="depositentry_only_advances_go_below",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["deduct", "advance"]) | (~Q(reference="") & ~Q(reason="")),
                name="depositentry_says_why",
            ),
            CompositeKey(relation="deposit", shared=["shop"], name="depositentry_of_deposit"),
            Wall(by="shop", may="SELECT, INSERT", name="depositentry_wall"),
        )
        indexes = (models.Index(fields=["shop", "-at", "-id"], name="depositentry_shop"),)

    def __str__(self) -> str:
        return self.number


class DepositAssessment(models.Model):
    """How what is due came about (保证金核定): sales, tiers, and from when it holds (SH-06)."""

    public_id = PublicIdField(_("assessment id"), prefix="das")
    deposit = models.ForeignKey(
        Deposit,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="assessments",
        verbose_name=_("deposit"),
    )
    shop = models.ForeignKey(
        Shop, models.PROTECT, db_constraint=False, db_index=False, related_name="+",
        verbose_name=_("shop"),
    )  # fmt: skip
    cause = models.CharField(_("because of"), max_length=10, choices=AssessmentCause)
    #: First day of the month in which it was worked out; the sales are those of the month before.
    month = models.DateField(_("month"))
    gmv_amount = AmountField(_("sales of the month before"), default=0)
    #: Null: the rule of the settings.
    rule = models.ForeignKey(
        DepositRule, models.PROTECT, null=True, related_name="+", verbose_name=_("rule")
    )
    #: The tiers as they were: the arithmetic stays readable.
    tiers = models.JSONField(_("tiers"))
    is_trial = models.BooleanField(_("on trial"), default=False)
    base_amount = AmountField(_("base deposit"))
    experience_amount = AmountField(_("experience deposit"), default=0)
    #: What an advance went beyond, and how many times the base that costs.
    advanced_amount = AmountField(_("advanced"), default=0)
    times = models.PositiveSmallIntegerField(_("times the base"), default=0)
    announced_at = models.DateTimeField(_("announced at"))
    effective_at = models.DateTimeField(_("in force from"))
    #: Null until it came into force, or a later one did.
    applied_at = models.DateTimeField(_("came into force"), null=True)

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("deposit assessment")
        verbose_name_plural = _("deposit assessments")
        constraints = (
            one_of("cause", AssessmentCause, "depositassessment_cause_valid"),
            models.UniqueConstraint(
                fields=["shop", "month"],
                condition=Q(cause="monthly"),
                name="depositassessment_once_a_month",
            ),
            models.UniqueConstraint(
                fields=["shop", "cause"],
                condition=Q(cause__in=["first", "trial_over"]),
                name="depositassessment_once",
            ),
            models.CheckConstraint(
                condition=Q(base_amount__gte=0, experience_amount__gte=0),
                name="depositassessment_amounts",
            ),
            CompositeKey(relation="deposit", shared=["shop"], name="depositassessment_of_deposit"),
            Wall(by="shop", may=READ, name="depositassessment_wall"),
        )
        indexes = (
            models.Index(
                fields=["effective_at"],
                condition=Q(applied_at__isnull=True),
                name="depositassessment_to_apply",
            ),
            models.Index(fields=["shop", "-announced_at"], name="depositassessment_shop"),
        )

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"

    @property
    def due_amount(self) -> int:
        """What is due by it: the base deposit and the experience deposit."""
        return self.base_amount + self.experience_amount
