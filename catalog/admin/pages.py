"""Pages of the catalog as several consoles draw them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from catalog.admin import wording
from catalog.admin.sale_modes import told
from catalog.enums import DisplayState, ShelfStatus, Verdict
from catalog.models import Brand, Category, Product, ProductReview, Spu
from catalog.models.quality import PASS_SCORE
from catalog.policies import restore_until
from catalog.selectors import category_path, open_modes, skus_of, with_available
from catalog.selectors.diffs import (
    FieldChange,
    changes_between,
    changes_of,
    variants_since_last_approval,
)
from catalog.services import content as contents
from catalog.services.content import Content
from catalog.services.quality import diagnose
from catalog.services.screening import judging
from catalog.services.search import at_desk
from kernel.admin.base import ConsoleModelAdmin
from kernel.admin.pictures import pictured

RECENT_REVIEWS = 10
#: Fields of a content that are public ids.
NAMED = ("category", "brand", "spu")
#: From here on a submission is red in the queue.
HIGH_RISK = 40
RISK_TONES = {"high": "danger", "some": "warning", "none": "default"}


class StateFilter(admin.SimpleListFilter):
    """By the computed state (CA-03), in its words."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(DisplayState.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        """Return the rows of the state; without one, all that are not in the recycle bin."""
        if self.value() in DisplayState.values:
            return queryset.filter(display_state=self.value())
        return queryset.exclude(shelf_status=ShelfStatus.DELETED)


class QualityFilter(admin.SimpleListFilter):
    """By whether the presentation passes (CA-20)."""

    title = _("quality")
    parameter_name = "quality"

    @classmethod
    def is_on(cls, request: HttpRequest) -> bool:
        """Tell whether the reader looks at quality."""
        return cls.parameter_name in request.GET

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("poor", _("to be improved")), ("passed", _("passed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        """Return the rows below, or from, the score that passes."""
        if self.value() == "poor":
            return queryset.filter(quality_score__lt=PASS_SCORE)
        if self.value() == "passed":
            return queryset.filter(quality_score__gte=PASS_SCORE)
        return queryset


def is_bin(request: HttpRequest) -> bool:
    """Tell whether the list that is asked for is the recycle bin (CA-23)."""
    return request.GET.get(StateFilter.parameter_name) == DisplayState.DELETED


class ProductConsole(ConsoleModelAdmin):
    """Products with state, price and stock; one product with all about it on one page."""

    permission = "catalog.view"
    change_form_template = "catalog/product.html"
    list_display: Any = ("goods", "state_badge", "price", "pieces", "sales_count", "created_at")
    list_filter: Any = (StateFilter,)
    search_exactly = ("public_id", "merchant_code")
    search_help_text = _("Words of the title, merchant code or id")

    def by_words(self, queryset: QuerySet[Product], text: str) -> QuerySet[Product]:
        """Find products by their words, each of them or how it begins."""
        return at_desk(queryset, text)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        rows = super().get_queryset(request).defer("search_words", "search_vector")
        return with_available(
            rows.select_related("category", "brand", "spu", "draft", "shop", "channel")
        )

    @display(description=_("title"), ordering="title")
    def goods(self, product: Product) -> str:
        """The picture, the title, the merchant's code."""
        return pictured(next(iter(product.image_urls), ""), product.title, product.merchant_code)

    @display(description=_("state"), ordering="display_state", label=wording.STATE_TONES)
    def state_badge(self, product: Product) -> tuple[str, str]:
        """The computed state, coloured."""
        return product.display_state, str(DisplayState(product.display_state).label)

    @display(description=_("price"), ordering="min_price")
    def price(self, product: Product) -> str:
        """The price band."""
        return wording.price_band(product)

    @display(description=_("deleted at"), ordering="deleted_at")
    def binned_at(self, product: Product) -> datetime | None:
        """Since when it is in the recycle bin."""
        return product.deleted_at

    @display(description=_("can be restored until"))
    def restorable_until(self, product: Product) -> datetime | None:
        """The last moment to take it out of the bin."""
        return restore_until(product)

    @display(description=_("available"))
    def pieces(self, product: Any) -> int:
        """What can be sold of it."""
        return product.available

    def page_context(self, request: HttpRequest, target: Product) -> dict[str, Any]:
        draft = getattr(target, "draft", None)
        page_of_sku = self.admin_site.get_page(_sku_model())
        skus = [
            {
                "view": view,
                "price": wording.shown_price(view.price, view.currency),
                "list_price": wording.shown_price(view.list_price, view.currency),
                "options": " / ".join(view.options) or view.merchant_code,
                "tone": wording.STOCK_TONES[view.availability],
                "url": page_of_sku.object_url(view) if page_of_sku else "",
            }
            for view in skus_of([target.pk])[target.pk]
        ]
        reviews = list(
            ProductReview.objects.visible_to(self.actor(request))
            .filter(product=target)
            .prefetch_related("hits__rule")
            .order_by("-pk")[:RECENT_REVIEWS]
        )
        path = category_path(target.category)
        return {
            "product": target,
            "state": DisplayState(target.display_state).label,
            "restore_until": restore_until(target),
            "state_tone": wording.STATE_TONES[target.display_state],
            "band": wording.price_band(target),
            "sale_modes": [told(one) for one in open_modes([target.pk])],
            "category_path": " / ".join(node.name for node in path),
            "skus": skus,
            "quality": wording.quality(diagnose(target)),
            "changes": _waiting(target, draft.changes) if draft else [],
            "reviews": [
                {
                    "row": review,
                    "tone": wording.VERDICT_TONES[review.verdict],
                    "reasons": _reasons(review),
                    "found": wording.findings(judging.found_in(review)),
                }
                for review in reviews
            ],
        }


