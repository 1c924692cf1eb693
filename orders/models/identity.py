"""What the buyer saw: the identity block, frozen."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from kernel.scoping import ShopOwnedQuerySet
from kernel.walls import Wall
from shops.models import Shop


class IdentitySnapshot(models.Model):
    """One state of a shop's storefront block, or of a presenter's (身份快照). Never updated.

    A shop looks the same to thousands of orders, so equal blocks are one row: `digest` is the hash
    of the canonical JSON of `body`, unique within the shop.
    """

    shop = models.ForeignKey(Shop, models.PROTECT, related_name="+", verbose_name=_("shop"))
    digest = models.CharField(_("digest"), max_length=32)
    body = models.JSONField(_("block"))
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("identity snapshot")
        verbose_name_plural = _("identity snapshots")
        constraints = (
            models.UniqueConstraint(fields=["shop", "digest"], name="identitysnapshot_once"),
            models.UniqueConstraint(fields=["id", "shop"], name="identitysnapshot_id_shop"),
            Wall(by="shop", name="identitysnapshot_wall"),
        )

    def __str__(self) -> str:
        return self.digest
