"""Support and operators: what does not count towards a score, and how values become points."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from aftersales.models import RefundCase
from catalog.models import Category
from insights.admin.scoring import shown_value, tenths
from insights.enums import ExemptReason, ScoreMetric
from insights.models import ScoreExemption, ScoreRule
from insights.services import exemptions, rules
from kernel.actors import Actor
from kernel.admin.base import Act, ConsoleModelAdmin
from kernel.admin.sites import operator_site, support_site
from orders.models import Order

#: One band in a form: ``limit:points × 10``.
_BAND = re.compile(r"(\d{1,6}):(\d{1,4})")


class ExemptForm(forms.Form):
    """Which order or case, and why."""

    number = forms.CharField(
        label=_("Number of an order or a case"),
        max_length=20,
        help_text=_(
            "Of an order: neither it nor any case of it counts. Of a case: only that case."
        ),
    )
    reason = forms.ChoiceField(label=_("Reason"), choices=ExemptReason.choices)
    note = forms.CharField(
        label=_("Note"), max_length=300, help_text=_("What was found. The shop can read it.")
    )

    def clean_number(self) -> str:
        """Find the row; the form keeps it as `order` and `case`."""
        number = str(self.cleaned_data["number"]).strip()
        self.case = RefundCase.objects.filter(number=number).select_related("order").first()
        self.order = self.case.order if self.case else Order.objects.filter(number=number).first()
        if self.order is None:
            raise forms.ValidationError(_("There is no order and no case of this number."))
        return number

    def clean(self) -> dict[str, Any]:
        """Hand on the rows with the values."""
        values = super().clean() or {}
        if getattr(self, "order", None) is not None:
            values |= {"order": self.order, "case": self.case}
        return values


class LiftForm(forms.Form):
    """Why it counts again."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class Exempt(Act):
    name = "exempt"
    label = _("Exempt from the score")
    intro = _("It counts no more towards the shop's score of today and later; today's is redone.")
    form_class = ExemptForm
    on_object = False

    def run(
        self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime
    ) -> str | Promise:
        exemptions.exempt(
            order=data["order"],
            case=data["case"],
            reason=ExemptReason(data["reason"]),
            note=data["note"],
            at=at,
            actor=actor,
        )
        return _("It does not count any more. The score follows in a moment.")


class Lift(Act):
    name = "lift"
    label = _("Let it count again")
    intro = _("Today's score is worked out again.")
    form_class = LiftForm

    def applies(self, actor: Actor, target: ScoreExemption) -> bool:
        return target.lifted_at is None

    def run(
        self, *, actor: Actor, target: ScoreExemption, data: dict[str, Any], at: datetime
    ) -> str | Promise:
        exemptions.lift(exemption=target, reason=data["reason"], at=at, actor=actor)
        return _("It counts again. The score follows in a moment.")


class ExemptionPage(ConsoleModelAdmin):
    """What does not count, newest first (SH-15)."""

    list_display: ClassVar[Any] = ("order", "case", "shop", "reason", "created_at", "lifted_at")
    list_filter: ClassVar[Any] = ("reason",)
    list_select_related: ClassVar[Any] = ("order", "case", "shop")
    fields: ClassVar[Any] = (
        ("order", "case"),
        ("shop", "reason"),
        "note",
        ("by_label", "created_at", "lifted_at"),
    )
    search_exactly: ClassVar[Any] = ("order__number", "case__number")
    search_help_text = _("Number of an order or a case")
    ordering: Any = ("-pk",)
    sortable_by: Any = ()
    empty_hint = _("Everything counts. Exempt what a shop is not to blame for.")


class SupportExempt(Exempt):
    permission = "aftersales.decide"


class SupportLift(Lift):
    permission = "aftersales.decide"


@admin.register(ScoreExemption, site=support_site)
class SupportExemptionPage(ExemptionPage):
    """Support decides what a shop is not to blame for."""

    permission = "aftersales.decide"
    acts = (SupportExempt, SupportLift)


@admin.register(ScoreExemption, site=operator_site)
class OperatorExemptionPage(ExemptionPage):
    """Operators look."""

    permission = "insights.operate"


class RuleForm(forms.Form):
    """A measure, for whom, from when, and how values become points."""

    metric = forms.ChoiceField(label=_("Measure"), choices=ScoreMetric.choices)
    category = forms.ModelChoiceField(
        label=_("Category"),
        queryset=Category.objects.filter(parent__isnull=True).order_by("path"),
        to_field_name="public_id",
        required=False,
        empty_label=_("every other category"),
    )
    weight = forms.IntegerField(label=_("Weight in its part"), min_value=1, max_value=100)
    target = forms.IntegerField(
        label=_("Target"),
        min_value=0,
        max_value=1_000_000,
        help_text=_("A rate in hundredths of a percent, a duration in tenths of an hour."),
    )
    bands = forms.CharField(
        label=_("Bands"),
        max_length=300,
        help_text=_("Limit and tenths of points, the best first: 30:1000 100:900 500:400"),
    )
    effective_from = forms.DateTimeField(
        label=_("Takes effect"),
        widget=forms.DateTimeInput,
        help_text=_("In China time, in the future."),
    )

    def clean_bands(self) -> list[list[int]]:
        """Return the bands as numbers."""
        words = str(self.cleaned_data["bands"]).split()
        found = [_BAND.fullmatch(word) for word in words]
        if not all(found):
            raise forms.ValidationError(_("Write each band as limit:points."))
        return [[int(one[1]), int(one[2])] for one in found if one]


class SetRule(Act):
    name = "set"
    label = _("Set a rule")
    intro = _("Scores of days that begin after it obey it. Scores that are there stay.")
    permission = "insights.operate"
    form_class = RuleForm
    on_object = False

    def run(
        self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime
    ) -> str | Promise:
        values = data | {"metric": ScoreMetric(data["metric"])}
        rules.set_rule(**values, at=at, actor=actor)
        return _("The rule is set.")


@admin.register(ScoreRule, site=operator_site)
class ScoreRulePage(ConsoleModelAdmin):
    """Dated rules; where none is in force, those of the settings count (SH-14)."""

    permission = "insights.operate"
    has_object_page = False
    list_display: ClassVar[Any] = (
        "metric",
        "category",
        "weight",
        "shown_target",
        "shown_bands",
        "effective_from",
    )
    list_filter: ClassVar[Any] = ("metric",)
    list_select_related: ClassVar[Any] = ("category",)
    ordering: Any = ("-effective_from", "-pk")
    sortable_by: Any = ("effective_from",)
    acts = (SetRule,)
    empty_hint = _("No rule was set: the built-in ones count.")

    @display(description=_("Target"))
    def shown_target(self, rule: ScoreRule) -> str:
        """Return the target in its unit."""
        return shown_value(rule.metric, rule.target)

    @display(description=_("Bands"))
    def shown_bands(self, rule: ScoreRule) -> str:
        """Return the bands in their unit."""
        return ", ".join(
            f"{shown_value(rule.metric, limit)}: {tenths(points)}" for limit, points in rule.bands
        )
