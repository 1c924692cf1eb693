"""Products and their SKUs."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from catalog.enums import (
    DeductMode,
    DisplayState,
    DraftStatus,
    PriceEvidence,
    ReviewStatus,
    ShelfStatus,
    ShippingTime,
    Verdict,
)
from catalog.models import quality
from catalog.models.spu import Spu
from catalog.models.taxonomy import Brand, Category
from kernel.actors import Actor
from kernel.composite_keys import CompositeKey
from kernel.fields import AmountField, CurrencyField, PublicIdField, one_of
from kernel.scoping import ScopedQuerySet, ShopOwnedQuerySet
from kernel.walls import Wall
from shops.enums import ShopStatus
from shops.models import Shop
from shops.selectors.restrictions import sales_stopped

ON_SALE = Q(shelf_status=ShelfStatus.ON, review_status=ReviewStatus.APPROVED)


class ProductQuerySet(ScopedQuerySet["Product"]):
    """A shop sees its products, the platform all, everybody else what is on sale."""

    def visible_to(self, actor: Actor) -> Self:
        if actor.is_platform:
            return self
        if actor.shop_id is not None:
            return self.filter(shop_id=actor.shop_id)
        return self.on_sale()

    def on_sale(self) -> Self:
        """Return what a buyer can buy: on the shelf, approved, in a shop that is open and sells."""
        return self.filter(ON_SALE, ~sales_stopped("shop_id"), shop__status=ShopStatus.OPEN)


class Product(models.Model):
    """A product of a shop (商品). Three axes of state (CA-03) and one computed from them."""

    public_id = PublicIdField(_("product id"), prefix="prd")
    shop = models.ForeignKey(Shop, models.PROTECT, related_name="products", verbose_name=_("shop"))
    category = models.ForeignKey(
        Category, models.PROTECT, related_name="products", verbose_name=_("category")
    )
    brand = models.ForeignKey(
        Brand, models.PROTECT, null=True, related_name="products", verbose_name=_("brand")
    )
    spu = models.ForeignKey(
        Spu, models.PROTECT, null=True, related_name="products", verbose_name=_("standard product")
    )
    title = models.CharField(_("title"), max_length=120)
    brief = models.CharField(_("brief"), max_length=200, blank=True)
    description = models.TextField(_("description"), blank=True)
    unit = models.CharField(_("unit"), max_length=10, blank=True)
    #: ``[{"name": "材质", "value": "纯棉"}]``
    attributes = models.JSONField(_("attributes"), default=list)
    #: The first one stands for the product wherever it is shown.
    image_urls = models.JSONField(_("pictures"), default=list)
    #: Shown below each other under the description.
    detail_image_urls = models.JSONField(
        _("detail pictures"), default=list, db_default=Value([], models.JSONField())
    )
    #: How soon it is sent; empty is what the shop promises.
    shipping_time = models.CharField(
        _("shipping time"),
        max_length=12,
        choices=ShippingTime,
        blank=True,
        default="",
        db_default="",
    )
    #: What proves the list prices of its SKUs (CA-18).
    price_evidence = models.CharField(
        _("evidence of the list price"),
        max_length=16,
        choices=PriceEvidence,
        blank=True,
        default="",
        db_default="",
    )
    price_evidence_url = models.CharField(
        _("picture of the evidence"), max_length=300, blank=True, default="", db_default=""
    )
    #: Up to three names; each SKU has one value a name, in this order (CA-09).
    option_names = models.JSONField(_("options"), default=list)
    #: The merchant's own key, for imports.
    merchant_code = models.CharField(_("merchant code"), max_length=64, blank=True)

    shelf_status = models.CharField(
        _("shelf"), max_length=12, choices=ShelfStatus, default=ShelfStatus.OFF
    )
    review_status = models.CharField(
        _("review"), max_length=20, choices=ReviewStatus, default=ReviewStatus.NOT_SUBMITTED
    )
    draft_status = models.CharField(
        _("draft"), max_length=12, choices=DraftStatus, default=DraftStatus.UNSUBMITTED
    )
    display_state = models.GeneratedField(
        verbose_name=_("state"),
        expression=Case(
            When(shelf_status="deleted", then=Value("deleted")),
            When(review_status="banned", then=Value("banned")),
            When(
                Q(shelf_status="on", review_status="approved", draft_status="none"),
                then=Value("on_sale"),
            ),
            When(Q(shelf_status="on", review_status="approved"), then=Value("on_sale_editing")),
            When(review_status="pending", then=Value("in_review")),
            When(review_status="rejected", then=Value("rejected")),
            When(review_status__in=["approved", "awaiting_listing"], then=Value("in_warehouse")),
            default=Value("draft"),
        ),
        output_field=models.CharField(max_length=20, choices=DisplayState),
        db_persist=True,
    )
    #: How well it presents itself, 0 to 100 (CA-20).
    quality_score = models.GeneratedField(
        verbose_name=_("quality"),
        expression=quality.score(),
        output_field=models.IntegerField(),
        db_persist=True,
    )
    #: Lowest and highest current price of the active SKUs; written by the price service alone.
    min_price = AmountField(_("lowest price"), null=True)
    max_price = AmountField(_("highest price"), null=True)
    currency = CurrencyField(_("currency"))
    #: CA-17: pieces of all its SKUs together; no number means no limit.
    min_per_order = models.PositiveIntegerField(_("least an order"), default=1, db_default=1)
    max_per_order = models.PositiveIntegerField(_("most an order"), null=True)
    max_per_buyer = models.PositiveIntegerField(_("most a buyer, ever"), null=True)
    #: CA-11: whether an order holds its pieces, or the first payment takes them.
    deduct_mode = models.CharField(
        _("stock is deducted"),
        max_length=8,
        choices=DeductMode,
        default=DeductMode.ORDER,
        db_default=DeductMode.ORDER,
    )
    sales_count = models.PositiveIntegerField(_("pieces sold"), default=0)
    #: Words of title, brand, category and attributes, cut for search; see catalog.services.search.
    search_words = models.TextField(_("search words"), blank=True)
    search_vector = models.GeneratedField(
        expression=SearchVector("search_words", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    #: Grows with each change of content; a decision made on an older one is refused.
    version = models.PositiveIntegerField(_("version"), default=1)
    listed_at = models.DateTimeField(_("listed at"), null=True)
    #: Since when it is in the recycle bin (CA-23).
    deleted_at = models.DateTimeField(_("deleted at"), null=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    SHELF_STATUS_TRANSITIONS = {
        ShelfStatus.OFF: {ShelfStatus.ON, ShelfStatus.DELETED},
        ShelfStatus.ON: {ShelfStatus.OFF, ShelfStatus.DELETED},
        ShelfStatus.DELETED: {ShelfStatus.OFF},
    }
    REVIEW_STATUS_TRANSITIONS = {
        ReviewStatus.NOT_SUBMITTED: {ReviewStatus.PENDING},
        ReviewStatus.PENDING: {
            ReviewStatus.APPROVED,
            ReviewStatus.REJECTED,
            ReviewStatus.AWAITING_LISTING,
            ReviewStatus.NOT_SUBMITTED,
        },
        ReviewStatus.REJECTED: {ReviewStatus.PENDING},
        ReviewStatus.APPROVED: {ReviewStatus.BANNED},
        ReviewStatus.BANNED: {ReviewStatus.PENDING},
        ReviewStatus.AWAITING_LISTING: {ReviewStatus.APPROVED},
    }
    DRAFT_STATUS_TRANSITIONS = {
        DraftStatus.NONE: {DraftStatus.UNSUBMITTED},
        DraftStatus.UNSUBMITTED: {DraftStatus.PENDING, DraftStatus.NONE},
        DraftStatus.PENDING: {DraftStatus.NONE, DraftStatus.UNSUBMITTED},
    }

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = (
            one_of("shelf_status", ShelfStatus, "product_shelf_valid"),
            one_of("review_status", ReviewStatus, "product_review_valid"),
            one_of("draft_status", DraftStatus, "product_draft_valid"),
            one_of("deduct_mode", DeductMode, "product_deduct_mode_valid"),
            models.CheckConstraint(
                condition=Q(shelf_status="deleted", deleted_at__isnull=False)
                | ~Q(shelf_status="deleted") & Q(deleted_at__isnull=True),
                name="product_deleted_since",
            ),
            models.CheckConstraint(
                condition=Q(shipping_time__in=["", *ShippingTime.values]),
                name="product_shipping_valid",
            ),
            models.CheckConstraint(
                condition=Q(price_evidence="", price_evidence_url="")
                | Q(price_evidence__in=PriceEvidence.values) & ~Q(price_evidence_url=""),
                name="product_evidence_whole",
            ),
            models.CheckConstraint(
                condition=~Q(shelf_status="on") | Q(review_status="approved"),
                name="product_listed_is_approved",
            ),
            models.UniqueConstraint(
                fields=["shop", "merchant_code"],
                condition=~Q(merchant_code=""),
                name="product_merchant_code",
            ),
            models.UniqueConstraint(fields=["shop", "id"], name="product_shop_id"),
            models.CheckConstraint(
                condition=Q(min_per_order__gte=1)
                & (Q(max_per_order=None) | Q(max_per_order__gte=F("min_per_order")))
                & (Q(max_per_buyer=None) | Q(max_per_buyer__gte=F("min_per_order"))),
                name="product_limits_can_be_met",
            ),
            Wall(by="shop", name="product_wall"),
        )
        indexes = (
            GinIndex(fields=["search_vector"], name="product_search"),
            models.Index(fields=["shop", "display_state", "id"], name="product_shop_state"),
            models.Index(fields=["shop", "quality_score", "id"], name="product_shop_quality"),
            models.Index(fields=["min_price", "id"], name="product_price", condition=ON_SALE),
            models.Index(fields=["sales_count", "id"], name="product_sales", condition=ON_SALE),
            models.Index(fields=["listed_at", "id"], name="product_new", condition=ON_SALE),
            models.Index(
                fields=["shop", "sales_count", "id"], name="product_shop_sales", condition=ON_SALE
            ),
        )

    def __str__(self) -> str:
        return self.title


class ProductDraft(models.Model):
    """The pending change of a product that sells (商品草稿, CA-04): one at a time."""

    product = models.OneToOneField(
        Product,
        models.CASCADE,
        db_constraint=False,
        related_name="draft",
        verbose_name=_("product"),
    )
    shop = models.ForeignKey(
        Shop, models.CASCADE, db_constraint=False, related_name="+", verbose_name=_("shop")
    )
    #: The changed fields only: ``{"title": "…", "brief": "…"}``.
    changes = models.JSONField(_("changes"), default=dict)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("product draft")
        verbose_name_plural = _("product drafts")
        constraints = (
            CompositeKey(relation="product", shared=["shop"], name="productdraft_of_product"),
            Wall(by="shop", name="productdraft_wall"),
        )

    def __str__(self) -> str:
        return f"{self.product}"


class ProductReview(models.Model):
    """One submission to review and its verdict (商品审核, CA-05). Kept for ever."""

    public_id = PublicIdField(_("review id"), prefix="rev")
    product = models.ForeignKey(
        Product,
        models.CASCADE,
        db_constraint=False,
        related_name="reviews",
        verbose_name=_("product"),
    )
    shop = models.ForeignKey(
        Shop, models.CASCADE, db_constraint=False, related_name="+", verbose_name=_("shop")
    )
    product_version = models.PositiveIntegerField(_("version"))
    #: The whole content as submitted, or the changes of a draft.
    content = models.JSONField(_("content"))
    #: The same fields as they were: on sale, or in the submission before. Empty for the first.
    before = models.JSONField(
        _("content before"), default=dict, db_default=Value({}, models.JSONField())
    )
    is_draft = models.BooleanField(_("change of a listed product"), default=False)
    list_when_approved = models.BooleanField(_("list when approved"), default=True)
    #: The rules of the category that the content obeyed; 0 are the defaults.
    rules_version = models.PositiveIntegerField(_("version of the rules"), default=0, db_default=0)
    verdict = models.CharField(
        _("verdict"), max_length=12, choices=Verdict, default=Verdict.PENDING
    )
    #: ``[{"field": "title", "code": "banned_word", "message": "…"}]``
    reasons = models.JSONField(_("reasons"), default=list)
    submitted_at = models.DateTimeField(_("submitted at"))
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_by_label = models.CharField(_("decided by"), max_length=120, blank=True)
    #: 0 to 100, as `services.screening.judging` weighs it; the highest is looked at first.
    risk = models.PositiveSmallIntegerField(_("risk"), default=0, db_default=0)

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("product review")
        verbose_name_plural = _("product reviews")
        constraints = (
            one_of("verdict", Verdict, "productreview_verdict_valid"),
            models.UniqueConstraint(
                fields=["product"], condition=Q(verdict="pending"), name="productreview_one_open"
            ),
            models.UniqueConstraint(fields=["shop", "id"], name="productreview_shop_id"),
            CompositeKey(relation="product", shared=["shop"], name="productreview_of_product"),
            Wall(by="shop", name="productreview_wall"),
        )
        indexes = (
            models.Index(
                F("risk").desc(),
                "submitted_at",
                "id",
                name="productreview_queue",
                condition=Q(verdict="pending"),
            ),
        )

    VERDICT_TRANSITIONS = {
        Verdict.PENDING: {
            Verdict.APPROVED,
            Verdict.REJECTED,
            Verdict.CHANGES_REQUESTED,
            Verdict.WITHDRAWN,
        },
    }

    def __str__(self) -> str:
        return f"{self.product}: {self.get_verdict_display()}"
