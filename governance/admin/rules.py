"""Operators' dated rules of deposits and consequences, and who is exempt."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from catalog.models import Category
from governance.admin.operator import ReasonForm
from governance.enums import Effect, Measure
from governance.models import ConsequenceExemption, ConsequenceRule, DepositRule
from governance.policies import Rule, Tiers
from governance.selectors import rule_at
from governance.services import consequences, rules
from kernel import clock, money
from kernel.actors import Actor
from kernel.admin.base import Act, ConsoleModelAdmin
from kernel.admin.sites import operator_site
from shops.models import Shop


def tiers_text(tiers: Tiers) -> str:
    """Return tiers as they are typed: ``50000:500 100000:2000 *:5000``, in yuan."""

    def yuan(amount: int | None) -> str:
        return "*" if amount is None else f"{money.major(amount):f}".removesuffix(".00")

    return " ".join(f"{yuan(limit)}:{yuan(amount)}" for limit, amount in tiers)


class DepositRuleForm(forms.Form):
    """Tiers, multiples, days: the whole rule, filled with the one in force."""

    tiers = forms.CharField(
        label=_("Tiers"),
        max_length=300,
        help_text=_(
            "Sales of a month up to, and the deposit, in yuan, * for the last:"
            " 50000:500 100000:2000 *:5000"
        ),
    )
    high_risk_times = forms.IntegerField(
        label=_("Times the base, high risk"), min_value=1, max_value=100
    )
    times = forms.IntegerField(label=_("Times the base"), min_value=1, max_value=100)
    high_risk_days = forms.IntegerField(
        label=_("Days without shortfall, high risk"), min_value=1, max_value=3_650
    )
    days = forms.IntegerField(label=_("Days without shortfall"), min_value=1, max_value=3_650)
    high_risk_categories = forms.ModelMultipleChoiceField(
        label=_("High-risk categories"),
        queryset=Category.objects.filter(parent__isnull=True).order_by("path"),
        to_field_name="public_id",
        required=False,
    )
    trial_days = forms.IntegerField(
        label=_("Trial days"), min_value=0, max_value=3_650, help_text=_("0: no trial.")
    )
    trial_orders = forms.IntegerField(label=_("Trial orders"), min_value=0, max_value=1_000_000)
    listing_after_days = forms.IntegerField(
        label=_("Days until nothing new is listed"), min_value=0, max_value=365
    )
    sales_after_days = forms.IntegerField(
        label=_("Days until nothing is sold"), min_value=0, max_value=365
    )
    effective_from = forms.DateTimeField(
        label=_("Takes effect"),
        widget=forms.DateTimeInput,
        help_text=_("In China time, in the future."),
    )

    def clean_tiers(self) -> Tiers:
        """Return the tiers in minor units."""
        try:
            pairs = [word.split(":") for word in str(self.cleaned_data["tiers"]).split()]
            return [
                [None if limit == "*" else money.minor(limit), money.minor(amount)]
                for limit, amount in pairs
            ]
        except ValueError:
            raise forms.ValidationError(_("Write each tier as sales:deposit.")) from None

    def clean_high_risk_categories(self) -> list[str]:
        """Return the categories by their public ids."""
        return [one.public_id for one in self.cleaned_data["high_risk_categories"]]

    def clean(self) -> dict[str, Any]:
        """Refuse what the table would."""
        values = super().clean() or {}
        if (values.get("sales_after_days") or 0) < (values.get("listing_after_days") or 0):
            self.add_error("sales_after_days", _("Listing stops before selling."))
        if (values.get("high_risk_times") or 0) < (values.get("times") or 0):
            self.add_error("high_risk_times", _("High risk costs no less."))
        return values


class SetDepositRule(Act):
    name = "set"
    label = _("Set a rule")
    intro = _("What is worked out from then on obeys it. What was announced stays.")
    permission = "governance.operate"
    form_class = DepositRuleForm
    on_object = False

    def form(self, actor: Actor, target: Any, **kwargs: Any) -> forms.Form:
        now = vars(rule_at(clock.now())).copy()
        now["tiers"] = tiers_text(now["tiers"])
        return super().form(actor, target, initial=now, **kwargs)

    def run(
        self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime
    ) -> str | Promise:
        values = dict(data)
        effective_from = values.pop("effective_from")
        rules.set_deposit_rule(
            rule=Rule(**values), effective_from=effective_from, at=at, actor=actor
        )
        return _("The rule is set.")


@admin.register(DepositRule, site=operator_site)
class DepositRuleConsole(ConsoleModelAdmin):
    """Dated rules of deposits; before the first those of the settings count."""

    permission = "governance.operate"
    has_object_page = False
    list_display: ClassVar[Any] = (
        "effective_from",
        "shown_tiers",
        "high_risk_times",
        "times",
        "trial_days",
        "trial_orders",
        "listing_after_days",
        "sales_after_days",
    )
    ordering: Any = ("-effective_from",)
    sortable_by: Any = ()
    acts = (SetDepositRule,)
    empty_hint = _("No rule was set: the built-in one counts.")

    @display(description=_("Tiers"))
    def shown_tiers(self, rule: DepositRule) -> str:
        """Return the tiers in yuan."""
        return tiers_text(rule.tiers)


class ConsequenceForm(forms.Form):
    """Which score, below what, leads to what, from when."""

    measure = forms.ChoiceField(label=_("Measure"), choices=Measure.choices)
    effect = forms.ChoiceField(label=_("Effect"), choices=Effect.choices)
    threshold = forms.DecimalField(
        label=_("Below"),
        min_value=0,
        max_value=100,
        decimal_places=1,
        help_text=_("0 to 100; 0 switches it off."),
    )
    limit = forms.IntegerField(
        label=_("Orders a day"), min_value=1, max_value=1_000_000, required=False
    )
    effective_from = forms.DateTimeField(
        label=_("Takes effect"),
        widget=forms.DateTimeInput,
        help_text=_("In China time, in the future."),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the limit where the effect is one."""
        values = super().clean() or {}
        if values.get("effect") == Effect.DAILY_ORDERS and not values.get("limit"):
            self.add_error("limit", _("Say how many orders a day."))
        return values


