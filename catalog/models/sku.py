"""What can be bought: the variants of a product."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from catalog.models.product import Product
from kernel.actors import Actor
from kernel.composite_keys import CompositeKey
from kernel.fields import PublicIdField
from kernel.scoping import ScopedQuerySet
from kernel.walls import Wall
from shops.models import Shop


class SkuQuerySet(ScopedQuerySet["Sku"]):
    """As the product."""

    def visible_to(self, actor: Actor) -> Self:
        if actor.is_platform:
            return self
        if actor.shop_id is not None:
            return self.filter(shop_id=actor.shop_id)
        return self.filter(is_active=True, product__in=Product.objects.on_sale())


class Sku(models.Model):
    """One variant that can be bought (规格)."""

    public_id = PublicIdField(_("SKU id"), prefix="sku")
    shop = models.ForeignKey(
        Shop, models.PROTECT, db_constraint=False, related_name="skus", verbose_name=_("shop")
    )
    product = models.ForeignKey(
        Product, models.CASCADE, db_constraint=False, related_name="skus", verbose_name=_("product")
    )
    merchant_code = models.CharField(_("merchant code"), max_length=64)
    #: What its supplier calls it (供应商货号): the merchant's own note, on pick lists.
    supplier_code = models.CharField(_("supplier code"), max_length=64, default="", db_default="")
    #: One value for each of the product's option names.
    options = models.JSONField(_("options"), default=list)
    image_url = models.CharField(_("picture"), max_length=300, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    objects = SkuQuerySet.as_manager()

    class Meta:
        verbose_name = _("SKU")
        verbose_name_plural = _("SKUs")
        constraints = (
            models.UniqueConstraint(fields=["shop", "merchant_code"], name="sku_merchant_code"),
            models.UniqueConstraint(fields=["product", "options"], name="sku_options_once"),
            models.UniqueConstraint(fields=["shop", "id"], name="sku_shop_id"),
            models.UniqueConstraint(fields=["id", "product", "shop"], name="sku_id_product_shop"),
            CompositeKey(relation="product", shared=["shop"], name="sku_of_product"),
            Wall(by="shop", name="sku_wall"),
        )

    def __str__(self) -> str:
        return " / ".join(self.options) or self.merchant_code
