"""Reviews, products, categories and brands in the operator console."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from catalog.admin.operator_forms import (
    AttributeForm,
    BrandForm,
    CategoryForm,
    ReasonForm,
    RejectForm,
    RulesForm,
    VersionForm,
)
from catalog.admin.pages import ProductConsole, ReviewConsole
from catalog.enums import AttributeKind, ReviewStatus, ShelfStatus, ShippingTime, Verdict
from catalog.models import Brand, Category, Product, ProductReview
from catalog.policies import AttributeRule
from catalog.selectors import category_rules
from catalog.services import reviews, rules, taxonomy
from catalog.services.reviews import Reason
from kernel.actors import Actor
from kernel.admin import home
from kernel.admin.base import Act, ConsoleModelAdmin
from kernel.admin.sites import operator_site

PERMISSION = "catalog.operate"
SHOWN_VERSIONS = 20


class ApproveReview(Act):
    """The submitted content may be sold."""

    name = "approve"
    label = _("Approve")
    permission = PERMISSION

    def applies(self, actor: Actor, target: ProductReview) -> bool:
        return target.verdict == Verdict.PENDING

    def form(self, actor: Actor, target: ProductReview, **kwargs: Any) -> forms.Form:
        return VersionForm(initial={"version": target.product_version}, **kwargs)

    def run(
        self, *, actor: Actor, target: ProductReview, data: dict[str, Any], at: datetime
    ) -> Any:
        reviews.approve(review=target, version=data["version"], actor=actor, at=at)
        return _("The product is approved.")


class RejectReview(Act):
    """The submitted content may not be sold, and why."""

    name = "reject"
    label = _("Reject")
    intro = _("Say what is wrong at each field. The merchant reads it.")
    permission = PERMISSION
    is_dangerous = True

    def applies(self, actor: Actor, target: ProductReview) -> bool:
        return target.verdict == Verdict.PENDING

    def form(self, actor: Actor, target: ProductReview, **kwargs: Any) -> forms.Form:
        return RejectForm(initial={"version": target.product_version}, **kwargs)

    def run(
        self, *, actor: Actor, target: ProductReview, data: dict[str, Any], at: datetime
    ) -> Any:
        reviews.reject(
            review=target,
            reasons=[Reason(name, "content", text) for name, text in data["reasons"].items()],
            version=data["version"],
            actor=actor,
            at=at,
        )
        return _("The product is rejected.")


class RequestChanges(RejectReview):
    """Something has to be said better, and what; no verdict against the product."""

    name = "request-changes"
    label = _("Request changes")
    intro = _("It goes back to the merchant as a draft, with what to change at each field.")
    is_dangerous = False

    def run(
        self, *, actor: Actor, target: ProductReview, data: dict[str, Any], at: datetime
    ) -> Any:
        reviews.request_changes(
            review=target,
            reasons=[Reason(name, "content", text) for name, text in data["reasons"].items()],
            version=data["version"],
            actor=actor,
            at=at,
        )
        return _("The merchant is asked for changes.")


@admin.register(ProductReview, site=operator_site)
class OperatorReviewConsole(ReviewConsole):
    """The review queue."""

    acts = (ApproveReview, RequestChanges, RejectReview)


class BanProduct(Act):
    """Off the shelf at once."""

    name = "ban"
    label = _("Ban")
    intro = _("It leaves the shelf at once. The merchant reads the reason.")
    permission = PERMISSION
    form_class = ReasonForm
    is_dangerous = True

    def applies(self, actor: Actor, target: Product) -> bool:
        is_approved = target.review_status == ReviewStatus.APPROVED
        return is_approved and target.shelf_status != ShelfStatus.DELETED

    def run(self, *, actor: Actor, target: Product, data: dict[str, Any], at: datetime) -> Any:
        reviews.ban(product=target, reason=data["reason"], actor=actor, at=at)
        return _("The product is banned.")


class ReopenProduct(Act):
    """Back to review."""

    name = "reopen"
    label = _("Reopen the review")
    intro = _("The product waits for a verdict again.")
    permission = PERMISSION

    def applies(self, actor: Actor, target: Product) -> bool:
        is_banned = target.review_status == ReviewStatus.BANNED
        return is_banned and target.shelf_status != ShelfStatus.DELETED

    def run(self, *, actor: Actor, target: Product, data: dict[str, Any], at: datetime) -> Any:
        reviews.reopen(product=target, actor=actor, at=at)
        return _("The product waits for review.")


@admin.register(Product, site=operator_site)
class OperatorProductConsole(ProductConsole):
    """All products."""

    permission = PERMISSION
    acts = (BanProduct, ReopenProduct)
    list_display = ("goods", "shop", "state_badge", "price", "pieces", "created_at")


class AddCategory(Act):
    """A new branch of the tree, or a leaf below one."""

    name = "add"
    label = _("New category")
    permission = PERMISSION
    form_class = CategoryForm
    on_object = False

    def run(self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime) -> Any:
        taxonomy.create_category(parent=None, actor=actor, at=at, **data)
        return _("The category is added.")


class AddChild(AddCategory):
    """A leaf below this one."""

    name = "add-below"
    label = _("New category below")
    on_object = True

    def applies(self, actor: Actor, target: Category) -> bool:
        return target.level < taxonomy.MAX_LEVEL

    def run(self, *, actor: Actor, target: Category, data: dict[str, Any], at: datetime) -> Any:
        taxonomy.create_category(parent=target, actor=actor, at=at, **data)
        return _("The category is added.")


class SetAttribute(Act):
    """What products of a leaf may or must say."""

    name = "set-attribute"
    label = _("Set an attribute")
    intro = _("It is part of the rules: they get a new version.")
    permission = PERMISSION
    form_class = AttributeForm

    def applies(self, actor: Actor, target: Category) -> bool:
        return target.is_leaf

    def run(self, *, actor: Actor, target: Category, data: dict[str, Any], at: datetime) -> Any:
        rules.set_attribute(category=target, attribute=AttributeRule(**data), actor=actor, at=at)
        return _("The attribute is set.")


class SetRules(Act):
    """The next version of a leaf's rules."""

    name = "set-rules"
    label = _("Set the rules")
    intro = _(
        "They hold for every product that is written from now on, in the console, by API and by "
        "import. Products that stand are asked at their next change."
    )
    permission = PERMISSION

    def applies(self, actor: Actor, target: Category) -> bool:
        return target.is_leaf

    def form(self, actor: Actor, target: Category, **kwargs: Any) -> forms.Form:
        return RulesForm(initial=asdict(category_rules(target)), **kwargs)

    def run(self, *, actor: Actor, target: Category, data: dict[str, Any], at: datetime) -> Any:
        reason = data.pop("reason")
        changed = {**data, "shipping_times": tuple(data["shipping_times"])}
        given = rules.set_rules(
            category=target,
            rules=replace(category_rules(target), **changed),
            reason=reason,
            actor=actor,
            at=at,
        )
        return gettext("Version %(version)s of the rules holds from now on.") % {
            "version": given.version
        }


