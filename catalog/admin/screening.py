"""Interception rules and passes in the operator console (CA-06, CA-07)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from catalog.admin import wording
from catalog.admin.forms import LinesField
from catalog.admin.operator_forms import ReasonForm
from catalog.enums import ScreeningEffect, ScreeningKind
from catalog.models import Category, ReviewPass, ScreeningRule
from catalog.selectors import category_titles
from catalog.services.screening import passes, rules
from catalog.services.screening.matching import MESSAGES
from catalog.services.screening.rules import RuleSpec
from kernel.actors import Actor
from kernel.admin.base import Act, ConsoleModelAdmin
from kernel.admin.sites import operator_site
from shops.models import Shop

PERMISSION = "catalog.operate"
SHOWN_VERSIONS = 20


def category_choices() -> list[tuple[str, Any]]:
    """Every category by its whole path, and all of them."""
    return [("", _("everywhere")), *((one.public_id, title) for one, title in category_titles())]


class CategoryField(forms.ChoiceField):
    """A category of any level; cleaned to the row, or None for everywhere."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=category_choices, required=False, **kwargs)

    def clean(self, value: Any) -> Any:
        """Return the category."""
        said = super().clean(value)
        return Category.objects.filter(public_id=said).first() if said else None


class PercentField(forms.DecimalField):
    """Percent with two decimals; cleaned to basis points."""

    def clean(self, value: Any) -> Any:
        """Return basis points."""
        said = super().clean(value)
        return None if said is None else int(said * 100)


class ShopForm(forms.Form):
    """Which shop."""

    shop = forms.CharField(label=_("Name or id of the shop"), max_length=60)

    def clean_shop(self) -> Shop:
        """Find the shop."""
        text = str(self.cleaned_data["shop"]).strip()
        named = Shop.objects.filter(name__iexact=text).first()
        shop = named or Shop.objects.filter(public_id=text).first()
        if shop is None:
            raise forms.ValidationError(_("There is no shop of this name."))
        return shop


