"""What a buyer means to buy."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from catalog.models import Sku
from kernel.actors import Actor
from kernel.scoping import ScopedQuerySet


class CartLineQuerySet(ScopedQuerySet["CartLine"]):
    """One's own cart."""

    def visible_to(self, actor: Actor) -> Self:
        return self.filter(buyer_id=actor.user_id) if actor.user_id else self.none()


class CartLine(models.Model):
    """A SKU in a buyer's cart (购物车). Prices are looked up, never stored (OR-03)."""

    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        db_index=False,
        related_name="cart_lines",
        verbose_name=_("buyer"),
    )
    sku = models.ForeignKey(Sku, models.CASCADE, related_name="+", verbose_name=_("SKU"))
    quantity = models.PositiveIntegerField(_("quantity"))
    #: The touch that put it here: ``{"pick_code", "media_type", "media_id", "account_id"}``; it
    #: survives "add today, buy tomorrow".
    touch = models.JSONField(_("touch"), default=dict)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    objects = CartLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("cart line")
        verbose_name_plural = _("cart lines")
        constraints = (
            models.UniqueConstraint(fields=["buyer", "sku"], name="cartline_once"),
            models.CheckConstraint(
                condition=models.Q(quantity__gte=1, quantity__lte=9_999),
                name="cartline_quantity_range",
            ),
        )

    def __str__(self) -> str:
        return f"{self.sku_id} × {self.quantity}"
