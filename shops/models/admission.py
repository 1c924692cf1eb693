"""How a shop gets in."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from kernel.composite_keys import CompositeKey
from kernel.fields import PublicIdField, SealedField, one_of
from kernel.scoping import PlatformQuerySet, ShopOwnedQuerySet
from kernel.walls import READ, Wall
from shops.enums import AdmissionStatus, ShopType
from shops.models.shop import Shop


class Checklist(models.Model):
    """What applications of a type of shop and a category must bring (入驻清单, SH-04).

    A version: it is never edited, it ends and another begins. An application answers to the one
    that was in force when it was first sent.
    """

    public_id = PublicIdField(_("checklist id"), prefix="chk")
    #: Empty for every type.
    shop_type = models.CharField(_("type of shop"), max_length=20, choices=ShopType, blank=True)
    #: Public id of a top category; empty for every one.
    category = models.CharField(_("top category"), max_length=40, blank=True)
    number = models.PositiveIntegerField(_("version"))
    #: ``[{"code", "kind", "label", …}]``, see `shops.services.checklists`.
    requirements = models.JSONField(_("requirements"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True)
    created_by_label = models.CharField(_("by"), max_length=120)

    objects = PlatformQuerySet.as_manager()

    class Meta:
        verbose_name = _("admission checklist")
        verbose_name_plural = _("admission checklists")
        constraints = (
            models.UniqueConstraint(
                fields=["shop_type", "category", "number"], name="checklist_number_once"
            ),
            models.UniqueConstraint(
                fields=["shop_type", "category"],
                condition=models.Q(ends_at__isnull=True),
                name="checklist_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True)
                | models.Q(ends_at__gt=models.F("starts_at")),
                name="checklist_ends_later",
            ),
            models.CheckConstraint(
                condition=models.Q(shop_type__in=["", *ShopType.values]),
                name="checklist_type_valid",
            ),
            Wall(may=READ, name="checklist_wall"),
        )

    def __str__(self) -> str:
        return f"{self.get_shop_type_display() or '*'} / {self.category or '*'} v{self.number}"


class Admission(models.Model):
    """One application of a shop (入驻申请, SH-03). A rejected one is edited and sent again."""

    public_id = PublicIdField(_("admission id"), prefix="adm")
    shop = models.OneToOneField(
        Shop, models.CASCADE, related_name="admission", verbose_name=_("shop")
    )
    status = models.CharField(
        _("status"), max_length=16, choices=AdmissionStatus, default=AdmissionStatus.DRAFT
    )
    legal_name = models.CharField(_("legal name"), max_length=120, blank=True)
    credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    contact_name = models.CharField(_("contact"), max_length=60, blank=True)
    #: `kernel.crypto.encrypt` of ``{"phone": …}``.
    contact_sealed = SealedField(_("contact's phone, sealed"), null=True)
    licence_url = models.CharField(_("business licence"), max_length=300, blank=True)
    terms_accepted_at = models.DateTimeField(_("terms accepted at"), null=True)
    #: Public id of the top category it wants to sell in; says which checklist holds.
    category = models.CharField(_("top category"), max_length=40, blank=True)
    #: The version it answers to since it was first sent; null before, and for the built-in one.
    checklist = models.ForeignKey(
        Checklist, models.PROTECT, null=True, related_name="+", verbose_name=_("checklist")
    )
    #: ``[{"field": "licence_url", "code": "unreadable", "message": "…", "seen": "…"}]``: `seen`
    #: recognises what was looked at, so what was changed since is no longer rejected.
    rejections = models.JSONField(_("what to correct"), default=list)
    #: Requirement → what recognises it as it was accepted; changed since, it is looked at anew.
    accepted = models.JSONField(_("accepted"), default=dict)
    submitted_at = models.DateTimeField(_("submitted at"), null=True)
    #: By when the platform answers.
    due_at = models.DateTimeField(_("answer due at"), null=True)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("reviewer"),
    )
    claimed_at = models.DateTimeField(_("claimed at"), null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    signed_at = models.DateTimeField(_("signed at"), null=True)
    signed_by_label = models.CharField(_("signed by"), max_length=120, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    TRANSITIONS = {
        AdmissionStatus.DRAFT: {AdmissionStatus.SUBMITTED},
        AdmissionStatus.SUBMITTED: {AdmissionStatus.MACHINE_CHECK},
        AdmissionStatus.MACHINE_CHECK: {
            AdmissionStatus.HUMAN_REVIEW,
            AdmissionStatus.REJECTED,
        },
        AdmissionStatus.HUMAN_REVIEW: {AdmissionStatus.APPROVED, AdmissionStatus.REJECTED},
        AdmissionStatus.APPROVED: {AdmissionStatus.SIGNING},
        AdmissionStatus.SIGNING: {AdmissionStatus.DEPOSIT_DUE, AdmissionStatus.OPEN},
        AdmissionStatus.DEPOSIT_DUE: {AdmissionStatus.OPEN},
        AdmissionStatus.REJECTED: {AdmissionStatus.SUBMITTED},
    }

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("admission")
        verbose_name_plural = _("admissions")
        constraints = (
            one_of("status", AdmissionStatus, "admission_status_valid"),
            models.UniqueConstraint(fields=["id", "shop"], name="admission_id_shop"),
            Wall(by="shop", name="admission_wall"),
        )
        indexes = (
            models.Index(
                fields=["due_at"],
                condition=models.Q(status=AdmissionStatus.HUMAN_REVIEW),
                name="admission_waiting",
            ),
        )

    def __str__(self) -> str:
        return f"{self.shop}: {self.get_status_display()}"


class AdmissionAnswer(models.Model):
    """What an applicant says to a requirement that no other table holds (SH-04)."""

    shop = models.ForeignKey(
        Shop, models.CASCADE, db_constraint=False, related_name="+", verbose_name=_("shop")
    )
    admission = models.ForeignKey(
        Admission,
        models.CASCADE,
        db_constraint=False,
        related_name="answers",
        verbose_name=_("admission"),
    )
    #: Of the requirement in the checklist.
    code = models.CharField(_("requirement"), max_length=40)
    #: Text, a whole number, a date as text, or true.
    value = models.JSONField(_("answer"))
    answered_at = models.DateTimeField(_("answered at"))

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer of an application")
        verbose_name_plural = _("answers of applications")
        constraints = (
            models.UniqueConstraint(
                fields=["shop", "admission", "code"], name="admissionanswer_once"
            ),
            CompositeKey(
                relation="admission", shared=["shop"], name="admissionanswer_of_admission"
            ),
            Wall(by="shop", name="admissionanswer_wall"),
        )

    def __str__(self) -> str:
        return f"{self.code}: {self.value}"
