"""Rights to brands and licences for categories: handed in by shops, decided by the platform."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalog.api.operator import OperatorView
from catalog.enums import OpeningState, PaperStatus
from catalog.models import Brand, BrandGrant, Category, QualificationRule, ShopQualification
from catalog.selectors import openings
from catalog.services import papers, qualification_rules
from kernel.actors import Actor, Role
from kernel.api.operations import listing, operation
from kernel.api.serializers import In, Out, Text
from kernel.api.views import View
from shops.enums import GrantKind
from shops.models import ShopDocument

_SEEN = ("shop", "brand", "category", "document")


class _PaperIn(In):
    """A document and its time; without an end it holds until it is taken back."""

    document_id = Text(max_length=40)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class BrandGrantIn(_PaperIn):
    """A right to a brand; `category_id` names a top category, without it the right is for all."""

    brand_id = Text(max_length=40)
    kind = serializers.ChoiceField(choices=GrantKind.choices)
    category_id = Text(max_length=40, required=False)


class ShopQualificationIn(_PaperIn):
    """A licence that a category asks for."""

    code = Text(max_length=40)
    licence_number = Text(max_length=80)


class _PaperOut(Out):
    """What was handed in, and what became of it."""

    id = serializers.CharField(source="public_id")
    shop_id = serializers.CharField(source="shop.public_id")
    document_id = serializers.CharField(source="document.public_id")
    status = serializers.ChoiceField(choices=PaperStatus.choices)
    note = serializers.CharField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)


class BrandGrantOut(_PaperOut):
    """The right of a shop to a brand (SH-02)."""

    brand_id = serializers.CharField(source="brand.public_id")
    brand = serializers.CharField(source="brand.name")
    kind = serializers.ChoiceField(choices=GrantKind.choices)
    category_id = serializers.CharField(source="category.public_id", default=None, allow_null=True)


class ShopQualificationOut(_PaperOut):
    """A licence of a shop (SH-05)."""

    code = serializers.CharField()
    licence_number = serializers.CharField(source="number")


class QualificationRuleIn(In):
    """A licence that the category asks for; with `attribute` of products with one of `values`."""

    code = Text(max_length=40)
    name = Text(max_length=120)
    attribute = Text(max_length=60, required=False, allow_blank=True, default="")
    values = serializers.ListField(child=Text(max_length=60), required=False, max_length=50)


class QualificationRuleOut(Out):
    """What a category asks for before it is open (SH-05)."""

    id = serializers.CharField(source="public_id")
    category_id = serializers.CharField(source="category.public_id")
    code = serializers.CharField()
    name = serializers.CharField()
    attribute = serializers.CharField()
    values = serializers.ListField(child=serializers.CharField())
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(allow_null=True)


class LicenceStateOut(Out):
    """A licence that a category asks for, and how the shop stands to it."""

    code = serializers.CharField(source="rule.code")
    name = serializers.CharField(source="rule.name")
    attribute = serializers.CharField(source="rule.attribute")
    values = serializers.ListField(child=serializers.CharField(), source="rule.values")
    state = serializers.ChoiceField(choices=OpeningState.choices)


class OpeningOut(Out):
    """A category that asks for licences; every other category is open."""

    category_id = serializers.CharField(source="category.public_id")
    name = serializers.CharField(source="category.name")
    is_open = serializers.BooleanField()
    licences = LicenceStateOut(many=True)


class PaperQuery(In):
    """Which papers."""

    status = serializers.ChoiceField(choices=PaperStatus.choices, required=False)


class PaperReasonIn(In):
    """Why; the shop reads it."""

    reason = Text()


class _ShopPapers(View):
    audience = Role.MERCHANT
    permission = "shops.edit"
    permissions = {"GET": "shops.view"}


class ShopBrandGrants(_ShopPapers):
    @listing(gives=BrandGrantOut, filters=PaperQuery)
    def get(self, request: Any, shop_id: str, query: dict[str, Any]) -> Any:
        """The shop's rights to brands, the newest first (SH-02)."""
        return _papers(BrandGrant, request.actor, query)

    @operation(takes=BrandGrantIn, gives=BrandGrantOut, status=201)
    def post(self, request: Any, shop_id: str, data: dict[str, Any]) -> Any:
        """Claim a right to a brand with a document; the platform decides (SH-02)."""
        brand = Brand.objects.get_visible(request.actor, public_id=data.pop("brand_id"))
        category = None
        if data.get("category_id"):
            named = data["category_id"]
            category = Category.objects.get_visible(request.actor, public_id=named)
        data.pop("category_id", None)
        return papers.ask_grant(
            shop_id=request.actor.shop_id,
            brand=brand,
            category=category,
            document=_document(request.actor, data.pop("document_id")),
            at=request.at,
            actor=request.actor,
            **data,
        )


class ShopQualifications(_ShopPapers):
    @listing(gives=ShopQualificationOut, filters=PaperQuery)
    def get(self, request: Any, shop_id: str, query: dict[str, Any]) -> Any:
        """The shop's licences, the newest first (SH-05)."""
        return _papers(ShopQualification, request.actor, query)

    @operation(takes=ShopQualificationIn, gives=ShopQualificationOut, status=201)
    def post(self, request: Any, shop_id: str, data: dict[str, Any]) -> Any:
        """Hand in a licence; accepted, it serves every category that asks for it (SH-05)."""
        return papers.hand_in_qualification(
            shop_id=request.actor.shop_id,
            number=data.pop("licence_number"),
            document=_document(request.actor, data.pop("document_id")),
            at=request.at,
            actor=request.actor,
            **data,
        )


