"""What waits for a second person, in the merchant console."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from kernel.actors import Actor
from kernel.admin import home
from kernel.admin.base import Act, ConsoleModelAdmin
from kernel.admin.sites import merchant_site
from kernel.admin.wording import person
from shops.admin import wording
from shops.enums import ApprovalStatus
from shops.models import Approval
from shops.services import approvals

LIST = "merchant:shops_approval_changelist"


class Decision(Act):
    """An act on a request that waits; what is asked stands above it."""

    permission = "shops.view"

    def applies(self, actor: Actor, target: Approval) -> bool:
        if target.status != ApprovalStatus.PENDING or actor.user_id == target.asked_by_id:
            return False
        return actor.may(approvals.kind_of(target).permission)

    def preview(self, actor: Actor, target: Approval) -> Sequence[tuple[str | Promise, Any]]:
        asked = (_("Asked by"), person(target.asked_by_label))
        return (*approvals.kind_of(target).describe(target), asked)


class Approve(Decision):
    name = "approve"
    label = _("Approve")
    intro = _("It takes effect at once.")

    def run(self, *, actor: Actor, target: Approval, data: dict[str, Any], at: datetime) -> Any:
        approvals.approve(approval=target, at=at, actor=actor)
        return _("It is approved and takes effect now.")


class RejectForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class Reject(Decision):
    name = "reject"
    label = _("Reject")
    form_class = RejectForm
    is_dangerous = True

    def run(self, *, actor: Actor, target: Approval, data: dict[str, Any], at: datetime) -> Any:
        approvals.reject(approval=target, reason=data["reason"], at=at, actor=actor)
        return _("It is rejected; everything stays as it is.")


class Withdraw(Decision):
    name = "withdraw"
    label = _("Withdraw")
    intro = _("Everything stays as it is.")

    def applies(self, actor: Actor, target: Approval) -> bool:
        return target.status == ApprovalStatus.PENDING and actor.user_id == target.asked_by_id

    def run(self, *, actor: Actor, target: Approval, data: dict[str, Any], at: datetime) -> Any:
        approvals.withdraw(approval=target, at=at, actor=actor)
        return _("The request is withdrawn.")


@admin.register(Approval, site=merchant_site)
class ApprovalPage(ConsoleModelAdmin):
    """Requests, and who decided them."""

    permission = "shops.view"
    acts = (Approve, Reject, Withdraw)
    list_display = ("what", "status_badge", "asker", "asked_at", "ends", "decider")
    list_filter = ("status",)
    empty_hint = _("A new payout account and a high commission rate wait here for a second person.")
    fields = (("what", "status_badge"), ("asker", "asked_at"), ("ends", "decider"), "decided_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Approval]:
        """Those that this person could decide or has asked for."""
        mine = approvals.readable(self.actor(request))
        return super().get_queryset(request).filter(pk__in=mine.order_by().values("pk"))

    @display(description=_("what is asked for"))
    def what(self, approval: Approval) -> str:
        """The kind in words."""
        return str(approvals.kind_of(approval).label)

    @display(description=_("status"), label=wording.APPROVAL_TONES)
    def status_badge(self, approval: Approval) -> tuple[str, str]:
        """Its state in words and colour."""
        return approval.status, approval.get_status_display()

    @display(description=_("asked by"))
    def asker(self, approval: Approval) -> str:
        """Who, with the role."""
        return person(approval.asked_by_label)

    @display(description=_("decided by"))
    def decider(self, approval: Approval) -> str:
        """Who, with the role, or a dash."""
        return person(approval.decided_by_label) or "–"

    @display(description=_("takes effect or expires"))
    def ends(self, approval: Approval) -> Any:
        """When it takes effect by itself, or else expires."""
        if approval.takes_effect_at is not None:
            when = date_format(localtime(approval.takes_effect_at), "DATETIME_FORMAT")
            return _("takes effect %(when)s") % {"when": when}
        when = date_format(localtime(approval.expires_at), "DATETIME_FORMAT")
        return _("expires %(when)s") % {"when": when}


def waiting(actor: Actor, at: datetime) -> list[home.Card | home.Chart]:
    """Count what waits for a second person: for who could be that person, and who asked."""
    rows = approvals.readable(actor).filter(status=ApprovalStatus.PENDING)
    count = rows.count()  # one a thing and shop: a handful
    if not count:
        return []
    url = f"{reverse(LIST)}?status__exact={ApprovalStatus.PENDING}"
    return [home.Card(_("Waits for a second person"), count, url, "urgent", order=15)]


home.register("merchant", waiting)
