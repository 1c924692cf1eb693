"""Papers that a shop hands in: licences, letters, certificates."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from kernel.actors import Actor
from kernel.fields import PublicIdField, SealedFileField, one_of
from kernel.scoping import ShopOwnedQuerySet
from kernel.walls import Wall
from shops.enums import DocumentKind
from shops.models.shop import Shop


class DocumentQuerySet(ShopOwnedQuerySet["ShopDocument"]):
    """Documents without their bytes, unless somebody asks for them."""

    def visible_to(self, actor: Actor) -> Self:
        return super().visible_to(actor).defer("content_sealed")


class ShopDocument(models.Model):
    """A document of a shop (资质文件): a picture made anew, or a PDF as it came. Never public.

    Its bytes lie sealed in the row, behind the wall of the shop: no address of the storage leads to
    them, and every look is in the audit trail. A row is never changed; another file is another row.
    """

    public_id = PublicIdField(_("document id"), prefix="doc")
    shop = models.ForeignKey(Shop, models.PROTECT, related_name="documents", verbose_name=_("shop"))
    kind = models.CharField(_("kind"), max_length=8, choices=DocumentKind)
    #: SHA-256 of the content.
    digest = models.CharField(_("digest"), max_length=64)
    #: What the file was called, for people to find it by.
    filename = models.CharField(_("file"), max_length=120)
    #: Of the content, in bytes.
    size = models.PositiveIntegerField(_("bytes"))
    content_sealed = SealedFileField(_("content, sealed"))
    actor_label = models.CharField(_("by"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = (
            one_of("kind", DocumentKind, "shopdocument_kind_valid"),
            models.UniqueConstraint(fields=["shop", "digest"], name="shopdocument_once"),
            models.UniqueConstraint(fields=["id", "shop"], name="shopdocument_id_shop"),
            Wall(by="shop", may="SELECT, INSERT", name="shopdocument_wall"),
        )

    def __str__(self) -> str:
        return self.filename
