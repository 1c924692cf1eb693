"""Imports that tell the truth (OP-13)."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from catalog.enums import ImportFormat, ImportStatus
from catalog.models.taxonomy import Category
from kernel.composite_keys import CompositeKey
from kernel.fields import PublicIdField, one_of
from kernel.scoping import ShopOwnedQuerySet
from kernel.walls import Wall
from shops.models import Shop


class ImportJob(models.Model):
    """One file on its way into the catalog (导入任务): good rows land, bad rows are named."""

    public_id = PublicIdField(_("import id"), prefix="imp")
    shop = models.ForeignKey(
        Shop, models.CASCADE, related_name="import_jobs", verbose_name=_("shop")
    )
    format = models.CharField(_("format"), max_length=12, choices=ImportFormat)
    filename = models.CharField(_("file"), max_length=200)
    content = models.BinaryField(_("content"))
    is_dry_run = models.BooleanField(_("dry run"), default=False)
    #: Make missing categories and brands: the platform's power.
    is_trusted = models.BooleanField(_("from the platform"), default=False)
    #: Approve and list what lands: the platform's power too.
    is_published = models.BooleanField(_("published at once"), default=False)
    #: Where products go whose rows name no category that we know.
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, related_name="+", verbose_name=_("category")
    )
    status = models.CharField(
        _("status"), max_length=12, choices=ImportStatus, default=ImportStatus.QUEUED
    )
    total_count = models.PositiveIntegerField(_("rows"), default=0)
    #: Rows read so far: a job that died goes on from here.
    done_count = models.PositiveIntegerField(_("rows done"), default=0)
    good_count = models.PositiveIntegerField(_("rows taken"), default=0)
    bad_count = models.PositiveIntegerField(_("rows refused"), default=0)
    error = models.CharField(_("error"), max_length=300, blank=True)
    actor_label = models.CharField(_("by"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())
    started_at = models.DateTimeField(_("started at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)

    TRANSITIONS = {
        ImportStatus.QUEUED: {ImportStatus.RUNNING, ImportStatus.FAILED},
        ImportStatus.RUNNING: {ImportStatus.DONE, ImportStatus.FAILED},
    }

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints = (
            one_of("status", ImportStatus, "importjob_status_valid"),
            one_of("format", ImportFormat, "importjob_format_valid"),
            models.UniqueConstraint(fields=["id", "shop"], name="importjob_id_shop"),
            Wall(by="shop", name="importjob_wall"),
        )

    def __str__(self) -> str:
        return self.filename

    @property
    def percent(self) -> int:
        """How much of the file is done, 0 to 100."""
        if self.status == ImportStatus.DONE:
            return 100
        return self.done_count * 100 // self.total_count if self.total_count else 0


class ImportRowError(models.Model):
    """What is wrong with one cell (行错误): where, a stable code, what to do."""

    job = models.ForeignKey(
        ImportJob,
        models.CASCADE,
        db_constraint=False,
        related_name="row_errors",
        verbose_name=_("import"),
    )
    shop = models.ForeignKey(
        Shop, models.CASCADE, db_constraint=False, related_name="+", verbose_name=_("shop")
    )
    #: As the spreadsheet counts: the header is row 1.
    row_number = models.PositiveIntegerField(_("row"))
    column = models.CharField(_("column"), max_length=80, blank=True)
    code = models.CharField(_("code"), max_length=60)
    #: An English sentence of `catalog.services.importing.faults`, translated when it is shown.
    fix = models.CharField(_("what to do"), max_length=300)
    #: The row landed all the same; something in it was left out.
    is_note = models.BooleanField(_("note"), default=False)

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("row error")
        verbose_name_plural = _("row errors")
        constraints = (
            CompositeKey(relation="job", shared=["shop"], name="importrowerror_of_job"),
            Wall(by="shop", name="importrowerror_wall"),
        )
        indexes = (models.Index(fields=["job", "row_number"], name="importrowerror_row"),)

    def __str__(self) -> str:
        return f"{self.row_number}: {self.code}"
