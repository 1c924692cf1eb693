"""Parcels (OR-12)."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.composite_keys import CompositeKey
from kernel.fields import one_of
from kernel.walls import Wall
from orders.enums import ParcelAlert, ParcelState
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
    #: Chosen when it left: an address of the shop as it was, empty when none was chosen.
    sent_from = models.JSONField(_("sent from"), default=dict)
    goes_back_to = models.JSONField(_("goes back to"), default=dict)
    state = models.CharField(
        _("state"), max_length=20, choices=ParcelState, default=ParcelState.SENT
    )
    #: Of the latest node, by the carrier's clock.
    moved_at = models.DateTimeField(_("moved at"), null=True)
    alert = models.CharField(_("late"), max_length=10, choices=ParcelAlert, blank=True)
    actor_label = models.CharField(_("by"), max_length=120, blank=True)

    objects = BuyerOrShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("package")
        verbose_name_plural = _("packages")
        constraints = (
            models.UniqueConstraint(fields=["order", "request_id"], name="package_request_once"),
            models.UniqueConstraint(fields=["id", "shop", "buyer"], name="package_id_shop_buyer"),
            CompositeKey(relation="order", shared=["shop", "buyer"], name="package_of_order"),
            one_of("state", ParcelState, "package_state_valid"),
            Wall(by="shop", name="package_wall"),
        )
        indexes = (
            models.Index(fields=["shop", "tracking_number"], name="package_shop_number"),
            # A carrier knows its number, not our shop.
            models.Index(fields=["tracking_number"], name="package_number"),
            models.Index(fields=["shop", "order"], name="package_late", condition=~Q(alert="")),
            models.Index(
                fields=["shipped_at"],
                name="package_watched",
                condition=Q(alert="") & ~Q(state__in=["signed", "refused"]),
            ),
        )

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
    #: Of pieces that have one, a telephone for example: 15 to 17 digits each.
    serials = ArrayField(
        models.CharField(max_length=17), default=list, verbose_name=_("serial numbers")
    )

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
