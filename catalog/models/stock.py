"""Pieces: how many there are, how many are spoken for, and why."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from catalog.enums import MovementKind
from catalog.models.sku import Sku
from kernel.composite_keys import CompositeKey
from kernel.fields import one_of
from kernel.scoping import ShopOwnedQuerySet
from kernel.walls import Wall
from shops.models import Shop


class Stock(models.Model):
    """The counters of one SKU (库存). `catalog.services.stock` alone writes them.

    ``on_hand = initial + Σ in − Σ out`` and ``held = Σ held_delta`` over the movements, always, and
    ``on_hand = available + held for orders + set aside``: the buckets of a SKU (CA-10).
    """

    sku = models.OneToOneField(
        Sku,
        models.PROTECT,
        db_constraint=False,
        primary_key=True,
        related_name="stock",
        verbose_name=_("SKU"),
    )
    shop = models.ForeignKey(
        Shop, models.PROTECT, db_constraint=False, related_name="+", verbose_name=_("shop")
    )
    on_hand = models.IntegerField(_("on hand"), default=0)
    #: Not for everybody: held for orders that are not paid yet (预占), or set aside.
    held = models.IntegerField(_("held"), default=0)
    #: Of these, what waits in buckets.
    set_aside = models.IntegerField(_("pieces in buckets"), default=0, db_default=0)
    available = models.GeneratedField(
        verbose_name=_("available"),
        expression=F("on_hand") - F("held"),
        output_field=models.IntegerField(),
        db_persist=True,
    )

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("stock")
        verbose_name_plural = _("stock")
        constraints = (
            models.CheckConstraint(
                condition=Q(set_aside__gte=0, held__gte=F("set_aside")),
                name="stock_held_covers_set_aside",
            ),
            models.CheckConstraint(condition=Q(on_hand__gte=F("held")), name="stock_covers_held"),
            CompositeKey(relation="sku", shared=["shop"], name="stock_of_sku"),
            Wall(by="shop", name="stock_wall"),
        )
        indexes = (models.Index(fields=["shop", "available"], name="stock_low"),)

    def __str__(self) -> str:
        return f"{self.sku_id}: {self.on_hand} − {self.held}"

    @property
    def held_for_orders(self) -> int:
        """Pieces that orders hold which are not paid yet."""
        return self.held - self.set_aside


class StockMovement(models.Model):
    """One change of the counters (库存流水). Append-only; unique by what caused it."""

    sku = models.ForeignKey(
        Sku,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="movements",
        verbose_name=_("SKU"),
    )
    shop = models.ForeignKey(
        Shop,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("shop"),
    )
    kind = models.CharField(_("kind"), max_length=12, choices=MovementKind)
    on_hand_delta = models.IntegerField(_("on hand ±"), default=0)
    held_delta = models.IntegerField(_("held ±"), default=0)
    #: ``order:<number>:<line no>``, ``case:<number>``, ``edit:<key>``: once per SKU and kind.
    reference = models.CharField(_("reference"), max_length=120)
    actor_label = models.CharField(_("by"), max_length=120, blank=True)
    at = models.DateTimeField(_("at"), db_default=Now())

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        constraints = (
            one_of("kind", MovementKind, "stockmovement_kind_valid"),
            models.UniqueConstraint(fields=["sku", "reference", "kind"], name="stockmovement_once"),
            models.CheckConstraint(
                condition=~Q(on_hand_delta=0, held_delta=0), name="stockmovement_moves"
            ),
            CompositeKey(relation="sku", shared=["shop"], name="stockmovement_of_sku"),
            Wall(by="shop", name="stockmovement_wall"),
        )
        indexes = (
            models.Index(fields=["shop", "-id"], name="stockmovement_shop"),
            # What people changed by hand: few beside what orders move.
            models.Index(
                fields=["sku", "-id"],
                name="stockmovement_edits",
                condition=Q(kind__in=["inbound", "outbound"]),
            ),
        )

    def __str__(self) -> str:
        return f"{self.sku_id} {self.kind} {self.on_hand_delta:+d}/{self.held_delta:+d}"
