"""The alliance in the merchant console."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from affiliates import policies, selectors
from affiliates.admin.pages import (
    MEMBERSHIP_TONES,
    CommissionConsole,
    PickConsole,
    PlanConsole,
    percent,
)
from affiliates.enums import MembershipStatus, PlanStatus
from affiliates.models import AllianceMembership, Commission, Pick, Plan
from affiliates.services import memberships, plans
from catalog.models import Product
from kernel import clock
from kernel.actors import Actor
from kernel.admin.base import Act, ConsoleModelAdmin
from kernel.admin.sites import merchant_site
from shops.models import Approval, Shop


class RateField(forms.DecimalField):
    """A rate in percent; cleaned to basis points."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Rate in percent"),
            min_value=Decimal(settings.OPEN_PLAN_MIN_BP).scaleb(-2),
            max_value=Decimal(settings.OPEN_PLAN_MAX_BP).scaleb(-2),
            decimal_places=2,
            max_digits=4,
            **kwargs,
        )

    def clean(self, value: Any) -> Any:
        """Return the rate in basis points. Raises ValidationError outside of the plan's range."""
        rate = super().clean(value)
        return int(rate.scaleb(2)) if rate is not None else None


class CreatePlanForm(forms.Form):
    """Product and rate."""

    product = forms.ModelChoiceField(
        label=_("Product"),
        queryset=Product.objects.none(),
        to_field_name="public_id",
        empty_label="–",
    )
    rate_bp = RateField()


class RateForm(forms.Form):
    """The new rate."""

    rate_bp = RateField(help_text=_("A raise begins at once, a cut at the next midnight in China."))


class JoinAlliance(Act):
    name = "join"
    label = _("Join the alliance")
    intro = _("Creators may then take up your plans.")
    permission = "affiliates.edit"
    on_object = False

    def applies(self, actor: Actor, target: Any) -> bool:
        return not _memberships(actor).filter(status=MembershipStatus.JOINED).exists()

    def run(
        self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime
    ) -> str | Promise:
        memberships.join(shop=_shop(actor), at=at, actor=actor)
        return _("The shop is in the alliance.")


class LeaveAlliance(Act):
    name = "leave"
    label = _("Leave the alliance")
    intro = _(
        "All plans close at the next midnight in China. Earlier orders keep their commission."
    )
    permission = "affiliates.edit"
    on_object = False
    is_dangerous = True

    def applies(self, actor: Actor, target: Any) -> bool:
        return _memberships(actor).filter(status=MembershipStatus.JOINED).exists()

    def run(
        self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime
    ) -> str | Promise:
        memberships.leave(shop=_shop(actor), at=at, actor=actor)
        return _("The shop leaves the alliance at midnight.")


class CreatePlan(Act):
    name = "create"
    label = _("Open a plan")
    intro = _("Every creator may take it up, at once.")
    permission = "affiliates.edit"
    on_object = False
    form_class = CreatePlanForm

    def form(self, actor: Actor, target: Any, **kwargs: Any) -> forms.Form:
        form = super().form(actor, target, **kwargs)
        planned = Plan.objects.visible_to(actor).exclude(status=PlanStatus.CLOSED)
        products = Product.objects.visible_to(actor).on_sale()
        form.fields["product"].queryset = products.exclude(  # type: ignore[attr-defined]
            pk__in=planned.values("product")
        ).order_by("title")
        return form

    def run(
        self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime
    ) -> str | Promise:
        product = Product.objects.select_related("category").get_visible(
            actor, pk=data["product"].pk
        )
        plans.create(product=product, rate_bp=data["rate_bp"], at=at, actor=actor)
        return _("The plan runs.")


class PlanAct(Act):
    """An act on a plan."""

    permission = "affiliates.edit"
    states: ClassVar[Sequence[PlanStatus]] = ()

    def applies(self, actor: Actor, target: Plan) -> bool:
        return target.status in self.states


class ChangeRate(PlanAct):
    name = "change-rate"
    label = _("Change the rate")
    form_class = RateForm
    states = (PlanStatus.RUNNING, PlanStatus.CLOSING)

    def preview(self, actor: Actor, target: Plan) -> Sequence[tuple[str | Promise, Any]]:
        now = clock.now()
        found = selectors.rates([target.pk], at=now).get(target.pk)
        midnight = date_format(localtime(policies.next_day(now)), "Y-m-d H:i")
        return (
            (_("Rate now"), percent(found.rate_bp) if found else "–"),
            (_("A raise begins"), _("at once")),
            (_("A cut begins"), midnight),
        )

    def run(
        self, *, actor: Actor, target: Plan, data: dict[str, Any], at: datetime
    ) -> str | Promise:
        version = plans.set_rate(plan=target, rate_bp=data["rate_bp"], at=at, actor=actor)
        if isinstance(version, Approval):
            return _("Such a rate needs a second person: it waits under Requests for approval.")
        begins = date_format(localtime(version.effective_from), "Y-m-d H:i")
        return _("The rate is %(rate)s from %(time)s.") % {
            "rate": percent(version.rate_bp),
            "time": begins,
        }


class ClosePlan(PlanAct):
    name = "close"
    label = _("Close the plan")
    intro = _("It closes at the next midnight in China. Earlier orders keep their commission.")
    is_dangerous = True
    states = (PlanStatus.RUNNING,)

    def run(
        self, *, actor: Actor, target: Plan, data: dict[str, Any], at: datetime
    ) -> str | Promise:
        plans.close(plan=target, at=at, actor=actor)
        return _("The plan closes at midnight.")


class ResumePlan(PlanAct):
    name = "resume"
    label = _("Let the plan run on")
    intro = _("The closing is called off.")
    states = (PlanStatus.CLOSING,)

    def run(
        self, *, actor: Actor, target: Plan, data: dict[str, Any], at: datetime
    ) -> str | Promise:
        plans.resume(plan=target, at=at, actor=actor)
        return _("The plan runs on.")


@admin.register(AllianceMembership, site=merchant_site)
class MerchantMembershipConsole(ConsoleModelAdmin):
    """The shop's place in the alliance."""

    permission = "affiliates.view"
    has_object_page = False
    list_display: ClassVar[Any] = ("shop", "status_badge", "joined_at", "leaves_at")
    empty_hint = _("Join the alliance: creators may then sell your products for a commission.")
    acts = (JoinAlliance, LeaveAlliance)

    def get_queryset(self, request: Any) -> QuerySet[AllianceMembership]:
        return super().get_queryset(request).select_related("shop")

    @display(description=_("Status"), label=MEMBERSHIP_TONES)
    def status_badge(self, membership: AllianceMembership) -> tuple[str, str]:
        """Return the status, coloured."""
        return membership.status, membership.get_status_display()


@admin.register(Plan, site=merchant_site)
class MerchantPlanConsole(PlanConsole):
    """The shop's plans."""

    empty_hint = _("Open a plan: creators then sell the product for a commission.")
    acts = (CreatePlan, ChangeRate, ClosePlan, ResumePlan)


@admin.register(Pick, site=merchant_site)
class MerchantPickConsole(PickConsole):
    """Who sells the shop's products."""


@admin.register(Commission, site=merchant_site)
class MerchantCommissionConsole(CommissionConsole):
    """What the shop pays its creators."""


def _memberships(actor: Actor) -> QuerySet[AllianceMembership]:
    return AllianceMembership.objects.visible_to(actor)


def _shop(actor: Actor) -> Shop:
    return Shop.objects.get_visible(actor, pk=actor.shop_id)
