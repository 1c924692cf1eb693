"""Prices and stock of many SKUs changed as one, and taken back as one."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from catalog.enums import BulkLineState, BulkStatus
from catalog.models.sku import Sku
from kernel.composite_keys import CompositeKey
from kernel.fields import AmountField, PublicIdField, one_of
from kernel.scoping import ShopOwnedQuerySet
from kernel.walls import Wall
from shops.models import Shop


class BulkEdit(models.Model):
    """One change of many prices and counts (批量改价改库存): looked at, applied, taken back."""

    public_id = PublicIdField(_("bulk edit id"), prefix="blk")
    shop = models.ForeignKey(
        Shop, models.CASCADE, related_name="bulk_edits", verbose_name=_("shop")
    )
    #: The file it came from; empty for rows that were typed, pasted or sent.
    filename = models.CharField(_("file"), max_length=200, blank=True)
    status = models.CharField(
        _("status"), max_length=12, choices=BulkStatus, default=BulkStatus.PREPARED
    )
    has_prices = models.BooleanField(_("changes prices"), default=False)
    total_count = models.PositiveIntegerField(_("rows"), default=0)
    #: Rows that would change something, when it was prepared.
    good_count = models.PositiveIntegerField(_("rows to change"), default=0)
    bad_count = models.PositiveIntegerField(_("rows refused"), default=0)
    applied_count = models.PositiveIntegerField(_("rows applied"), default=0)
    #: Rows that somebody else had changed between the look and the change.
    refused_count = models.PositiveIntegerField(_("rows passed over"), default=0)
    undone_count = models.PositiveIntegerField(_("rows taken back"), default=0)
    #: Rows that somebody had changed since: they stay as they are.
    kept_count = models.PositiveIntegerField(_("rows kept"), default=0)
    actor_label = models.CharField(_("by"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())
    applied_at = models.DateTimeField(_("applied at"), null=True)
    undo_until_at = models.DateTimeField(_("can be undone until"), null=True)
    undone_at = models.DateTimeField(_("undone at"), null=True)

    TRANSITIONS = {
        BulkStatus.PREPARED: {BulkStatus.APPLYING, BulkStatus.DISCARDED},
        BulkStatus.APPLYING: {BulkStatus.APPLIED},
        BulkStatus.APPLIED: {BulkStatus.UNDOING},
        BulkStatus.UNDOING: {BulkStatus.UNDONE},
    }

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("bulk edit")
        verbose_name_plural = _("bulk edits")
        constraints = (
            one_of("status", BulkStatus, "bulkedit_status_valid"),
            models.UniqueConstraint(fields=["id", "shop"], name="bulkedit_id_shop"),
            Wall(by="shop", name="bulkedit_wall"),
        )
        indexes = (
            models.Index(
                fields=["id"],
                name="bulkedit_at_work",
                condition=Q(status__in=["applying", "undoing"]),
            ),
        )

    def __str__(self) -> str:
        return self.filename or self.public_id

    @property
    def percent(self) -> int:
        """How much of the work that was asked for last is done, 0 to 100."""
        if self.status == BulkStatus.APPLYING:
            return (self.applied_count + self.refused_count) * 100 // max(self.good_count, 1)
        if self.status == BulkStatus.UNDOING:
            return (self.undone_count + self.kept_count) * 100 // max(self.applied_count, 1)
        return 0 if self.status in (BulkStatus.PREPARED, BulkStatus.DISCARDED) else 100


class BulkEditLine(models.Model):
    """One SKU of a bulk edit: before, after, and what became of it. Null is "not asked"."""

    job = models.ForeignKey(
        BulkEdit,
        models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="lines",
        verbose_name=_("bulk edit"),
    )
    shop = models.ForeignKey(
        Shop, models.CASCADE, db_constraint=False, related_name="+", verbose_name=_("shop")
    )
    #: As its file or text counts rows.
    row_number = models.PositiveIntegerField(_("row"))
    #: As it was written.
    merchant_code = models.CharField(_("merchant code"), max_length=64)
    #: Null when the code names no SKU of the shop.
    sku = models.ForeignKey(
        Sku,
        models.PROTECT,
        null=True,
        db_constraint=False,
        related_name="+",
        verbose_name=_("SKU"),
    )
    #: Primary keys of the price versions that were looked at and written: they are compared, and
    #: never gone, because versions are append-only.
    old_version = models.BigIntegerField(_("price version before"), null=True)
    new_version = models.BigIntegerField(_("price version set"), null=True)
    old_price = AmountField(_("price before"), null=True)
    new_price = AmountField(_("price after"), null=True)
    old_list_price = AmountField(_("list price before"), null=True)
    new_list_price = AmountField(_("list price after"), null=True)
    old_on_hand = models.IntegerField(_("on hand before"), null=True)
    new_on_hand = models.IntegerField(_("on hand after"), null=True)
    #: The last movement of the SKU that somebody made by hand, when the counters were looked at.
    edit_mark = models.BigIntegerField(_("last edit"), default=0)
    state = models.CharField(_("state"), max_length=12, choices=BulkLineState)
    #: Why it was refused, passed over or kept: a code of `importing.faults`.
    code = models.CharField(_("code"), max_length=60, blank=True)
    column = models.CharField(_("column"), max_length=80, blank=True)

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("row of a bulk edit")
        verbose_name_plural = _("rows of bulk edits")
        constraints = (
            one_of("state", BulkLineState, "bulkline_state_valid"),
            models.UniqueConstraint(fields=["job", "row_number"], name="bulkline_once"),
            models.CheckConstraint(
                condition=Q(sku__isnull=False) | Q(state="bad"), name="bulkline_names_a_sku"
            ),
            CompositeKey(relation="job", shared=["shop"], name="bulkline_of_job"),
            CompositeKey(relation="sku", shared=["shop"], name="bulkline_of_sku"),
            Wall(by="shop", name="bulkline_wall"),
        )
        indexes = (models.Index(fields=["job", "state", "row_number"], name="bulkline_state"),)

    def __str__(self) -> str:
        return f"{self.row_number}: {self.merchant_code}"

    @property
    def target(self) -> Sku:
        """The SKU of a line that is not refused: such a line names one, the database says so."""
        if self.sku is None:
            raise ValueError(f"row {self.row_number} names no SKU")
        return self.sku

    @property
    def sets_price(self) -> bool:
        """Tell whether the price or the list price is to change."""
        return self.new_price is not None

    @property
    def delta(self) -> int:
        """Pieces that come (> 0) or go, as the difference that was looked at."""
        if self.new_on_hand is None or self.old_on_hand is None:
            return 0
        return self.new_on_hand - self.old_on_hand
