"""Named filters of the order list, each member of staff's own."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from kernel.actors import Actor, Role
from kernel.fields import PublicIdField
from kernel.scoping import ScopedQuerySet
from kernel.walls import Wall
from shops.models import Shop


class OrderViewQuerySet(ScopedQuerySet["OrderView"]):
    """Whose view it is, in the shop where it was made."""

    def visible_to(self, actor: Actor) -> Self:
        if actor.role is Role.MERCHANT:
            return self.filter(shop_id=actor.shop_id, user_id=actor.user_id)
        return self if actor.is_platform else self.none()


class OrderView(models.Model):
    """A named filter of a shop's orders (订单视图), shown as a tab to who made it."""

    public_id = PublicIdField(_("view id"), prefix="vew")
    shop = models.ForeignKey(
        Shop, models.CASCADE, db_index=False, related_name="order_views", verbose_name=_("shop")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("user")
    )
    name = models.CharField(_("name"), max_length=30)
    #: ``{"status", "flag", "is_frozen"}``: what is not named is not asked for.
    filters = models.JSONField(_("filters"), default=dict)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    objects = OrderViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("order view")
        verbose_name_plural = _("order views")
        constraints = (
            models.UniqueConstraint(fields=["shop", "user", "name"], name="orderview_name_once"),
            Wall(by="shop", name="orderview_wall"),
        )

    def __str__(self) -> str:
        return self.name
