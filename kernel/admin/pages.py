"""The kernel's own pages: who did what, and facts that a room could not digest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from kernel import events
from kernel.actors import Actor
from kernel.admin import home
from kernel.admin.base import Act, ConsoleModelAdmin
from kernel.admin.home import Card, Chart
from kernel.admin.sites import merchant_site, operator_site
from kernel.models import AuditEntry, Delivery


@admin.register(AuditEntry, site=merchant_site)
class AuditPage(ConsoleModelAdmin):
    """The shop's own trail (GV-09): complete lines, so it needs no page of a line."""

    permission = "audit.view"
    has_object_page = False
    list_display = ("at", "actor_label", "action", "target_model", "target_id", "reason")
    list_filter = ("actor_role", "at")
    search_fields = ("action", "target_id", "actor_label")


@admin.register(AuditEntry, site=operator_site)
class PlatformAuditPage(ConsoleModelAdmin):
    """The whole trail, with what was before and after."""

    permission = "kernel.operate"
    public_field = "pk"
    list_display = ("at", "actor_label", "action", "target_model", "target_id", "reason")
    list_filter = ("actor_role", "target_model", "at")
    search_fields = ("action", "target_id", "actor_label", "request_id")
    fieldsets = (
        (None, {"fields": (("at", "action"), ("actor_role", "actor_label"), "reason")}),
        (_("Object"), {"fields": (("target_model", "target_id"), "before", "after")}),
        (_("Request"), {"fields": ("request_id",)}),
    )


class DeliverAgain(Act):
    """Give a parked delivery five more tries."""

    name = "deliver-again"
    label = _("Deliver again")
    intro = _("The event is delivered again at once. Do this after the cause is repaired.")
    permission = "kernel.operate"

    def applies(self, actor: Actor, target: Any) -> bool:
        return target.parked_at is not None

    def preview(self, actor: Actor, target: Any) -> Sequence[tuple[Any, Any]]:
        return [(_("Event"), target.message.topic), (_("Last error"), target.last_error)]

    def run(self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime) -> Any:
        events.unpark(delivery_id=target.pk, at=at, actor=actor)
        return _("The event will be delivered again.")


@admin.register(Delivery, site=operator_site)
class DeliveryPage(ConsoleModelAdmin):
    """What a room still has to hear, and what it failed to."""

    permission = "kernel.operate"
    public_field = "pk"
    acts = (DeliverAgain,)
    list_display = ("topic", "subscriber", "attempts", "due_at", "done_at", "parked_at")
    list_filter = (
        ("parked_at", admin.EmptyFieldListFilter),
        ("done_at", admin.EmptyFieldListFilter),
        "subscriber",
    )
    fields = (
        ("topic", "subscriber"),
        ("attempts", "due_at"),
        ("done_at", "parked_at"),
        "last_error",
        "payload",
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).select_related("message")

    @display(description=_("topic"))
    def topic(self, delivery: Delivery) -> str:
        """What happened."""
        return delivery.message.topic

    @display(description=_("payload"))
    def payload(self, delivery: Delivery) -> str:
        """The ids it tells."""
        return str(delivery.message.payload)


def parked_events(actor: Actor, at: datetime) -> list[Card | Chart]:
    """Count the events that wait for an operator."""
    if not actor.may("kernel.operate"):
        return []
    count = Delivery.objects.visible_to(actor).filter(parked_at__isnull=False).count()
    url = "/operator/kernel/delivery/?parked_at__isempty=0"
    return [Card(_("Parked events"), count, url, "urgent", order=900)]


home.register("operator", parked_events)
