"""How a shop gets in."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from kernel.fields import PublicIdField, SealedField, one_of
from kernel.scoping import ShopOwnedQuerySet
from kernel.walls import Wall
from shops.enums import AdmissionStatus
from shops.models.shop import Shop


class Admission(models.Model):
    """One application of a shop (入驻申请, SH-03). A rejected one is edited and sent again."""

    public_id = PublicIdField(_("admission id"), prefix="adm")
    shop = models.OneToOneField(
        Shop, models.CASCADE, related_name="admission", verbose_name=_("shop")
    )
    status = models.CharField(
        _("status"), max_length=12, choices=AdmissionStatus, default=AdmissionStatus.DRAFT
    )
    legal_name = models.CharField(_("legal name"), max_length=120, blank=True)
    credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    contact_name = models.CharField(_("contact"), max_length=60, blank=True)
    #: `kernel.crypto.encrypt` of ``{"phone": …}``.
    contact_sealed = SealedField(_("contact's phone, sealed"), null=True)
    licence_url = models.CharField(_("business licence"), max_length=300, blank=True)
    terms_accepted_at = models.DateTimeField(_("terms accepted at"), null=True)
    #: ``[{"field": "licence_url", "code": "unreadable", "message": "…"}]``
    rejections = models.JSONField(_("what to correct"), default=list)
    submitted_at = models.DateTimeField(_("submitted at"), null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    TRANSITIONS = {
        AdmissionStatus.DRAFT: {AdmissionStatus.SUBMITTED},
        AdmissionStatus.SUBMITTED: {AdmissionStatus.APPROVED, AdmissionStatus.REJECTED},
        AdmissionStatus.REJECTED: {AdmissionStatus.SUBMITTED},
    }

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("admission")
        verbose_name_plural = _("admissions")
        constraints = (
            one_of("status", AdmissionStatus, "admission_status_valid"),
            Wall(by="shop", name="admission_wall"),
        )

    def __str__(self) -> str:
        return f"{self.shop}: {self.get_status_display()}"
