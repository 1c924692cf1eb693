"""Rules as dated rows: what is due, and what a low score leads to."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.enums import Effect, Measure
from kernel.actors import Actor, Role
from kernel.fields import PublicIdField, one_of
from kernel.scoping import ScopedQuerySet, ShopOwnedQuerySet
from kernel.walls import READ, Wall
from shops.models import Shop


class RuleQuerySet(ScopedQuerySet[models.Model]):
    """No secret: who obeys a rule may read it."""

    def visible_to(self, actor: Actor) -> Self:
        if actor.is_platform or actor.role is Role.MERCHANT:
            return self
        return self.none()


class DepositRule(models.Model):
    """What shops stake, from a moment on (保证金规则, SH-06, SH-07). Append-only.

    The latest row in force counts; before the first, DEPOSIT_RULE of the settings.
    """

    effective_from = models.DateTimeField(_("from"), unique=True)
    #: ``[[sales of a month up to, amount], …, [null, amount]]``, minor units.
    tiers = models.JSONField(_("tiers"))
    high_risk_times = models.PositiveSmallIntegerField(_("times the base, high risk"))
    times = models.PositiveSmallIntegerField(_("times the base"))
    high_risk_days = models.PositiveSmallIntegerField(_("days, high risk"))
    days = models.PositiveSmallIntegerField(_("days"))
    #: Public ids of first-level categories.
    high_risk_categories = ArrayField(
        models.CharField(max_length=32), default=list, verbose_name=_("high-risk categories")
    )
    trial_days = models.PositiveSmallIntegerField(_("trial days"))
    trial_orders = models.PositiveIntegerField(_("trial orders"))
    listing_after_days = models.PositiveSmallIntegerField(_("nothing new is listed after days"))
    sales_after_days = models.PositiveSmallIntegerField(_("off sale after days"))

    objects = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("deposit rule")
        verbose_name_plural = _("deposit rules")
        constraints = (
            Wall(may=READ, name="depositrule_wall"),
            models.CheckConstraint(
                condition=Q(times__gte=1, high_risk_times__gte=F("times")),
                name="depositrule_high_risk_is_more",
            ),
            models.CheckConstraint(
                condition=Q(sales_after_days__gte=F("listing_after_days")),
                name="depositrule_listing_first",
            ),
        )

    def __str__(self) -> str:
        return f"{self.effective_from:%Y-%m-%d}"


class ConsequenceRule(models.Model):
    """What a score below a threshold leads to, from a moment on (体验分规则后果, SH-16).

    Append-only. Of one measure and effect the latest in force counts, and threshold 0 is none;
    before the first, SCORE_CONSEQUENCES of the settings.
    """

    measure = models.CharField(_("measure"), max_length=10, choices=Measure)
    effect = models.CharField(_("effect"), max_length=16, choices=Effect)
    #: A score below it; 0 to 1,000.
    threshold_tenths = models.PositiveSmallIntegerField(_("below × 10"))
    #: Orders a day, for that effect alone.
    limit = models.PositiveIntegerField(_("at most"), null=True)
    effective_from = models.DateTimeField(_("from"))

    objects = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("consequence of a score")
        verbose_name_plural = _("consequences of scores")
        constraints = (
            Wall(may=READ, name="consequencerule_wall"),
            one_of("measure", Measure, "consequencerule_measure_valid"),
            one_of("effect", Effect, "consequencerule_effect_valid"),
            models.CheckConstraint(
                condition=Q(threshold_tenths__lte=1_000), name="consequencerule_range"
            ),
            models.CheckConstraint(
                condition=Q(effect="daily_orders", limit__isnull=False)
                | (~Q(effect="daily_orders") & Q(limit__isnull=True)),
                name="consequencerule_limit_of_orders",
            ),
            models.UniqueConstraint(
                fields=["measure", "effect", "effective_from"], name="consequencerule_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_measure_display()}: {self.get_effect_display()}"


class ConsequenceExemption(models.Model):
    """A shop whose low score does not lead to an effect (体验分限制豁免), until it is lifted."""

    public_id = PublicIdField(_("exemption id"), prefix="cex")
    shop = models.ForeignKey(Shop, models.PROTECT, related_name="+", verbose_name=_("shop"))
    effect = models.CharField(_("effect"), max_length=16, choices=Effect)
    note = models.CharField(_("reason"), max_length=300)
    by_label = models.CharField(_("by"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("created at"))
    lifted_at = models.DateTimeField(_("lifted at"), null=True)

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("exemption from a consequence")
        verbose_name_plural = _("exemptions from consequences")
        constraints = (
            Wall(by="shop", may=READ, name="consequenceexemption_wall"),
            one_of("effect", Effect, "consequenceexemption_effect_valid"),
            models.UniqueConstraint(
                fields=["shop", "effect"],
                condition=Q(lifted_at__isnull=True),
                name="consequenceexemption_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True) | Q(lifted_at__gte=F("created_at")),
                name="consequenceexemption_lifted_later",
            ),
        )

    def __str__(self) -> str:
        return f"{self.shop}: {self.get_effect_display()}"
