"""Prices over time."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from catalog.models.sku import Sku
from kernel.composite_keys import CompositeKey
from kernel.fields import AmountField, CurrencyField
from kernel.money import MAX_AMOUNT
from kernel.scoping import ShopOwnedQuerySet
from kernel.walls import Wall
from shops.models import Shop


class PriceVersionQuerySet(ShopOwnedQuerySet["PriceVersion"]):
    """The shop's own."""

    def in_force(self) -> Self:
        """Return the version in force of each SKU: the latest that has begun, by database time."""
        begun = self.filter(effective_from__lte=Now())
        return begun.order_by("sku_id", "-effective_from", "-id").distinct("sku_id")


class PriceVersion(models.Model):
    """The price of a SKU from a moment on (价格版本). Never updated: order lines point at it."""

    shop = models.ForeignKey(
        Shop, models.PROTECT, db_constraint=False, related_name="+", verbose_name=_("shop")
    )
    sku = models.ForeignKey(
        Sku, models.PROTECT, db_constraint=False, related_name="prices", verbose_name=_("SKU")
    )
    price = AmountField(_("price"))
    #: Strike-through price (划线价); null for none.
    list_price = AmountField(_("list price"), null=True)
    currency = CurrencyField(_("currency"))
    effective_from = models.DateTimeField(_("from"))
    actor_label = models.CharField(_("by"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    objects = PriceVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("price version")
        verbose_name_plural = _("price versions")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(price__gte=1, price__lte=MAX_AMOUNT), name="price_range"
            ),
            models.CheckConstraint(
                condition=models.Q(list_price__isnull=True)
                | models.Q(
                    list_price__gte=models.F("price"), list_price__lte=models.F("price") * 10
                ),
                name="price_list_price_range",
            ),
            models.UniqueConstraint(fields=["id", "sku", "shop"], name="priceversion_id_sku_shop"),
            CompositeKey(relation="sku", shared=["shop"], name="priceversion_of_sku"),
            Wall(by="shop", name="priceversion_wall"),
        )
        indexes = (
            models.Index(fields=["sku", "-effective_from", "-id"], name="price_in_force"),
            models.Index(
                fields=["effective_from"],
                name="price_scheduled",
                condition=models.Q(effective_from__gt=models.F("created_at")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.sku_id}: {self.price}"
