"""A parcel's way (OR-14), and what its label said before it was put right (OR-12)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from kernel.composite_keys import CompositeKey
from kernel.fields import one_of
from kernel.walls import READ, Wall
from orders.enums import ParcelState
from orders.models.fulfilment import Package
from orders.models.order import BuyerOrShopQuerySet
from shops.models import Shop


class _OfPackage(models.Model):
    """A row about one parcel, with the shop and the buyer that it has."""

    package = models.ForeignKey(
        Package,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="%(class)ss",
        verbose_name=_("package"),
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
    carrier_code = models.CharField(_("carrier"), max_length=30)
    tracking_number = models.CharField(_("tracking number"), max_length=40)

    objects = BuyerOrShopQuerySet.as_manager()

    class Meta:
        abstract = True


class RouteNode(_OfPackage):
    """Something a carrier told of a parcel (物流轨迹节点). Append-only; a trigger holds it."""

    #: The carrier's own id of the notice: the same one again changes nothing.
    notice_id = models.CharField(_("notice"), max_length=80)
    state = models.CharField(_("state"), max_length=20, choices=ParcelState)
    text = models.CharField(_("text"), max_length=200, blank=True)
    place = models.CharField(_("place"), max_length=80, blank=True)
    #: By the carrier's clock.
    happened_at = models.DateTimeField(_("happened at"))
    received_at = models.DateTimeField(_("received at"), db_default=Now())

    class Meta:
        verbose_name = _("route node")
        verbose_name_plural = _("route nodes")
        constraints = (
            one_of("state", ParcelState, "routenode_state_valid"),
            models.UniqueConstraint(
                fields=["shop", "package", "notice_id"], name="routenode_notice_once"
            ),
            CompositeKey(relation="package", shared=["shop", "buyer"], name="routenode_of_package"),
            Wall(by="shop", may=READ, name="routenode_wall"),
        )
        indexes = (models.Index(fields=["package", "happened_at", "id"], name="routenode_way"),)

    def __str__(self) -> str:
        return f"{self.tracking_number}: {self.state}"


class PackageEdit(_OfPackage):
    """What stood on a parcel before (物流修改记录): carrier and number. Append-only."""

    reason = models.CharField(_("reason"), max_length=200, blank=True)
    edited_at = models.DateTimeField(_("edited at"))
    actor_label = models.CharField(_("by"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("edit of a parcel")
        verbose_name_plural = _("edits of parcels")
        constraints = (
            CompositeKey(
                relation="package", shared=["shop", "buyer"], name="packageedit_of_package"
            ),
            Wall(by="shop", name="packageedit_wall"),
        )
        indexes = (models.Index(fields=["package", "id"], name="packageedit_package"),)

    def __str__(self) -> str:
        return f"{self.carrier_code} {self.tracking_number}"
