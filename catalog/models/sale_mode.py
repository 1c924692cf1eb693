"""How a product is sold: from stock, before it is there, or step by step (CA-15)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.enums import SaleKind, ShippingTime, ShipsFrom
from catalog.models.product import Product
from catalog.models.sku import Sku
from kernel.composite_keys import CompositeKey
from kernel.fields import one_of
from kernel.scoping import ShopOwnedQuerySet
from kernel.walls import Wall
from shops.models import Shop

#: What each kind holds, besides what says of what and since when.
_SPOT = Q(kind=SaleKind.SPOT, days=None, ships_from="", presale_ends_at=None, later_pieces=None)
_PRESALE = Q(
    kind=SaleKind.PRESALE,
    shipping_time="",
    days__range=(2, 15),
    ships_from__in=ShipsFrom.values,
    presale_ends_at__isnull=False,
    later_pieces=None,
)
_STEPPED = Q(
    kind=SaleKind.STEPPED,
    days__range=(2, 15),
    ships_from="",
    presale_ends_at=None,
    later_pieces__gte=1,
)


class SaleMode(models.Model):
    """How a product, or one SKU of it, is sold (售卖模式) from a moment on: another ends it.

    Without one, a product is sold from stock and sent as it or its shop promises.
    """

    shop = models.ForeignKey(
        Shop, models.PROTECT, db_constraint=False, related_name="+", verbose_name=_("shop")
    )
    product = models.ForeignKey(
        Product,
        models.CASCADE,
        db_constraint=False,
        related_name="sale_modes",
        verbose_name=_("product"),
    )
    #: The one SKU that it is of; of all that have none of their own, when empty.
    sku = models.ForeignKey(
        Sku, models.CASCADE, db_constraint=False, null=True, related_name="+", verbose_name=_("SKU")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=SaleKind)
    #: Of what is there; empty is what the product or its shop promises.
    shipping_time = models.CharField(
        _("shipping time"), max_length=12, choices=ShippingTime, blank=True
    )
    #: Until what is sold before it is there leaves the warehouse.
    days = models.PositiveSmallIntegerField(_("days"), null=True)
    ships_from = models.CharField(_("days count"), max_length=12, choices=ShipsFrom, blank=True)
    #: Nobody can order it from then on.
    presale_ends_at = models.DateTimeField(_("presale until"), null=True)
    #: The last pieces of each SKU: who gets one of them waits `days`.
    later_pieces = models.PositiveIntegerField(_("pieces that come later"), null=True)
    starts_at = models.DateTimeField(_("from"))
    ended_at = models.DateTimeField(_("ended at"), null=True)

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("sale mode")
        verbose_name_plural = _("sale modes")
        constraints = (
            one_of("kind", SaleKind, "salemode_kind_valid"),
            models.CheckConstraint(condition=_SPOT | _PRESALE | _STEPPED, name="salemode_whole"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("starts_at")),
                name="salemode_ends_later",
            ),
            models.UniqueConstraint(
                fields=["shop", "product", "sku"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="salemode_one_open",
            ),
            CompositeKey(relation="product", shared=["shop"], name="salemode_of_product"),
            CompositeKey(relation="sku", shared=["product", "shop"], name="salemode_of_sku"),
            Wall(by="shop", name="salemode_wall"),
        )

    def __str__(self) -> str:
        return self.get_kind_display()
