"""How a shop's page looks: a draft of blocks, and every version that was published (SH-20)."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from kernel.composite_keys import CompositeKey
from kernel.fields import PublicIdField
from kernel.scoping import ShopOwnedQuerySet
from kernel.walls import Wall
from shops.models import Shop


class ShopPage(models.Model):
    """The page of a shop as it is being worked on (店铺装修). Buyers see a `ShopPageVersion`."""

    public_id = PublicIdField(_("page id"), prefix="pge")
    shop = models.OneToOneField(Shop, models.PROTECT, related_name="page", verbose_name=_("shop"))
    #: ``[{"id", "kind", …}]``, from top to bottom; see `catalog.services.blocks`.
    blocks = models.JSONField(_("blocks"), default=list)
    #: Grows with every change of the draft.
    version = models.PositiveIntegerField(_("version"), default=1)
    updated_at = models.DateTimeField(_("updated at"), db_default=Now())

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("shop page")
        verbose_name_plural = _("shop pages")
        constraints = (
            models.UniqueConstraint(fields=["id", "shop"], name="shoppage_id_shop"),
            Wall(by="shop", may="SELECT, INSERT, UPDATE", name="shoppage_wall"),
        )

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


class ShopPageVersion(models.Model):
    """What buyers saw from `published_at` on, until the next one. Append-only."""

    shop = models.ForeignKey(
        Shop, models.PROTECT, db_constraint=False, related_name="+", verbose_name=_("shop")
    )
    page = models.ForeignKey(
        ShopPage,
        models.PROTECT,
        db_constraint=False,
        related_name="versions",
        verbose_name=_("shop page"),
    )
    number = models.PositiveIntegerField(_("version"))
    blocks = models.JSONField(_("blocks"))
    #: The version that it brought back, null for one that was published from the draft.
    restores = models.PositiveIntegerField(_("brings back"), null=True)
    published_at = models.DateTimeField(_("published at"))
    actor_label = models.CharField(_("by"), max_length=120, blank=True)

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a shop page")
        verbose_name_plural = _("versions of shop pages")
        constraints = (
            models.UniqueConstraint(fields=["shop", "number"], name="shoppageversion_once"),
            CompositeKey(relation="page", shared=["shop"], name="shoppageversion_page"),
            Wall(by="shop", may="SELECT, INSERT", name="shoppageversion_wall"),
        )

    def __str__(self) -> str:
        return str(self.number)