@admin.register(Category, site=operator_site)
class CategoryConsole(ConsoleModelAdmin):
    """The category tree, each node after its parent."""

    permission = PERMISSION
    acts = (AddCategory, AddChild, SetRules, SetAttribute)
    list_display = ("indented", "name_en", "level", "is_leaf", "parent")
    list_filter = ("level", "is_leaf")
    search_fields = ("name", "name_en")
    ordering = ("path",)
    extra_template = "catalog/rules.html"
    fields = (("name", "name_en"), ("parent", "level"), "is_leaf")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        return super().get_queryset(request).select_related("parent")

    @display(description=_("name"), ordering="path")
    def indented(self, category: Category) -> str:
        """The name, moved in by its level."""
        return "\u3000" * (category.level - 1) + category.name

    def page_context(self, request: HttpRequest, target: Category) -> dict[str, Any]:
        if not target.is_leaf:
            return {"rules": None}
        rules = category_rules(target)
        return {
            "rules": rules,
            "attributes": [(one, AttributeKind(one.kind).label) for one in rules.attributes],
            "shipping_times": [ShippingTime(one).label for one in rules.shipping_times],
            "versions": list(target.rule_sets.order_by("-version")[:SHOWN_VERSIONS]),
        }


class AddBrand(Act):
    """A new brand."""

    name = "add"
    label = _("New brand")
    permission = PERMISSION
    form_class = BrandForm
    on_object = False

    def run(self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime) -> Any:
        taxonomy.create_brand(actor=actor, at=at, **data)
        return _("The brand is added.")


@admin.register(Brand, site=operator_site)
class BrandConsole(ConsoleModelAdmin):
    """Brands."""

    permission = PERMISSION
    acts = (AddBrand,)
    list_display = ("name", "description")
    search_fields = ("name",)
    ordering = ("name",)


def waiting_reviews(actor: Actor, at: datetime) -> Sequence[home.Card]:
    """Count the products that wait for a verdict."""
    if not actor.may(PERMISSION):
        return ()
    count = ProductReview.objects.visible_to(actor).filter(verdict=Verdict.PENDING).count()
    url = reverse("operator:catalog_productreview_changelist")
    card = home.Card(
        _("Products in review"), count, f"{url}?verdict__exact=pending", "warning", order=30
    )
    return (card,)


home.register("operator", waiting_reviews)
