"""By which names a shop and its face are found (BI-18)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.scoping import ShopOwnedQuerySet
from kernel.walls import READ, Wall
from shops.models import Shop


class StorefrontNames(models.Model):
    """The names of one identity, account and shop together (名片索引).

    Written by `catalog.services.storefronts` alone: it can be thrown away and made again.
    """

    shop = models.OneToOneField(
        Shop,
        models.CASCADE,
        primary_key=True,
        related_name="storefront_names",
        verbose_name=_("shop"),
    )
    #: Whole names, as `catalog.services.storefronts.key` writes them.
    names = ArrayField(models.CharField(max_length=80), verbose_name=_("names"))
    #: How they begin: what is typed before a name is whole.
    beginnings = ArrayField(models.CharField(max_length=80), verbose_name=_("beginnings"))

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("names of a storefront")
        verbose_name_plural = _("names of storefronts")
        constraints = (Wall(by="shop", may=READ, name="storefrontnames_wall"),)
        indexes = (
            GinIndex(fields=["names"], name="storefrontnames_names"),
            GinIndex(fields=["beginnings"], name="storefrontnames_beginnings"),
        )

    def __str__(self) -> str:
        return f"{self.shop_id}: {len(self.names)}"
