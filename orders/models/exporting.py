"""Files of orders for a merchant's own use (OR-23)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from kernel.composite_keys import CompositeKey
from kernel.fields import PublicIdField, SealedFileField, one_of
from kernel.scoping import ShopOwnedQuerySet
from kernel.walls import Wall
from orders.enums import ExportPreset, ExportStatus
from shops.models import Shop


class ExportJob(models.Model):
    """One file of a shop's orders (导出任务): one row a line, what was asked for frozen."""

    public_id = PublicIdField(_("export id"), prefix="exp")
    shop = models.ForeignKey(
        Shop, models.CASCADE, related_name="export_jobs", verbose_name=_("shop")
    )
    preset = models.CharField(_("columns"), max_length=12, choices=ExportPreset)
    #: ``{"status", "placed_from", "placed_until"}`` as asked for; the end is never open.
    filters = models.JSONField(_("filters"), default=dict)
    #: Receivers in clear: asked for with a reason, by somebody who may see them.
    is_unmasked = models.BooleanField(_("receivers in clear"), default=False)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    #: Of the titles and the words in the file.
    language = models.CharField(_("language"), max_length=12)
    status = models.CharField(
        _("status"), max_length=12, choices=ExportStatus, default=ExportStatus.QUEUED
    )
    row_count = models.PositiveIntegerField(_("rows"), default=0)
    #: There was more than one file may hold.
    is_cut = models.BooleanField(_("cut off"), default=False)
    #: Where the next part begins: a job that died goes on from here.
    cursor = models.CharField(_("cursor"), max_length=600, blank=True)
    error = models.CharField(_("error"), max_length=300, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("user"),
    )
    actor_label = models.CharField(_("by"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())
    finished_at = models.DateTimeField(_("finished at"), null=True)
    expires_at = models.DateTimeField(_("expires at"), null=True)

    TRANSITIONS = {
        ExportStatus.QUEUED: {ExportStatus.RUNNING, ExportStatus.FAILED},
        ExportStatus.RUNNING: {ExportStatus.DONE, ExportStatus.FAILED},
        ExportStatus.DONE: {ExportStatus.EXPIRED},
    }

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        constraints = (
            one_of("status", ExportStatus, "exportjob_status_valid"),
            one_of("preset", ExportPreset, "exportjob_preset_valid"),
            models.CheckConstraint(
                condition=Q(is_unmasked=False) | ~Q(reason=""), name="exportjob_clear_has_reason"
            ),
            models.CheckConstraint(
                condition=~Q(status="done") | Q(expires_at__isnull=False),
                name="exportjob_done_expires",
            ),
            models.UniqueConstraint(fields=["id", "shop"], name="exportjob_id_shop"),
            Wall(by="shop", name="exportjob_wall"),
        )
        indexes = (
            models.Index(
                fields=["id"],
                name="exportjob_unfinished",
                condition=Q(status__in=["queued", "running"]),
            ),
            models.Index(
                fields=["expires_at"], name="exportjob_to_expire", condition=Q(status="done")
            ),
        )

    def __str__(self) -> str:
        return self.filename

    @property
    def filename(self) -> str:
        """What the file is called when it is saved."""
        return f"{self.preset}-{self.public_id}.csv"


class ExportPart(models.Model):
    """A piece of the file, written in one transaction with the count of its rows (导出分片)."""

    job = models.ForeignKey(
        ExportJob,
        models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="parts",
        verbose_name=_("export"),
    )
    shop = models.ForeignKey(
        Shop,
        models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("shop"),
    )
    position = models.PositiveSmallIntegerField(_("position"))
    content_sealed = SealedFileField(_("content, sealed"))
    #: Of the content, in bytes.
    size = models.PositiveIntegerField(_("bytes"))

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("part of an export")
        verbose_name_plural = _("parts of an export")
        constraints = (
            models.UniqueConstraint(fields=["job", "position"], name="exportpart_position"),
            CompositeKey(relation="job", shared=["shop"], name="exportpart_of_job"),
            Wall(by="shop", name="exportpart_wall"),
        )

    def __str__(self) -> str:
        return f"{self.job_id} {self.position}"