class ReviewConsole(ConsoleModelAdmin):
    """Submissions and their verdicts."""

    permission = "catalog.operate"
    change_form_template = "catalog/review.html"
    list_display: Any = ("goods", "verdict_badge", "risk_badge", "shop", "is_draft", "submitted_at")
    list_filter: Any = ("verdict", "is_draft", ("submitted_at", admin.DateFieldListFilter))
    search_fields: Any = ("product__title", "public_id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProductReview]:
        rows = super().get_queryset(request)
        return rows.select_related("product__category", "product__brand", "shop")

    @display(description=_("product"), ordering="product__title")
    def goods(self, review: ProductReview) -> str:
        """The picture and the title."""
        return pictured(next(iter(review.product.image_urls), ""), review.product.title)

    @display(description=_("verdict"), ordering="verdict", label=wording.VERDICT_TONES)
    def verdict_badge(self, review: ProductReview) -> tuple[str, str]:
        """The verdict, coloured."""
        return review.verdict, review.get_verdict_display()

    def get_ordering(self, request: HttpRequest) -> Any:
        """Return the order of the queue, the riskiest first; of all reviews the latest first."""
        is_queue = request.GET.get("verdict__exact") == Verdict.PENDING
        return ("-risk", "submitted_at", "pk") if is_queue else ("-pk",)

    @display(description=_("risk"), ordering="risk", label=RISK_TONES)
    def risk_badge(self, review: ProductReview) -> tuple[str, str]:
        """How much there is against it, coloured."""
        level = "high" if review.risk >= HIGH_RISK else "some" if review.risk else "none"
        return level, str(review.risk)

    def page_context(self, request: HttpRequest, target: ProductReview) -> dict[str, Any]:
        return {
            "review": target,
            "product": target.product,
            "verdict_tone": wording.VERDICT_TONES[target.verdict],
            "state": DisplayState(target.product.display_state).label,
            "state_tone": wording.STATE_TONES[target.product.display_state],
            "changes": _changes(changes_of(target)) if target.before else [],
            "submitted": [] if target.is_draft else _rows(target.content),
            "variants": variants_since_last_approval(target),
            "reasons": _reasons(target),
            "found": wording.findings(judging.found_in(target)),
        }


def _reasons(review: ProductReview) -> list[dict[str, Any]]:
    """What a person said; what rules said is drawn in the reader's language, from the hits."""
    by_rule = {(one.field, one.rule.kind) for one in judging.found_in(review)}
    return [
        {**one, "title": wording.FIELDS.get(one["field"], one["field"])}
        for one in review.reasons
        if (one["field"], one["code"]) not in by_rule
    ]


def _waiting(product: Product, changes: dict[str, Any]) -> list[dict[str, Any]]:
    """What would change if all that waits were approved now."""
    live = contents.snapshot(Content.of(product))
    return _changes(changes_between(live, changes))


def _changes(changes: Sequence[FieldChange]) -> list[dict[str, Any]]:
    ids = {
        value for one in changes if one.field in NAMED for value in (one.before, one.after) if value
    }
    return wording.change_rows(changes, _names(ids))


def _rows(content: dict[str, Any]) -> list[tuple[Any, str]]:
    ids = [value for key, value in content.items() if key in NAMED and value]
    return wording.content_rows(content, _names(ids))


def _names(ids: Collection[str]) -> dict[str, str]:
    if not ids:
        return {}
    names = dict(Category.objects.filter(public_id__in=ids).values_list("public_id", "name"))
    for model in (Brand, Spu):
        rows = model.objects.filter(public_id__in=ids)
        names |= dict(rows.values_list("public_id", "name"))
    return names


def _sku_model() -> Any:
    return Product._meta.get_field("skus").related_model
