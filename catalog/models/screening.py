"""Rules that a submission is held against by machine, what they hit, and whom they let pass."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from catalog.enums import ScreeningEffect, ScreeningKind
from catalog.models.product import Product, ProductReview
from catalog.models.taxonomy import Category
from kernel.composite_keys import CompositeKey
from kernel.fields import PublicIdField, RateField, one_of
from kernel.scoping import PlatformQuerySet, ShopOwnedQuerySet
from kernel.walls import READ, Wall
from shops.models import Shop


class ScreeningRule(models.Model):
    """One version of an interception rule (上架前拦截规则, CA-07).

    A draft has neither version nor moment, and is tried; published, a trigger keeps it as it is. Of
    one `code` the highest version whose moment has come holds; one whose effect is `off` ends it.
    """

    public_id = PublicIdField(_("rule id"), prefix="scr")
    #: What all versions of one rule are called.
    code = models.SlugField(_("code"), max_length=40, db_index=False)
    version = models.PositiveIntegerField(_("version"), null=True)
    effective_from = models.DateTimeField(_("from"), null=True)
    kind = models.CharField(_("kind"), max_length=16, choices=ScreeningKind)
    effect = models.CharField(_("effect"), max_length=8, choices=ScreeningEffect)
    #: Where it holds, everything below included; null is everywhere.
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, related_name="+", verbose_name=_("category")
    )
    #: Banned words, or the names of the brands that need a grant; no brand is named: each does.
    words = models.JSONField(_("words"), default=list)
    #: What a shop must hold, by the code of its permit.
    licence = models.SlugField(_("licence"), max_length=40, blank=True, db_index=False)
    #: A price below that share of the category's median is an anomaly.
    floor_bp = RateField(_("least share of the median"), null=True)
    #: What the merchant reads; empty is what the kind says.
    message = models.CharField(_("message"), max_length=200, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    #: The last trial: products on sale that were looked at, those hit, and the first of them.
    trial_count = models.PositiveIntegerField(_("products tried"), null=True)
    trial_hits = models.PositiveIntegerField(_("products hit"), null=True)
    #: ``[{"product": "prd_…", "title": "…", "found": "…"}]``
    trial_samples = models.JSONField(_("products hit, for example"), default=list)
    tried_at = models.DateTimeField(_("tried at"), null=True)
    actor_label = models.CharField(_("by"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    objects = PlatformQuerySet.as_manager()

    class Meta:
        verbose_name = _("interception rule")
        verbose_name_plural = _("interception rules")
        constraints = (
            one_of("kind", ScreeningKind, "screeningrule_kind_valid"),
            one_of("effect", ScreeningEffect, "screeningrule_effect_valid"),
            models.UniqueConstraint(fields=["code", "version"], name="screeningrule_once"),
            models.CheckConstraint(
                condition=Q(version=None, effective_from=None)
                | Q(version__gte=1, effective_from__isnull=False, tried_at__isnull=False),
                name="screeningrule_published_whole",
            ),
            models.CheckConstraint(
                condition=Q(floor_bp=None) | Q(floor_bp__gte=1, floor_bp__lte=10_000),
                name="screeningrule_floor_range",
            ),
            Wall(may=READ, name="screeningrule_wall"),
        )

    def __str__(self) -> str:
        return f"{self.code} v{self.version}" if self.version else f"{self.code} *"


class ScreeningHit(models.Model):
    """A rule that hit a submission (拦截命中, CA-07). Append-only.

    The row of the rule is its version.
    """

    rule = models.ForeignKey(
        ScreeningRule, models.PROTECT, related_name="hits", verbose_name=_("interception rule")
    )
    review = models.ForeignKey(
        ProductReview,
        models.CASCADE,
        db_constraint=False,
        related_name="hits",
        verbose_name=_("product review"),
    )
    product = models.ForeignKey(
        Product,
        models.CASCADE,
        db_constraint=False,
        related_name="+",
        verbose_name=_("product"),
    )
    shop = models.ForeignKey(
        Shop, models.CASCADE, db_constraint=False, related_name="+", verbose_name=_("shop")
    )
    #: The field of the content that it is about.
    field = models.CharField(_("field"), max_length=40)
    #: What was found there: a word, a number; nothing that another shop keeps to itself.
    found = models.CharField(_("found"), max_length=120, blank=True)
    at = models.DateTimeField(_("at"))

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("interception")
        verbose_name_plural = _("interceptions")
        constraints = (
            models.UniqueConstraint(fields=["review", "rule", "field"], name="screeninghit_once"),
            CompositeKey(relation="review", shared=["shop"], name="screeninghit_of_review"),
            CompositeKey(relation="product", shared=["shop"], name="screeninghit_of_product"),
            Wall(by="shop", may="SELECT, INSERT", name="screeninghit_wall"),
        )

    def __str__(self) -> str:
        return f"{self.rule}: {self.field}"


class ReviewPass(models.Model):
    """A shop whose products need no person to look at them (免审白名单, CA-06), until revoked."""

    public_id = PublicIdField(_("pass id"), prefix="rvp")
    shop = models.ForeignKey(Shop, models.PROTECT, related_name="+", verbose_name=_("shop"))
    #: And everything below; null is whatever it sells.
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, related_name="+", verbose_name=_("category")
    )
    note = models.CharField(_("reason"), max_length=200)
    actor_label = models.CharField(_("by"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("created at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True)

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("pass without review")
        verbose_name_plural = _("passes without review")
        constraints = (
            models.UniqueConstraint(
                fields=["shop", "category"],
                condition=Q(revoked_at__isnull=True),
                nulls_distinct=False,
                name="reviewpass_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=F("created_at")),
                name="reviewpass_revoked_later",
            ),
            Wall(by="shop", may=READ, name="reviewpass_wall"),
        )

    def __str__(self) -> str:
        return f"{self.shop}: {self.category or '*'}"
