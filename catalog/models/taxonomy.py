"""The tree that products hang on, and the words that describe them."""

from __future__ import annotations

from typing import Self

from django.db import models
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


class Attribute(models.Model):
    """What a product of a category may or must say of itself (属性)."""

    category = models.ForeignKey(
        Category, models.CASCADE, related_name="attributes", verbose_name=_("category")
    )
    name = models.CharField(_("name"), max_length=60)
    is_required = models.BooleanField(_("required"), default=False)
    #: Allowed values; empty for free text.
    choices = models.JSONField(_("choices"), default=list)

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = _("attribute")
        verbose_name_plural = _("attributes")
        constraints = (
            models.UniqueConstraint(fields=["category", "name"], name="attribute_once"),
            Wall(may=READ, name="attribute_wall"),
        )

    def __str__(self) -> str:
        return self.name


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
