"""Parcels (OR-12)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.composite_keys import CompositeKey
from kernel.walls import Wall
from orders.models.line import OrderLine
from orders.models.order import BuyerOrShopQuerySet, Order
from shops.models import Shop


class Package(models.Model):
    """One parcel of an order (包裹). A repeated request id returns the first."""

    order = models.ForeignKey(
        Order,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="packages",
        verbose_name=_("order"),
    )
    shop = models.ForeignKey(
        Shop,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("shop"),
    )
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("buyer"),
    )
    request_id = models.CharField(_("request id"), max_length=80)
    carrier_code = models.CharField(_("carrier"), max_length=30)
    tracking_number = models.CharField(_("tracking number"), max_length=40)
    shipped_at = models.DateTimeField(_("shipped at"))
    actor_label = models.CharField(_("by"), max_length=120, blank=True)

    objects = BuyerOrShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("package")
        verbose_name_plural = _("packages")
        constraints = (
            models.UniqueConstraint(fields=["order", "request_id"], name="package_request_once"),
            models.UniqueConstraint(fields=["id", "shop", "buyer"], name="package_id_shop_buyer"),
            CompositeKey(relation="order", shared=["shop", "buyer"], name="package_of_order"),
            Wall(by="shop", name="package_wall"),
        )
        indexes = (models.Index(fields=["shop", "tracking_number"], name="package_shop_number"),)

    def __str__(self) -> str:
        return f"{self.carrier_code} {self.tracking_number}"


class PackageLine(models.Model):
    """Pieces of a line in a parcel."""

    package = models.ForeignKey(
        Package,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="lines",
        verbose_name=_("package"),
    )
    line = models.ForeignKey(
        OrderLine,
        models.PROTECT,
        db_constraint=False,
        related_name="package_lines",
        verbose_name=_("order line"),
    )
    shop = models.ForeignKey(
        Shop,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("shop"),
    )
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("buyer"),
    )
    quantity = models.PositiveIntegerField(_("quantity"))

    objects = BuyerOrShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("package line")
        verbose_name_plural = _("package lines")
        constraints = (
            models.UniqueConstraint(fields=["package", "line"], name="packageline_once"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1), name="packageline_quantity_positive"
            ),
            CompositeKey(
                relation="package", shared=["shop", "buyer"], name="packageline_of_package"
            ),
            CompositeKey(relation="line", shared=["shop", "buyer"], name="packageline_of_line"),
            Wall(by="shop", name="packageline_wall"),
        )

    def __str__(self) -> str:
        return f"{self.line_id} × {self.quantity}"