class ShopOpenings(_ShopPapers):
    @operation(gives=OpeningOut, many=True)
    def get(self, request: Any, shop_id: str) -> Any:
        """Categories that ask for licences, and which of them are open to the shop (SH-05)."""
        return openings.openings(request.actor.shop_id, at=request.at)


class OperatorBrandGrants(OperatorView):
    @listing(gives=BrandGrantOut, filters=PaperQuery)
    def get(self, request: Any, query: dict[str, Any]) -> Any:
        """Rights to brands of all shops; ``?status=pending`` waits for you."""
        return _papers(BrandGrant, request.actor, query)


class OperatorQualifications(OperatorView):
    @listing(gives=ShopQualificationOut, filters=PaperQuery)
    def get(self, request: Any, query: dict[str, Any]) -> Any:
        """Licences of all shops; ``?status=pending`` waits for you."""
        return _papers(ShopQualification, request.actor, query)


class BrandGrantApproval(OperatorView):
    @operation(gives=BrandGrantOut)
    def post(self, request: Any, brand_grant_id: str) -> Any:
        """Accept a right to a brand: it counts within its time."""
        paper = _paper(BrandGrant, request.actor, brand_grant_id)
        return papers.approve(paper=paper, at=request.at, actor=request.actor)


class BrandGrantRejection(OperatorView):
    @operation(takes=PaperReasonIn, gives=BrandGrantOut)
    def post(self, request: Any, brand_grant_id: str, data: dict[str, Any]) -> Any:
        """Refuse a right to a brand, saying why."""
        paper = _paper(BrandGrant, request.actor, brand_grant_id)
        return papers.reject(paper=paper, at=request.at, actor=request.actor, **data)


class BrandGrantRevocation(OperatorView):
    @operation(takes=PaperReasonIn, gives=BrandGrantOut)
    def post(self, request: Any, brand_grant_id: str, data: dict[str, Any]) -> Any:
        """Take an accepted right back at once, saying why."""
        paper = _paper(BrandGrant, request.actor, brand_grant_id)
        return papers.revoke(paper=paper, at=request.at, actor=request.actor, **data)


class QualificationApproval(OperatorView):
    @operation(gives=ShopQualificationOut)
    def post(self, request: Any, qualification_id: str) -> Any:
        """Accept a licence: the categories that lacked only it are open."""
        paper = _paper(ShopQualification, request.actor, qualification_id)
        return papers.approve(paper=paper, at=request.at, actor=request.actor)


class QualificationRejection(OperatorView):
    @operation(takes=PaperReasonIn, gives=ShopQualificationOut)
    def post(self, request: Any, qualification_id: str, data: dict[str, Any]) -> Any:
        """Refuse a licence, saying why."""
        paper = _paper(ShopQualification, request.actor, qualification_id)
        return papers.reject(paper=paper, at=request.at, actor=request.actor, **data)


class QualificationRevocation(OperatorView):
    @operation(takes=PaperReasonIn, gives=ShopQualificationOut)
    def post(self, request: Any, qualification_id: str, data: dict[str, Any]) -> Any:
        """Take an accepted licence back at once, saying why."""
        paper = _paper(ShopQualification, request.actor, qualification_id)
        return papers.revoke(paper=paper, at=request.at, actor=request.actor, **data)


class CategoryQualificationRules(OperatorView):
    @operation(takes=QualificationRuleIn, gives=QualificationRuleOut, status=201)
    def post(self, request: Any, category_id: str, data: dict[str, Any]) -> Any:
        """Let a category and all below it ask for a licence from now on (SH-05)."""
        category = Category.objects.get_visible(request.actor, public_id=category_id)
        return qualification_rules.set_rule(
            category=category, at=request.at, actor=request.actor, **data
        )


class OperatorQualificationRules(OperatorView):
    @listing(gives=QualificationRuleOut)
    def get(self, request: Any) -> Any:
        """What categories ask for, every version, the newest first."""
        return QualificationRule.objects.visible_to(request.actor).select_related("category")


class QualificationRuleEnd(OperatorView):
    @operation(gives=QualificationRuleOut)
    def post(self, request: Any, qualification_rule_id: str) -> Any:
        """Ask for a licence no longer."""
        rows = QualificationRule.objects.select_related("category")
        rule = rows.get_visible(request.actor, public_id=qualification_rule_id)
        return qualification_rules.end_rule(rule=rule, at=request.at, actor=request.actor)


def _papers(model: Any, actor: Actor, query: dict[str, Any]) -> Any:
    return _related(model).visible_to(actor).filter(**query)


def _paper(model: Any, actor: Actor, public_id: str) -> Any:
    return _related(model).get_visible(actor, public_id=public_id)


def _related(model: Any) -> Any:
    names = [name for name in _SEEN if hasattr(model, name)]
    return model.objects.select_related(*names).defer("document__content_sealed")


def _document(actor: Actor, public_id: str) -> ShopDocument:
    return ShopDocument.objects.get_visible(actor, public_id=public_id)
