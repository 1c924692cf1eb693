"""Paper for the warehouse: what was printed, of which orders, by whom (OR-19)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from kernel.composite_keys import CompositeKey
from kernel.fields import PublicIdField, one_of
from kernel.scoping import ShopOwnedQuerySet
from kernel.walls import Wall
from orders.enums import PrintKind
from orders.models.order import Order
from shops.models import Shop


class Printing(models.Model):
    """One file of paper (打印任务): a pick list, or a label for each parcel, of the same orders."""

    public_id = PublicIdField(_("printing id"), prefix="prt")
    shop = models.ForeignKey(Shop, models.CASCADE, related_name="printings", verbose_name=_("shop"))
    kind = models.CharField(_("kind"), max_length=12, choices=PrintKind)
    order_count = models.PositiveSmallIntegerField(_("orders"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("user"),
    )
    actor_label = models.CharField(_("by"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("printing")
        verbose_name_plural = _("printings")
        constraints = (
            one_of("kind", PrintKind, "printing_kind_valid"),
            models.CheckConstraint(condition=Q(order_count__gte=1), name="printing_not_empty"),
            models.UniqueConstraint(fields=["id", "shop"], name="printing_id_shop"),
            Wall(by="shop", name="printing_wall"),
        )

    def __str__(self) -> str:
        return self.filename

    @property
    def filename(self) -> str:
        """What the file is called when it is saved."""
        return f"{self.kind}-{self.public_id}.pdf"


class PrintedOrder(models.Model):
    """An order that stands on a printing (打印记录): its parcel is being made."""

    printing = models.ForeignKey(
        Printing,
        models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="printed",
        verbose_name=_("printing"),
    )
    order = models.ForeignKey(
        Order,
        models.PROTECT,
        db_constraint=False,
        related_name="printed",
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
    position = models.PositiveSmallIntegerField(_("position"))

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("printed order")
        verbose_name_plural = _("printed orders")
        constraints = (
            models.UniqueConstraint(fields=["printing", "order"], name="printedorder_once"),
            Wall(by="shop", name="printedorder_wall"),
            CompositeKey(relation="printing", shared=["shop"], name="printedorder_of_printing"),
            CompositeKey(relation="order", shared=["shop", "buyer"], name="printedorder_of_order"),
        )

    def __str__(self) -> str:
        return f"{self.printing_id} {self.position}"
