"""Pictures that a shop uploaded (CA-02)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from kernel.fields import PublicIdField
from kernel.scoping import ShopOwnedQuerySet
from kernel.walls import Wall
from shops.models import Shop


class ShopPicture(models.Model):
    """One picture of a shop (商品图片): a JPEG that we wrote, never the bytes that came.

    `path` names the file in the default storage; the same picture sent twice is one row. Rows are
    kept: orders show pictures for as long as there are orders.
    """

    public_id = PublicIdField(_("picture id"), prefix="pic")
    shop = models.ForeignKey(Shop, models.PROTECT, related_name="+", verbose_name=_("shop"))
    #: SHA-256 of the file.
    digest = models.CharField(_("digest"), max_length=64)
    path = models.CharField(_("path"), max_length=200)
    #: What the file was called, for people to find it by.
    filename = models.CharField(_("file"), max_length=120, blank=True)
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    #: Of the file, in bytes.
    size = models.PositiveIntegerField(_("bytes"))
    actor_label = models.CharField(_("by"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = (
            models.UniqueConstraint(fields=["shop", "digest"], name="shoppicture_once"),
            models.UniqueConstraint(fields=["shop", "path"], name="shoppicture_file"),
            Wall(by="shop", name="shoppicture_wall"),
        )
        #: Who else has the same picture (CA-07).
        indexes = (models.Index(fields=["digest"], name="shoppicture_digest"),)

    def __str__(self) -> str:
        return self.filename or self.public_id

    @property
    def url(self) -> str:
        """The address on our own site, as products name their pictures."""
        return f"{settings.MEDIA_URL}{self.path}"
