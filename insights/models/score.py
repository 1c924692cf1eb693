"""How a shop's score came about: the rules, the result a day, what does not count."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from aftersales.models import RefundCase
from catalog.models import Category
from insights.enums import ExemptReason, ScoreMetric
from kernel.actors import Actor, Role
from kernel.composite_keys import CompositeKey
from kernel.fields import PublicIdField, one_of
from kernel.scoping import ScopedQuerySet, ShopOwnedQuerySet
from kernel.walls import READ, Wall
from orders.models import Order
from shops.models import Shop


class ScoreRuleQuerySet(ScopedQuerySet["ScoreRule"]):
    """No secret: who is measured may read by what."""

    def visible_to(self, actor: Actor) -> Self:
        if actor.is_platform or actor.role is Role.MERCHANT:
            return self
        return self.none()


class ScoreRule(models.Model):
    """How one measure becomes points, from a moment on (体验分规则). Append-only.

    Of a category's rules, else of those without one, the latest that is in force counts.
    """

    metric = models.CharField(_("measure"), max_length=20, choices=ScoreMetric)
    #: A first-level category; null: every other.
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, related_name="+", verbose_name=_("category")
    )
    effective_from = models.DateTimeField(_("from"))
    #: Of its part: the weights of the measures that have a value are made 100 together.
    weight = models.PositiveSmallIntegerField(_("weight"))
    #: In the unit of the measure: what a good shop reaches.
    target = models.PositiveIntegerField(_("target"))
    #: ``[[limit, points × 10], …]``, the best band first; beyond the last there are no points.
    bands = models.JSONField(_("bands"))

    objects = ScoreRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("score rule")
        verbose_name_plural = _("score rules")
        constraints = (
            Wall(may=READ, name="scorerule_wall"),
            one_of("metric", ScoreMetric, "scorerule_metric_valid"),
            models.CheckConstraint(
                condition=Q(weight__gte=1, weight__lte=100), name="scorerule_weight"
            ),
            models.UniqueConstraint(
                fields=["metric", "category", "effective_from"],
                name="scorerule_once",
                nulls_distinct=False,
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_metric_display()} {self.effective_from:%Y-%m-%d}"


class ShopScore(models.Model):
    """A shop's experience score on a day (商家体验分), of the thirty days before it."""

    public_id = PublicIdField(_("score id"), prefix="scr")
    shop = models.ForeignKey(
        Shop, models.PROTECT, db_index=False, related_name="+", verbose_name=_("shop")
    )
    #: Its first moment ends the window: nothing that happened later counts.
    day = models.DateField(_("day"))
    #: First-level category of most orders: whose rules apply.
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, related_name="+", verbose_name=_("category")
    )
    orders = models.PositiveIntegerField(_("orders that count"))
    product_tenths = models.PositiveSmallIntegerField(_("products × 10"), null=True)
    logistics_tenths = models.PositiveSmallIntegerField(_("logistics × 10"), null=True)
    service_tenths = models.PositiveSmallIntegerField(_("service × 10"), null=True)
    #: Null with fewer than thirty orders.
    score_tenths = models.PositiveSmallIntegerField(_("score × 10"), null=True)
    #: Exemptions up to this moment are taken into account.
    computed_at = models.DateTimeField(_("worked out at"))

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("experience score")
        verbose_name_plural = _("experience scores")
        constraints = (
            Wall(by="shop", may=READ, name="shopscore_wall"),
            models.UniqueConstraint(fields=["shop", "day"], name="shopscore_once"),
            models.UniqueConstraint(fields=["id", "shop"], name="shopscore_id_shop"),
            models.CheckConstraint(
                condition=Q(score_tenths__isnull=True) | Q(score_tenths__lte=1_000),
                name="shopscore_range",
            ),
        )

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"


class ShopScoreMetric(models.Model):
    """One measure of a score: what was counted, by which rule, and the points."""

    score = models.ForeignKey(
        ShopScore,
        models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="metrics",
        verbose_name=_("score"),
    )
    shop = models.ForeignKey(
        Shop, models.PROTECT, db_constraint=False, db_index=False, related_name="+",
        verbose_name=_("shop"),
    )  # fmt: skip
    metric = models.CharField(_("measure"), max_length=20, choices=ScoreMetric)
    #: Null: the rule of the settings, where no row is in force.
    rule = models.ForeignKey(
        ScoreRule, models.PROTECT, null=True, related_name="+", verbose_name=_("rule")
    )
    #: The rule as it was: whatever changes later, the arithmetic stays readable.
    weight = models.PositiveSmallIntegerField(_("weight"))
    target = models.PositiveIntegerField(_("target"))
    bands = models.JSONField(_("bands"))
    #: Orders, or minutes for a duration.
    numerator = models.PositiveBigIntegerField(_("counted"))
    #: Orders, or cases for a duration.
    denominator = models.PositiveIntegerField(_("of"))
    value = models.PositiveIntegerField(_("value"), null=True)
    points_tenths = models.PositiveSmallIntegerField(_("points × 10"), null=True)

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("measure of a score")
        verbose_name_plural = _("measures of scores")
        constraints = (
            Wall(by="shop", may=READ, name="shopscoremetric_wall"),
            models.UniqueConstraint(fields=["score", "metric"], name="shopscoremetric_once"),
            one_of("metric", ScoreMetric, "shopscoremetric_valid"),
            CompositeKey(relation="score", shared=["shop"], name="shopscoremetric_of_score"),
        )

    def __str__(self) -> str:
        return self.get_metric_display()


class ScoreExemption(models.Model):
    """An order, or one case of it, that does not count towards the score (体验分豁免, SH-15)."""

    public_id = PublicIdField(_("exemption id"), prefix="exm")
    shop = models.ForeignKey(
        Shop, models.PROTECT, db_constraint=False, db_index=False, related_name="+",
        verbose_name=_("shop"),
    )  # fmt: skip
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_constraint=False, db_index=False,
        related_name="+", verbose_name=_("buyer"),
    )  # fmt: skip
    order = models.ForeignKey(
        Order, models.PROTECT, db_constraint=False, db_index=False, related_name="+",
        verbose_name=_("order"),
    )  # fmt: skip
    #: Null: the whole order does not count, nor any case of it.
    case = models.ForeignKey(
        RefundCase, models.PROTECT, db_constraint=False, null=True, related_name="+",
        verbose_name=_("after-sales case"),
    )  # fmt: skip
    reason = models.CharField(_("reason"), max_length=20, choices=ExemptReason)
    note = models.CharField(_("note"), max_length=300)
    by_label = models.CharField(_("by"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("created at"))
    lifted_at = models.DateTimeField(_("lifted at"), null=True)

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("score exemption")
        verbose_name_plural = _("score exemptions")
        constraints = (
            Wall(by="shop", may=READ, name="scoreexemption_wall"),
            one_of("reason", ExemptReason, "scoreexemption_reason_valid"),
            models.UniqueConstraint(
                fields=["order", "case"],
                condition=Q(lifted_at__isnull=True),
                nulls_distinct=False,
                name="scoreexemption_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True) | Q(lifted_at__gte=F("created_at")),
                name="scoreexemption_lifted_later",
            ),
            CompositeKey(
                relation="order", shared=["shop", "buyer"], name="scoreexemption_of_order"
            ),
            CompositeKey(relation="case", shared=["shop", "buyer"], name="scoreexemption_of_case"),
        )
        indexes = (models.Index(fields=["shop", "-created_at", "-id"], name="scoreexemption_shop"),)

    def __str__(self) -> str:
        return f"{self.order}: {self.get_reason_display()}"
