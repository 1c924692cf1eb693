"""What a SKU is put together from (CA-09)."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models.sku import Sku
from kernel.composite_keys import CompositeKey
from kernel.scoping import ShopOwnedQuerySet
from kernel.walls import Wall
from shops.models import Shop


class Bundle(models.Model):
    """A SKU that is put together from others (组合商品). `catalog.services.bundles` writes it."""

    sku = models.OneToOneField(
        Sku,
        models.CASCADE,
        db_constraint=False,
        primary_key=True,
        related_name="bundle",
        verbose_name=_("SKU"),
    )
    shop = models.ForeignKey(
        Shop, models.CASCADE, db_constraint=False, related_name="+", verbose_name=_("shop")
    )
    #: How many shall be ready at any time, as far as the parts last; none is by hand alone.
    keep = models.PositiveIntegerField(_("always ready"), null=True)

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("bundle of SKUs")
        verbose_name_plural = _("bundles of SKUs")
        constraints = (
            models.UniqueConstraint(fields=["shop", "sku"], name="bundle_shop_sku"),
            CompositeKey(relation="sku", shared=["shop"], name="bundle_of_sku"),
            Wall(by="shop", name="bundle_wall"),
        )
        indexes = (
            models.Index(fields=["sku"], name="bundle_kept", condition=Q(keep__isnull=False)),
        )

    def __str__(self) -> str:
        return str(self.sku)


class BundlePart(models.Model):
    """Pieces of another SKU in each bundle (组合明细), for a time: orders show what was then."""

    bundle = models.ForeignKey(
        Bundle,
        models.CASCADE,
        db_constraint=False,
        related_name="parts",
        verbose_name=_("bundle of SKUs"),
    )
    shop = models.ForeignKey(
        Shop, models.CASCADE, db_constraint=False, related_name="+", verbose_name=_("shop")
    )
    part = models.ForeignKey(
        Sku, models.CASCADE, db_constraint=False, related_name="+", verbose_name=_("part")
    )
    quantity = models.PositiveIntegerField(_("pieces in each"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True)

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("part of a bundle")
        verbose_name_plural = _("parts of bundles")
        constraints = (
            models.CheckConstraint(
                condition=Q(quantity__gte=1, quantity__lte=99), name="bundlepart_quantity"
            ),
            models.CheckConstraint(condition=~Q(part=F("bundle")), name="bundlepart_not_itself"),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                name="bundlepart_ends_later",
            ),
            models.UniqueConstraint(
                fields=["shop", "bundle", "part"],
                condition=Q(ends_at__isnull=True),
                name="bundlepart_once",
            ),
            CompositeKey(relation="bundle", shared=["shop"], name="bundlepart_of_bundle"),
            CompositeKey(relation="part", shared=["shop"], name="bundlepart_of_part"),
            Wall(by="shop", name="bundlepart_wall"),
        )

    def __str__(self) -> str:
        return f"{self.quantity} × {self.part}"

    def holds(self, at: datetime) -> bool:
        """Tell whether bundles had this part at `at`."""
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)
