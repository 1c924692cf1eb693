"""The tree that products hang on, and the words that describe them."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.actors import Actor
from kernel.fields import PublicIdField
from kernel.scoping import ScopedQuerySet
from kernel.walls import READ, Wall


class PublicQuerySet(ScopedQuerySet):
    """Rows that everybody may see."""

    def visible_to(self, actor: Actor) -> Self:
        return self


class Category(models.Model):
    """A node of the category tree (类目, CA-01). Products hang on leaves."""

    public_id = PublicIdField(_("category id"), prefix="cat")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="children", verbose_name=_("parent")
    )
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    #: Primary keys from the root down, ``/3/17/``: a subtree is one prefix.
    path = models.CharField(_("path"), max_length=120, db_index=True)
    level = models.PositiveSmallIntegerField(pgettext_lazy("category", "level"))
    is_leaf = models.BooleanField(_("leaf"), default=True)

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        constraints = (
            models.UniqueConstraint(
                fields=["parent", "name"], name="category_name_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=models.Q(level__gte=1, level__lte=4), name="category_level_range"
            ),
            Wall(may=READ, name="category_wall"),
        )

    def __str__(self) -> str:
        return self.name


class CategoryRuleSet(models.Model):
    """One version of the rules of a leaf (类目规则, CA-01). Append-only: the highest one holds.

    `catalog.policies.LeafRules` says what each column means.
    """

    category = models.ForeignKey(
        Category, models.PROTECT, related_name="rule_sets", verbose_name=_("category")
    )
    version = models.PositiveIntegerField(_("version"))
    #: Fields of `catalog.policies.AttributeRule`, one dictionary an attribute.
    attributes = models.JSONField(_("attributes"), default=list)
    max_option_names = models.PositiveSmallIntegerField(_("most options"))
    max_option_values = models.PositiveSmallIntegerField(_("most values of an option"))
    max_skus = models.PositiveSmallIntegerField(_("most SKUs"))
    min_title_width = models.PositiveSmallIntegerField(_("narrowest title"))
    max_title_width = models.PositiveSmallIntegerField(_("widest title"))
    min_main_images = models.PositiveSmallIntegerField(_("fewest main pictures"))
    max_main_images = models.PositiveSmallIntegerField(_("most main pictures"))
    max_images = models.PositiveSmallIntegerField(_("most pictures altogether"))
    max_list_price_factor = models.PositiveSmallIntegerField(_("most times the lowest price"))
    needs_list_price_evidence = models.BooleanField(_("a list price needs evidence"))
    #: Its products are listed against a standard product only (CA-08).
    needs_spu = models.BooleanField(
        _("products need a standard product"), default=False, db_default=False
    )
    shipping_times = models.JSONField(_("shipping times"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    actor_label = models.CharField(_("by"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = _("category rules")
        verbose_name_plural = _("category rules")
        constraints = (
            models.UniqueConstraint(fields=["category", "version"], name="category_rules_once"),
            models.CheckConstraint(
                condition=Q(version__gte=1)
                & Q(max_option_names__lte=3)
                & Q(max_option_values__gte=1, max_option_values__lte=200)
                & Q(max_skus__gte=1, max_skus__lte=600)
                & Q(min_title_width__gte=1, min_title_width__lte=F("max_title_width"))
                & Q(max_title_width__lte=240)
                & Q(min_main_images__lte=F("max_main_images"))
                & Q(max_main_images__gte=1, max_main_images__lte=5)
                & Q(max_images__gte=F("max_main_images"), max_images__lte=50)
                & Q(max_list_price_factor__gte=1, max_list_price_factor__lte=10),
                name="category_rules_can_be_met",
            ),
            Wall(may=READ, name="category_rules_wall"),
        )

    def __str__(self) -> str:
        return f"{self.category} v{self.version}"


class Brand(models.Model):
    """A brand (品牌)."""

    public_id = PublicIdField(_("brand id"), prefix="brd")
    name = models.CharField(_("name"), max_length=80, unique=True)
    description = models.TextField(_("description"), blank=True)

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = _("brand")
        verbose_name_plural = _("brands")
        constraints = (Wall(may=READ, name="brand_wall"),)

    def __str__(self) -> str:
        return self.name
