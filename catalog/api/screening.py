"""Interception rules and passes, as operators keep them (CA-06, CA-07)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalog.api.operator import OperatorView
from catalog.enums import ScreeningEffect, ScreeningKind
from catalog.models import Category, ReviewPass, ScreeningRule
from catalog.services.screening import passes, rules
from catalog.services.screening.rules import MAX_WORDS, RuleSpec
from kernel.actors import Actor
from kernel.api.operations import listing, operation
from kernel.api.serializers import In, Out, Text, Whole
from shops.models import Shop


class ScreeningRuleIn(In):
    """A draft; its kind says which of words, licence and `floor_bp` it has."""

    code = Text(max_length=40, help_text="Letters, digits, dashes; one for all versions of a rule.")
    kind = serializers.ChoiceField(choices=ScreeningKind.choices)
    effect = serializers.ChoiceField(choices=ScreeningEffect.choices)
    category_id = Text(required=False, max_length=32, allow_null=True)
    words = serializers.ListField(child=Text(max_length=60), required=False, max_length=MAX_WORDS)
    licence = Text(required=False, max_length=40, allow_blank=True)
    floor_bp = Whole(required=False, min_value=1, max_value=10_000, allow_null=True)
    message = Text(required=False, max_length=200, allow_blank=True)
    reason = Text(required=False, max_length=200, allow_blank=True)


class ScreeningRuleQuery(In):
    """Which rules."""

    code = Text(required=False, max_length=40)
    state = serializers.ChoiceField(required=False, choices=["draft", "published"])


class PublicationIn(In):
    """From when it holds; now, when no moment is named."""

    effective_from = serializers.DateTimeField(required=False, allow_null=True)


class TrialSampleOut(Out):
    """A product on sale that a rule would hit."""

    product = serializers.CharField()
    title = serializers.CharField()
    found = serializers.CharField()


class ScreeningRuleOut(Out):
    """One version of an interception rule; without a version it is a draft."""

    id = serializers.CharField(source="public_id")
    code = serializers.CharField()
    version = serializers.IntegerField(allow_null=True)
    effective_from = serializers.DateTimeField(allow_null=True)
    kind = serializers.ChoiceField(choices=ScreeningKind.choices)
    effect = serializers.ChoiceField(choices=ScreeningEffect.choices)
    category_id = serializers.CharField(source="category.public_id", allow_null=True, default=None)
    words = serializers.ListField(child=serializers.CharField())
    licence = serializers.CharField()
    floor_bp = serializers.IntegerField(allow_null=True)
    message = serializers.CharField()
    reason = serializers.CharField()
    #: The last trial: how many products on sale it looked at, how many it would hit, some of them.
    trial_count = serializers.IntegerField(allow_null=True)
    trial_hits = serializers.IntegerField(allow_null=True)
    trial_samples = TrialSampleOut(many=True)
    tried_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class ReviewPassIn(In):
    """A shop whose products need no person, in a category and below, or everywhere."""

    shop_id = Text(max_length=32)
    category_id = Text(required=False, max_length=32, allow_null=True)
    note = Text(max_length=200)


class ReviewPassOut(Out):
    """A shop whose products need no person, until it is revoked."""

    id = serializers.CharField(source="public_id")
    shop_id = serializers.CharField(source="shop.public_id")
    category_id = serializers.CharField(source="category.public_id", allow_null=True, default=None)
    note = serializers.CharField()
    created_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)


class GrantQuery(In):
    """Of which shop."""

    shop_id = Text(required=False, max_length=32)


class EndIn(In):
    """Why."""

    reason = Text(max_length=200)


def _rule(actor: Actor, rule_id: str) -> ScreeningRule:
    return ScreeningRule.objects.select_related("category").get_visible(actor, public_id=rule_id)


def _shop(actor: Actor, shop_id: str) -> Shop:
    return Shop.objects.get_visible(actor, public_id=shop_id)


def _category(actor: Actor, data: dict[str, Any]) -> Category | None:
    name = data.pop("category_id", None)
    return Category.objects.get_visible(actor, public_id=name) if name else None


def _of_shop(rows: Any, query: dict[str, Any]) -> Any:
    return rows.filter(shop__public_id=query["shop_id"]) if "shop_id" in query else rows


class ScreeningRules(OperatorView):
    @listing(gives=ScreeningRuleOut, filters=ScreeningRuleQuery)
    def get(self, request: Any, query: dict[str, Any]) -> Any:
        """Interception rules in all their versions, and drafts; the newest first."""
        rows = ScreeningRule.objects.visible_to(request.actor).select_related("category")
        if "state" in query:
            rows = rows.filter(version__isnull=query["state"] == "draft")
        return rows.filter(code=query["code"]) if "code" in query else rows

    @operation(takes=ScreeningRuleIn, gives=ScreeningRuleOut, status=201)
    def post(self, request: Any, data: dict[str, Any]) -> Any:
        """Write a draft of a rule, or of the next version of one."""
        spec = RuleSpec(category=_category(request.actor, data), **data)
        return rules.draft(spec=spec, actor=request.actor, at=request.at)


class ScreeningRuleView(OperatorView):
    @operation(gives=ScreeningRuleOut)
    def get(self, request: Any, screening_rule_id: str) -> Any:
        """A version of an interception rule, or a draft."""
        return _rule(request.actor, screening_rule_id)


class ScreeningRuleTrial(OperatorView):
    @operation(gives=ScreeningRuleOut)
    def post(self, request: Any, screening_rule_id: str) -> Any:
        """Hold a draft against the products on sale; nothing happens to them."""
        rule = _rule(request.actor, screening_rule_id)
        return rules.try_out(rule=rule, actor=request.actor, at=request.at)


class ScreeningRulePublication(OperatorView):
    @operation(takes=PublicationIn, gives=ScreeningRuleOut)
    def post(self, request: Any, data: dict[str, Any], screening_rule_id: str) -> Any:
        """Let a tried draft hold, as the next version of its code."""
        return rules.publish(
            rule=_rule(request.actor, screening_rule_id),
            effective_from=data.get("effective_from"),
            actor=request.actor,
            at=request.at,
        )


class ReviewPasses(OperatorView):
    @listing(gives=ReviewPassOut, filters=GrantQuery)
    def get(self, request: Any, query: dict[str, Any]) -> Any:
        """Shops whose products need no person, the newest first."""
        rows = ReviewPass.objects.visible_to(request.actor).select_related("shop", "category")
        return _of_shop(rows, query)

    @operation(takes=ReviewPassIn, gives=ReviewPassOut, status=201)
    def post(self, request: Any, data: dict[str, Any]) -> Any:
        """Let products of a shop be approved without a person."""
        return passes.grant_pass(
            shop=_shop(request.actor, data["shop_id"]),
            category=_category(request.actor, data),
            note=data["note"],
            actor=request.actor,
            at=request.at,
        )


class ReviewPassEnd(OperatorView):
    @operation(takes=EndIn, gives=ReviewPassOut)
    def post(self, request: Any, data: dict[str, Any], review_pass_id: str) -> Any:
        """End a pass: a person looks at what is submitted from now on."""
        given = ReviewPass.objects.get_visible(request.actor, public_id=review_pass_id)
        return passes.revoke_pass(
            given=given, reason=data["reason"], actor=request.actor, at=request.at
        )