class SetConsequence(Act):
    name = "set"
    label = _("Set a consequence")
    intro = _("Shops are restricted and released by it from that day on.")
    permission = "governance.operate"
    form_class = ConsequenceForm
    on_object = False

    def run(
        self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime
    ) -> str | Promise:
        rules.set_consequence(
            measure=Measure(data["measure"]),
            effect=Effect(data["effect"]),
            threshold_tenths=int(data["threshold"] * 10),
            limit=data["limit"],
            effective_from=data["effective_from"],
            at=at,
            actor=actor,
        )
        return _("The consequence is set.")


@admin.register(ConsequenceRule, site=operator_site)
class ConsequenceRuleConsole(ConsoleModelAdmin):
    """What low scores lead to, by date (SH-16)."""

    permission = "governance.operate"
    has_object_page = False
    list_display: ClassVar[Any] = ("measure", "effect", "shown_below", "limit", "effective_from")
    list_filter: ClassVar[Any] = ("measure", "effect")
    ordering: Any = ("-effective_from", "-pk")
    sortable_by: Any = ()
    acts = (SetConsequence,)
    empty_hint = _("No rule was set: the built-in one counts.")

    @display(description=_("Below"))
    def shown_below(self, rule: ConsequenceRule) -> str:
        """Return the threshold as scores are written."""
        return f"{rule.threshold_tenths // 10}.{rule.threshold_tenths % 10}"


class ExemptForm(forms.Form):
    """Which shop, from what, and why."""

    shop = forms.CharField(label=_("Name or id of the shop"), max_length=60)
    effect = forms.ChoiceField(label=_("Effect"), choices=Effect.choices)
    note = forms.CharField(label=_("Reason"), max_length=300, help_text=_("The shop can read it."))

    def clean_shop(self) -> Shop:
        """Find the shop."""
        text = str(self.cleaned_data["shop"]).strip()
        named = Shop.objects.filter(name__iexact=text).first()
        shop = named or Shop.objects.filter(public_id=text).first()
        if shop is None:
            raise forms.ValidationError(_("There is no shop of this name."))
        return shop


class Exempt(Act):
    name = "exempt"
    label = _("Exempt a shop")
    intro = _("Its score no longer leads to the effect; what is in force is lifted at once.")
    permission = "governance.operate"
    form_class = ExemptForm
    on_object = False

    def run(
        self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime
    ) -> str | Promise:
        consequences.exempt(
            shop=data["shop"],
            effect=Effect(data["effect"]),
            note=data["note"],
            at=at,
            actor=actor,
        )
        return _("The shop is exempt.")


class LiftExemption(Act):
    name = "lift"
    label = _("Lift the exemption")
    intro = _("The shop's score leads to the effect again.")
    permission = "governance.operate"
    form_class = ReasonForm

    def applies(self, actor: Actor, target: ConsequenceExemption) -> bool:
        return target.lifted_at is None

    def run(
        self, *, actor: Actor, target: ConsequenceExemption, data: dict[str, Any], at: datetime
    ) -> str | Promise:
        consequences.lift_exemption(exemption=target, reason=data["reason"], at=at, actor=actor)
        return _("The exemption is lifted.")


@admin.register(ConsequenceExemption, site=operator_site)
class ConsequenceExemptionConsole(ConsoleModelAdmin):
    """Shops whose low score does not count, and why."""

    permission = "governance.operate"
    list_display: ClassVar[Any] = ("shop", "effect", "note", "created_at", "lifted_at")
    fields: ClassVar[Any] = (
        ("shop", "effect"),
        "note",
        ("by_label", "created_at", "lifted_at"),
    )
    list_filter: ClassVar[Any] = ("effect",)
    list_select_related: ClassVar[Any] = ("shop",)
    search_exactly: ClassVar[Any] = ("public_id",)
    search_names: ClassVar[Any] = {"shop": "name"}
    search_help_text = _("Name of a shop")
    sortable_by: Any = ()
    acts = (Exempt, LiftExemption)
    empty_hint = _("No shop is exempt from what its score leads to.")
