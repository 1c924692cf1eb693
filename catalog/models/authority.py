"""What a shop may sell under whose name, and which categories are open to it: proven by papers."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from catalog.enums import PaperStatus
from catalog.models.taxonomy import Brand, Category, PublicQuerySet
from kernel.composite_keys import CompositeKey
from kernel.fields import PublicIdField, one_of
from kernel.scoping import ShopOwnedQuerySet
from kernel.walls import READ, Wall
from shops.enums import GrantKind
from shops.models import Shop, ShopDocument

#: A shop hands papers in and reads them; what becomes of them is not for it to write.
HAND_IN = "SELECT, INSERT"


class Paper(models.Model):
    """A claim of a shop that a document proves, for a time, once an operator accepted it."""

    shop = models.ForeignKey(Shop, models.PROTECT, related_name="+", verbose_name=_("shop"))
    document = models.ForeignKey(
        ShopDocument,
        models.PROTECT,
        db_constraint=False,
        related_name="+",
        verbose_name=_("document"),
    )
    starts_at = models.DateTimeField(_("from"))
    #: Excluded; null where the document has no end.
    ends_at = models.DateTimeField(_("until"), null=True)
    status = models.CharField(
        _("status"), max_length=10, choices=PaperStatus, default=PaperStatus.PENDING
    )
    #: Why it was rejected or taken back.
    note = models.CharField(_("reason"), max_length=200, blank=True)
    actor_label = models.CharField(_("by"), max_length=120, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_by_label = models.CharField(_("decided by"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    TRANSITIONS = {
        PaperStatus.PENDING: {PaperStatus.APPROVED, PaperStatus.REJECTED},
        PaperStatus.APPROVED: {PaperStatus.REVOKED, PaperStatus.ENDED},
    }

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        abstract = True


class BrandGrant(Paper):
    """The right of a shop to a brand (品牌授权, SH-02), for one top category or all of them."""

    public_id = PublicIdField(_("grant id"), prefix="bgr")
    brand = models.ForeignKey(Brand, models.PROTECT, related_name="grants", verbose_name=_("brand"))
    kind = models.CharField(_("kind"), max_length=12, choices=GrantKind)
    #: Null for every category.
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, related_name="+", verbose_name=_("top category")
    )

    class Meta:
        verbose_name = _("brand grant")
        verbose_name_plural = _("brand grants")
        constraints = (
            one_of("status", PaperStatus, "brandgrant_status_valid"),
            one_of("kind", GrantKind, "brandgrant_kind_valid"),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="brandgrant_ends_later",
            ),
            models.UniqueConstraint(
                fields=["shop", "brand"],
                condition=Q(status=PaperStatus.PENDING),
                name="brandgrant_one_waits",
            ),
            CompositeKey(relation="document", shared=["shop"], name="brandgrant_document"),
            Wall(by="shop", may=HAND_IN, name="brandgrant_wall"),
        )
        indexes = (
            models.Index(
                fields=["ends_at"], condition=Q(status=PaperStatus.APPROVED), name="brandgrant_ends"
            ),
        )

    def __str__(self) -> str:
        return f"{self.brand}: {self.get_kind_display()}"


class QualificationRule(models.Model):
    """A licence that a category asks for before it is open to a shop (类目资质规则, SH-05).

    It holds for the category and all below it. A version: it is never edited, it ends and another
    begins.
    """

    public_id = PublicIdField(_("qualification rule id"), prefix="qlr")
    category = models.ForeignKey(
        Category, models.PROTECT, related_name="qualification_rules", verbose_name=_("category")
    )
    #: Names the licence wherever it is asked for: one that was accepted serves every category.
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("licence"), max_length=120)
    #: Empty: always. Else it is mandatory for products whose attribute has one of `values`.
    attribute = models.CharField(_("attribute"), max_length=60, blank=True)
    values = models.JSONField(_("values"), default=list)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True)
    created_by_label = models.CharField(_("by"), max_length=120, blank=True)

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = _("qualification rule")
        verbose_name_plural = _("qualification rules")
        constraints = (
            models.UniqueConstraint(
                fields=["category", "code"],
                condition=Q(ends_at__isnull=True),
                name="qualificationrule_one_open",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                name="qualificationrule_ends_later",
            ),
            Wall(may=READ, name="qualificationrule_wall"),
        )

    def __str__(self) -> str:
        return f"{self.category}: {self.name}"


class ShopQualification(Paper):
    """A licence of a shop (店铺资质, SH-05): accepted and in its time, it opens categories."""

    public_id = PublicIdField(_("qualification id"), prefix="qlf")
    #: `QualificationRule.code`.
    code = models.CharField(_("licence"), max_length=40)
    #: As the document has it.
    number = models.CharField(_("licence number"), max_length=80)

    class Meta:
        verbose_name = _("qualification")
        verbose_name_plural = _("qualifications")
        constraints = (
            one_of("status", PaperStatus, "shopqualification_status_valid"),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="shopqualification_ends_later",
            ),
            models.UniqueConstraint(
                fields=["shop", "code"],
                condition=Q(status=PaperStatus.PENDING),
                name="shopqualification_one_waits",
            ),
            CompositeKey(relation="document", shared=["shop"], name="shopqualification_document"),
            Wall(by="shop", may=HAND_IN, name="shopqualification_wall"),
        )
        indexes = (
            models.Index(
                fields=["ends_at"],
                condition=Q(status=PaperStatus.APPROVED),
                name="shopqualification_ends",
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.number}"
