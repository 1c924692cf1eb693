"""What the platform decides: reviews, bans, and the words of the catalog."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from catalog.api.inputs import (
    BrandIn,
    CategoryAttributeIn,
    CategoryIn,
    CategoryRulesIn,
    ProductApprovalIn,
    ProductBanIn,
    ProductRejectionIn,
    ProductReviewQuery,
)
from catalog.api.outputs import (
    BrandOut,
    CategoryAttributeOut,
    CategoryOut,
    CategoryRulesOut,
    ShopProductPageOut,
)
from catalog.api.review_outputs import ProductReviewOut, QueuedReviewOut
from catalog.models import Category, Product, ProductReview
from catalog.policies import AttributeRule
from catalog.selectors import category_rules, shop_product_page
from catalog.selectors.statuses import with_status
from catalog.services import reviews, rules, taxonomy
from catalog.services.reviews import Reason
from kernel.actors import Actor, Role
from kernel.api.operations import listing, operation
from kernel.api.views import View


class OperatorView(View):
    """A door for the platform's operators."""

    audience = Role.OPERATOR
    permission = "catalog.operate"


def _review(actor: Actor, review_id: str) -> ProductReview:
    rows = ProductReview.objects.select_related("product", "shop")
    return rows.get_visible(actor, public_id=review_id)


def _attribute(data: dict[str, Any]) -> AttributeRule:
    return AttributeRule(**{**data, "choices": tuple(data.get("choices", ()))})


def _attributes(rows: list[dict[str, Any]]) -> tuple[AttributeRule, ...]:
    return tuple(_attribute(row) for row in rows)


def _product(actor: Actor, product_id: str) -> Product:
    rows = with_status(Product.objects.select_related("category", "brand", "spu", "draft"))
    return rows.get_visible(actor, public_id=product_id)


class ReviewQueue(OperatorView):
    @listing(
        gives=QueuedReviewOut, ordering=("-risk", "submitted_at", "id"), filters=ProductReviewQuery
    )
    def get(self, request: Any, query: dict[str, Any]) -> Any:
        """Product reviews, the riskiest first, then the longest waiting."""
        rows = ProductReview.objects.visible_to(request.actor).select_related("product", "shop")
        rows = rows.prefetch_related("hits__rule")
        if "verdict" in query:
            rows = rows.filter(verdict=query["verdict"])
        return rows.filter(shop__public_id=query["shop_id"]) if "shop_id" in query else rows


class ReviewView(OperatorView):
    @operation(gives=QueuedReviewOut)
    def get(self, request: Any, review_id: str) -> Any:
        """A product review."""
        return _review(request.actor, review_id)


class ReviewApproval(OperatorView):
    @operation(takes=ProductApprovalIn, gives=ProductReviewOut)
    def post(self, request: Any, data: dict[str, Any], review_id: str) -> Any:
        """Approve the submitted version."""
        review = _review(request.actor, review_id)
        reviews.approve(review=review, version=data["version"], actor=request.actor, at=request.at)
        return _review(request.actor, review_id)


class ReviewRejection(OperatorView):
    @operation(takes=ProductRejectionIn, gives=ProductReviewOut)
    def post(self, request: Any, data: dict[str, Any], review_id: str) -> Any:
        """Reject the submitted version, saying why field by field."""
        review = _review(request.actor, review_id)
        reviews.reject(
            review=review,
            reasons=[Reason(**one) for one in data["reasons"]],
            version=data["version"],
            actor=request.actor,
            at=request.at,
        )
        return _review(request.actor, review_id)


class ReviewChangeRequest(OperatorView):
    @operation(takes=ProductRejectionIn, gives=ProductReviewOut)
    def post(self, request: Any, data: dict[str, Any], review_id: str) -> Any:
        """Ask for changes of the submitted version, field by field; it is no rejection."""
        review = _review(request.actor, review_id)
        reviews.request_changes(
            review=review,
            reasons=[Reason(**one) for one in data["reasons"]],
            version=data["version"],
            actor=request.actor,
            at=request.at,
        )
        return _review(request.actor, review_id)


class ProductBan(OperatorView):
    @operation(takes=ProductBanIn, gives=ShopProductPageOut)
    def post(self, request: Any, data: dict[str, Any], product_id: str) -> Any:
        """Ban a product: off the shelf at once."""
        product = _product(request.actor, product_id)
        reviews.ban(product=product, reason=data["reason"], actor=request.actor, at=request.at)
        return shop_product_page(_product(request.actor, product_id))


class ProductReopening(OperatorView):
    @operation(gives=ProductReviewOut, status=201)
    def post(self, request: Any, product_id: str) -> Any:
        """Send a banned product back to review."""
        product = _product(request.actor, product_id)
        return reviews.reopen(product=product, actor=request.actor, at=request.at)


class OperatorCategories(OperatorView):
    @operation(takes=CategoryIn, gives=CategoryOut, status=201)
    def post(self, request: Any, data: dict[str, Any]) -> Any:
        """Add a category."""
        parent = None
        if data.get("parent_id"):
            parent = Category.objects.get_visible(request.actor, public_id=data["parent_id"])
        return taxonomy.create_category(
            name=data["name"],
            name_en=data.get("name_en", ""),
            parent=parent,
            actor=request.actor,
            at=request.at,
        )


class OperatorCategoryAttributes(OperatorView):
    @operation(takes=CategoryAttributeIn, gives=CategoryAttributeOut)
    def put(self, request: Any, data: dict[str, Any], category_id: str) -> Any:
        """Set what products of a leaf may or must say."""
        return rules.set_attribute(
            category=Category.objects.get_visible(request.actor, public_id=category_id),
            attribute=_attribute(data),
            actor=request.actor,
            at=request.at,
        )


class OperatorCategoryRules(OperatorView):
    @operation(takes=CategoryRulesIn, gives=CategoryRulesOut)
    def put(self, request: Any, data: dict[str, Any], category_id: str) -> Any:
        """Give a leaf the next version of its rules."""
        category = Category.objects.get_visible(request.actor, public_id=category_id)
        reason = data.pop("reason", "")
        for name, make in (("attributes", _attributes), ("shipping_times", tuple)):
            if name in data:
                data[name] = make(data[name])
        given = rules.set_rules(
            category=category,
            rules=replace(category_rules(category), **data),
            reason=reason,
            actor=request.actor,
            at=request.at,
        )
        return {"category": category, "rules": given}


class OperatorBrands(OperatorView):
    @operation(takes=BrandIn, gives=BrandOut, status=201)
    def post(self, request: Any, data: dict[str, Any]) -> Any:
        """Add a brand."""
        return taxonomy.create_brand(
            name=data["name"],
            description=data.get("description", ""),
            actor=request.actor,
            at=request.at,
        )
