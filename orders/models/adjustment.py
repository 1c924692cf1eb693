"""The price pipeline, step by step, on each line."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.composite_keys import CompositeKey
from kernel.fields import AmountField, one_of
from kernel.walls import Wall
from orders.enums import AdjustmentStep, Bearer
from orders.models.line import OrderLine
from orders.models.order import BuyerOrShopQuerySet
from shops.models import Shop


class PriceAdjustment(models.Model):
    """One step of the price pipeline on one line (价格调整, OR-04): how much, and who bears it."""

    line = models.ForeignKey(
        OrderLine,
        models.PROTECT,
        db_constraint=False,
        related_name="adjustments",
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
    step = models.CharField(_("step"), max_length=20, choices=AdjustmentStep)
    #: Positive makes it dearer (freight), negative cheaper.
    amount = AmountField(_("amount"))
    bearer = models.CharField(_("borne by"), max_length=10, choices=Bearer)

    objects = BuyerOrShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("price adjustment")
        verbose_name_plural = _("price adjustments")
        constraints = (
            one_of("step", AdjustmentStep, "priceadjustment_step_valid"),
            one_of("bearer", Bearer, "priceadjustment_bearer_valid"),
            models.CheckConstraint(condition=~Q(amount=0), name="priceadjustment_not_zero"),
            CompositeKey(relation="line", shared=["shop", "buyer"], name="priceadjustment_of_line"),
            Wall(by="shop", name="priceadjustment_wall"),
        )

    def __str__(self) -> str:
        return f"{self.step} {self.amount:+d}"
