"""Pieces that are set aside: for an account, for its live session, for an activity (CA-10)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from catalog.enums import BucketKind
from catalog.models.product import Product
from catalog.models.sku import Sku
from kernel.composite_keys import CompositeKey
from kernel.fields import PublicIdField, one_of
from kernel.scoping import ShopOwnedQuerySet
from kernel.walls import Wall
from shops.models import Shop


class StockBucket(models.Model):
    """Pieces of one SKU that not everybody has (专用库存). `catalog.services.buckets` writes it.

    Every writer of its pieces holds the row lock of the SKU's counters. What is in it counts as
    held, so who sells to everybody needs to know nothing of it.
    """

    public_id = PublicIdField(_("bucket id"), prefix="bkt")
    shop = models.ForeignKey(
        Shop, models.PROTECT, db_constraint=False, related_name="+", verbose_name=_("shop")
    )
    product = models.ForeignKey(
        Product, models.CASCADE, db_constraint=False, related_name="+", verbose_name=_("product")
    )
    sku = models.ForeignKey(
        Sku, models.CASCADE, db_constraint=False, related_name="buckets", verbose_name=_("SKU")
    )
    kind = models.CharField(_("set aside for"), max_length=8, choices=BucketKind)
    #: Who sells from it; nobody does from an activity's.
    account = models.ForeignKey(
        Account, models.PROTECT, null=True, related_name="+", verbose_name=_("content account")
    )
    note = models.CharField(_("note"), max_length=60, blank=True)
    #: Pieces put in so far, less what was taken out by hand.
    quantity = models.IntegerField(_("pieces set aside"))
    #: What orders took, less what they gave back.
    drawn = models.IntegerField(_("pieces drawn"), default=0)
    #: What was left at its end, or came back afterwards: for everybody again.
    freed = models.IntegerField(_("pieces set free"), default=0)
    remaining = models.GeneratedField(
        verbose_name=_("pieces left"),
        expression=F("quantity") - F("drawn") - F("freed"),
        output_field=models.IntegerField(),
        db_persist=True,
    )
    #: Counts what was put in and taken out by hand: names the movements.
    changes = models.PositiveIntegerField(_("number of changes"), default=0)
    #: When what is left is for everybody again; without it, when somebody ends it.
    ends_at = models.DateTimeField(_("until"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("stock set aside")
        verbose_name_plural = _("stock set aside")
        ordering = ("-pk",)
        constraints = (
            one_of("kind", BucketKind, "stockbucket_kind_valid"),
            models.CheckConstraint(
                condition=Q(drawn__gte=0, freed__gte=0, quantity__gte=F("drawn") + F("freed")),
                name="stockbucket_remaining",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(quantity=F("drawn") + F("freed")),
                name="stockbucket_ended_empty",
            ),
            models.CheckConstraint(
                condition=Q(kind=BucketKind.ACTIVITY, account__isnull=True)
                | (~Q(kind=BucketKind.ACTIVITY) & Q(account__isnull=False)),
                name="stockbucket_account",
            ),
            models.CheckConstraint(
                condition=~Q(kind=BucketKind.LIVE) | Q(ends_at__isnull=False),
                name="stockbucket_live_ends",
            ),
            models.UniqueConstraint(
                fields=["shop", "sku", "kind", "account"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="stockbucket_one_open",
            ),
            models.UniqueConstraint(fields=["id", "sku", "shop"], name="stockbucket_id_sku_shop"),
            CompositeKey(relation="sku", shared=["product", "shop"], name="stockbucket_of_sku"),
            Wall(by="shop", name="stockbucket_wall"),
        )
        indexes = (
            models.Index(fields=["shop", "-id"], name="stockbucket_shop"),
            models.Index(
                fields=["sku"], name="stockbucket_open", condition=Q(ended_at__isnull=True)
            ),
            models.Index(
                fields=["ends_at"], name="stockbucket_due", condition=Q(ended_at__isnull=True)
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.remaining}"

    @property
    def is_open(self) -> bool:
        """Tell whether nobody has ended it."""
        return self.ended_at is None


class BucketDraw(models.Model):
    """Pieces that an order's line took out of a bucket. Put back when the order is not paid."""

    bucket = models.ForeignKey(
        StockBucket,
        models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="draws",
        verbose_name=_("bucket"),
    )
    sku = models.ForeignKey(
        Sku,
        models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="+",
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
    #: ``order:<number>:<line no>``, that of the movement.
    reference = models.CharField(_("reference"), max_length=120)
    quantity = models.PositiveIntegerField(_("pieces"))
    undone_at = models.DateTimeField(_("put back at"), null=True)

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("draw from a bucket")
        verbose_name_plural = _("draws from buckets")
        constraints = (
            models.CheckConstraint(condition=Q(quantity__gte=1), name="bucketdraw_moves"),
            models.UniqueConstraint(fields=["reference", "shop"], name="bucketdraw_once"),
            CompositeKey(relation="bucket", shared=["sku", "shop"], name="bucketdraw_of_bucket"),
            Wall(by="shop", name="bucketdraw_wall"),
        )
        indexes = (models.Index(fields=["shop", "bucket"], name="bucketdraw_bucket"),)

    def __str__(self) -> str:
        return f"{self.reference}: {self.quantity}"
