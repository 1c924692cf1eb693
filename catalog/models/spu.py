"""The platform's library of standard products, and what shops say to it (CA-08)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from catalog.enums import TicketKind, TicketStatus
from catalog.models.taxonomy import Brand, Category, PublicQuerySet
from kernel.fields import PublicIdField, one_of
from kernel.scoping import ShopOwnedQuerySet
from kernel.walls import READ, Wall
from shops.models import Shop


class Spu(models.Model):
    """A standard product (标品, SPU): what many shops sell is described once."""

    public_id = PublicIdField(_("SPU id"), prefix="spu")
    category = models.ForeignKey(
        Category, models.PROTECT, related_name="+", verbose_name=_("category")
    )
    brand = models.ForeignKey(
        Brand, models.PROTECT, null=True, related_name="+", verbose_name=_("brand")
    )
    name = models.CharField(_("name"), max_length=120)
    #: A GTIN of 8 to 14 digits, its check digit included.
    barcode = models.CharField(_("barcode"), max_length=14, blank=True)
    #: Key properties: ``[{"name": "型号", "value": "A1"}]``. Its products say the same.
    attributes = models.JSONField(_("key properties"), default=list)
    #: Products against it need no person to look at them.
    is_free_of_review = models.BooleanField(_("free of review"), default=False)
    #: Nothing new is listed against it; what sells keeps selling.
    is_retired = models.BooleanField(_("retired"), default=False)
    version = models.PositiveIntegerField(_("version"), default=1)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = _("standard product")
        verbose_name_plural = _("standard products")
        constraints = (
            models.UniqueConstraint(
                fields=["barcode"], condition=~Q(barcode=""), name="spu_barcode_once"
            ),
            Wall(may=READ, name="spu_wall"),
        )
        indexes = (models.Index(fields=["category", "brand", "id"], name="spu_of_category"),)

    def __str__(self) -> str:
        return self.name


class SpuTicket(models.Model):
    """What a shop asks of the library (标品提报): a new standard product, or a correction."""

    public_id = PublicIdField(_("ticket id"), prefix="spt")
    shop = models.ForeignKey(Shop, models.PROTECT, related_name="+", verbose_name=_("shop"))
    kind = models.CharField(_("kind"), max_length=8, choices=TicketKind)
    #: What is to be corrected; for a proposal what came of it.
    spu = models.ForeignKey(
        Spu, models.PROTECT, null=True, related_name="tickets", verbose_name=_("standard product")
    )
    #: The version that was read, of what is to be corrected.
    spu_version = models.PositiveIntegerField(_("version"), null=True)
    category = models.ForeignKey(
        Category, models.PROTECT, related_name="+", verbose_name=_("category")
    )
    brand = models.ForeignKey(
        Brand, models.PROTECT, null=True, related_name="+", verbose_name=_("brand")
    )
    name = models.CharField(_("name"), max_length=120)
    barcode = models.CharField(_("barcode"), max_length=14, blank=True)
    attributes = models.JSONField(_("key properties"), default=list)
    note = models.CharField(_("note"), max_length=300, blank=True)
    status = models.CharField(
        _("status"), max_length=8, choices=TicketStatus, default=TicketStatus.PENDING
    )
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    asked_by_label = models.CharField(_("by"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("created at"))
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_by_label = models.CharField(_("decided by"), max_length=120, blank=True)

    TRANSITIONS = {
        TicketStatus.PENDING: {TicketStatus.ACCEPTED, TicketStatus.REJECTED},
    }

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal for a standard product")
        verbose_name_plural = _("proposals for standard products")
        constraints = (
            one_of("kind", TicketKind, "sputicket_kind_valid"),
            one_of("status", TicketStatus, "sputicket_status_valid"),
            models.CheckConstraint(
                condition=Q(kind="propose", spu_version=None)
                | Q(kind="correct", spu__isnull=False, spu_version__isnull=False),
                name="sputicket_corrects_something",
            ),
            Wall(by="shop", may="SELECT, INSERT", name="sputicket_wall"),
        )

    def __str__(self) -> str:
        return self.name