class RuleForm(forms.Form):
    """What a rule says."""

    code = forms.SlugField(
        label=_("Code"), max_length=40, help_text=_("All versions of a rule have the same.")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=ScreeningKind.choices)
    effect = forms.ChoiceField(label=_("Leads to"), choices=ScreeningEffect.choices)
    category = CategoryField(label=_("Category"), help_text=_("And everything below it."))
    words = LinesField(
        label=_("Words"),
        required=False,
        help_text=_("Banned words, or the brands that need a grant; one a line. No brand is all."),
    )
    licence = forms.SlugField(
        label=_("Licence"), max_length=40, required=False, help_text=_("For rules of licences.")
    )
    floor_bp = PercentField(
        label=_("Least share of the median, percent"),
        min_value=0,
        max_value=100,
        decimal_places=2,
        required=False,
        help_text=_("For rules of prices."),
    )
    message = forms.CharField(
        label=_("What the merchant reads"),
        max_length=200,
        required=False,
        help_text=_("Empty: the words of its kind."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


class DraftRule(Act):
    """A rule that holds nowhere yet."""

    name = "draft"
    label = _("New rule")
    intro = _("It is a draft: try it on the products on sale, then publish it.")
    permission = PERMISSION
    form_class = RuleForm
    on_object = False

    def run(self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime) -> Any:
        rule = rules.draft(spec=RuleSpec(**data), actor=actor, at=at)
        return gettext("The draft of %(code)s is there.") % {"code": rule.code}


class NewVersion(DraftRule):
    """A draft of the next version, begun with what this one says."""

    name = "new-version"
    label = _("New version")
    on_object = True

    def applies(self, actor: Actor, target: ScreeningRule) -> bool:
        return target.version is not None

    def form(self, actor: Actor, target: ScreeningRule, **kwargs: Any) -> forms.Form:
        names = ("code", "kind", "effect", "licence", "message")
        initial = {name: getattr(target, name) for name in names} | {
            "category": target.category.public_id if target.category else "",
            "words": "\n".join(target.words),
            "floor_bp": None if target.floor_bp is None else _percent(target.floor_bp),
        }
        return RuleForm(initial=initial, **kwargs)


class TryRule(Act):
    """What would it hit?"""

    name = "try"
    label = _("Try it")
    intro = _("It is held against the products on sale. Nothing happens to them.")
    permission = PERMISSION

    def applies(self, actor: Actor, target: ScreeningRule) -> bool:
        return target.version is None

    def run(
        self, *, actor: Actor, target: ScreeningRule, data: dict[str, Any], at: datetime
    ) -> Any:
        rule = rules.try_out(rule=target, actor=actor, at=at)
        return gettext("It would hit %(hits)s of %(count)s products on sale.") % {
            "hits": rule.trial_hits,
            "count": rule.trial_count,
        }


class PublishForm(forms.Form):
    """From when."""

    effective_from = forms.DateTimeField(
        label=_("Takes effect"),
        widget=forms.DateTimeInput,
        required=False,
        help_text=_("In China time; empty means from now on."),
    )


class PublishRule(Act):
    """It holds."""

    name = "publish"
    label = _("Publish")
    intro = _("Everything submitted from then on is held against it: form, API and import.")
    permission = PERMISSION
    form_class = PublishForm

    def applies(self, actor: Actor, target: ScreeningRule) -> bool:
        return target.version is None and target.tried_at is not None

    def run(
        self, *, actor: Actor, target: ScreeningRule, data: dict[str, Any], at: datetime
    ) -> Any:
        rule = rules.publish(rule=target, effective_from=data["effective_from"], actor=actor, at=at)
        return gettext("Version %(version)s of %(code)s is published.") % {
            "version": rule.version,
            "code": rule.code,
        }


@admin.register(ScreeningRule, site=operator_site)
class ScreeningRuleConsole(ConsoleModelAdmin):
    """Interception rules in versions, with what they would hit and did."""

    permission = PERMISSION
    acts = (DraftRule, TryRule, PublishRule, NewVersion)
    empty_hint = _("Write the first rule; it holds once it is tried and published.")
    list_display: ClassVar[Any] = (
        "code",
        "version",
        "effective_from",
        "kind",
        "effect_badge",
        "category",
        "trial",
    )
    list_filter: ClassVar[Any] = ("kind", "effect")
    search_fields: ClassVar[Any] = ("code", "public_id")
    ordering: Any = ("code", "-version", "-pk")
    fields: ClassVar[Any] = (
        ("code", "version", "effective_from"),
        ("kind", "effect_badge", "category"),
        ("licence", "share", "reason"),
        ("actor_label", "created_at"),
    )
    extra_template = "catalog/screening.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ScreeningRule]:
        return super().get_queryset(request).select_related("category")

    @display(description=_("leads to"), ordering="effect", label=wording.EFFECT_TONES)
    def effect_badge(self, rule: ScreeningRule) -> tuple[str, str]:
        """What a hit leads to, coloured."""
        return rule.effect, rule.get_effect_display()

    @display(description=_("would hit"))
    def trial(self, rule: ScreeningRule) -> str:
        """What the trial found."""
        return "–" if rule.tried_at is None else f"{rule.trial_hits} / {rule.trial_count}"

    @display(description=_("least share of the median"))
    def share(self, rule: ScreeningRule) -> str:
        """Percent."""
        return "–" if rule.floor_bp is None else f"{_percent(rule.floor_bp)} %"

    def page_context(self, request: HttpRequest, target: ScreeningRule) -> dict[str, Any]:
        versions = ScreeningRule.objects.filter(code=target.code, version__isnull=False)
        return {
            "rule": target,
            "message": target.message or MESSAGES[target.kind],
            "hits": list(
                target.hits.select_related("product", "shop").order_by("-pk")[:SHOWN_VERSIONS]
            ),
            "versions": [
                {"row": one, "tone": wording.EFFECT_TONES[one.effect], "url": self.object_url(one)}
                for one in versions.order_by("-version")[:SHOWN_VERSIONS]
            ],
        }


class PassForm(ShopForm):
    """Which shop, where, and why."""

    category = CategoryField(label=_("Category"), help_text=_("And everything below it."))
    note = forms.CharField(label=_("Reason"), max_length=200)


class GrantPass(Act):
    """No person looks at what this shop submits."""

    name = "grant"
    label = _("Let a shop pass")
    intro = _("Its products are approved at once unless a rule blocks or asks for a person.")
    permission = PERMISSION
    form_class = PassForm
    on_object = False

    def run(self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime) -> Any:
        passes.grant_pass(actor=actor, at=at, **data)
        return _("The shop passes without review.")


class RevokePass(Act):
    """A person looks again."""

    name = "revoke"
    label = _("Revoke")
    intro = _("What the shop submits from now on waits for a person.")
    permission = PERMISSION
    form_class = ReasonForm
    is_dangerous = True

    def applies(self, actor: Actor, target: ReviewPass) -> bool:
        return target.revoked_at is None

    def run(self, *, actor: Actor, target: ReviewPass, data: dict[str, Any], at: datetime) -> Any:
        passes.revoke_pass(given=target, reason=data["reason"], actor=actor, at=at)
        return _("It is revoked.")


class _GrantedConsole(ConsoleModelAdmin):
    """What shops were given, by the name of the shop."""

    permission = PERMISSION
    list_select_related: ClassVar[Any] = ("shop",)
    search_exactly: ClassVar[Any] = ("public_id",)
    search_names: ClassVar[Any] = {"shop": "name"}
    search_help_text = _("Name of a shop")
    sortable_by: Any = ()


@admin.register(ReviewPass, site=operator_site)
class ReviewPassConsole(_GrantedConsole):
    """Shops whose products need no person."""

    acts = (GrantPass, RevokePass)
    empty_hint = _("A person looks at everything that is submitted.")
    list_display: ClassVar[Any] = ("shop", "category", "note", "created_at", "revoked_at")
    list_select_related: ClassVar[Any] = ("shop", "category")
    fields: ClassVar[Any] = (
        ("shop", "category"),
        "note",
        ("actor_label", "created_at", "revoked_at"),
    )


def _percent(rate_bp: int) -> str:
    return f"{rate_bp // 100}.{rate_bp % 100:02d}"
