"""Files of plans (OP-13): what a merchant sent, and what is wrong with its rows."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from affiliates.enums import PlanFileStatus
from kernel.composite_keys import CompositeKey
from kernel.fields import PublicIdField, one_of
from kernel.scoping import ShopOwnedQuerySet
from kernel.walls import Wall
from shops.models import Shop


class PlanFile(models.Model):
    """Many plans at once (批量设置佣金): good rows are done, bad rows are named."""

    public_id = PublicIdField(_("plan file id"), prefix="plf")
    shop = models.ForeignKey(
        Shop, models.CASCADE, related_name="plan_files", verbose_name=_("shop")
    )
    filename = models.CharField(_("file"), max_length=200)
    #: ``[[row number, product, rate, fault], …]`` as written; empty when it has done its work.
    rows = models.JSONField(_("rows as written"), default=list)
    #: Says what would happen, and changes nothing.
    is_dry_run = models.BooleanField(_("dry run"), default=False)
    status = models.CharField(
        _("status"),
        max_length=12,
        choices=PlanFileStatus,
        default=PlanFileStatus.QUEUED,
    )
    total_count = models.PositiveIntegerField(_("rows"), default=0)
    #: Rows decided so far: a job that died goes on from here.
    done_count = models.PositiveIntegerField(_("rows done"), default=0)
    good_count = models.PositiveIntegerField(_("rows carried out"), default=0)
    bad_count = models.PositiveIntegerField(_("rows refused"), default=0)
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

    TRANSITIONS = {
        PlanFileStatus.QUEUED: {PlanFileStatus.RUNNING, PlanFileStatus.FAILED},
        PlanFileStatus.RUNNING: {PlanFileStatus.DONE, PlanFileStatus.FAILED},
    }

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan file")
        verbose_name_plural = _("plan files")
        constraints = (
            one_of("status", PlanFileStatus, "planfile_status_valid"),
            models.CheckConstraint(
                condition=Q(done_count=F("good_count") + F("bad_count"))
                & Q(done_count__lte=F("total_count")),
                name="planfile_counts_add_up",
            ),
            models.UniqueConstraint(fields=["id", "shop"], name="planfile_id_shop"),
            Wall(by="shop", name="planfile_wall"),
        )
        indexes = (
            models.Index(
                fields=["id"],
                name="planfile_unfinished",
                condition=Q(status__in=["queued", "running"]),
            ),
            models.Index(
                fields=["finished_at"],
                name="planfile_to_empty",
                condition=Q(is_dry_run=True, status="done"),
            ),
        )

    def __str__(self) -> str:
        return self.filename

    @property
    def can_be_applied(self) -> bool:
        """Whether it is a dry run that is done, with good rows that were not applied yet."""
        is_done = self.is_dry_run and self.status == PlanFileStatus.DONE
        return is_done and bool(self.good_count and self.rows)

    @property
    def percent(self) -> int:
        """How much of the file is done, 0 to 100."""
        if self.status == PlanFileStatus.DONE:
            return 100
        return self.done_count * 100 // self.total_count if self.total_count else 0


class PlanRowFault(models.Model):
    """What is wrong with one cell (行错误): where, a stable code, and the row as it was written."""

    job = models.ForeignKey(
        PlanFile,
        models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="faults",
        verbose_name=_("plan file"),
    )
    shop = models.ForeignKey(
        Shop,
        models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("shop"),
    )
    #: As the spreadsheet counts: the first row with names is row 1.
    row_number = models.PositiveIntegerField(_("row"))
    #: Our word for the column: ``product`` or ``rate``; empty for the whole row.
    column = models.CharField(_("column"), max_length=20, blank=True)
    #: Of `affiliates.services.planfiles.faults`, which says what to do.
    code = models.CharField(_("code"), max_length=40)
    #: The row counts as done all the same.
    is_note = models.BooleanField(_("note"), default=False)
    #: The two cells as they were written, for the file to be corrected.
    cells = models.JSONField(_("cells"), default=list)

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("row of a plan file")
        verbose_name_plural = _("rows of a plan file")
        constraints = (
            CompositeKey(relation="job", shared=["shop"], name="planrowfault_of_job"),
            Wall(by="shop", name="planrowfault_wall"),
        )
        indexes = (models.Index(fields=["job", "row_number", "id"], name="planrowfault_row"),)

    def __str__(self) -> str:
        return f"{self.row_number}: {self.code}"
