"""The kernel's own pages: who did what, and facts that a room could not digest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from kernel import delivery, events
from kernel.actors import Actor, Role
from kernel.admin import home, wording
from kernel.admin.base import Act, ConsoleModelAdmin
from kernel.admin.home import Card, Chart
from kernel.admin.lists import KnownValuesFilter
from kernel.admin.sites import merchant_site, operator_site
from kernel.counting import capped_count, shown_count
from kernel.models import AuditCheck, AuditEntry, AuditSeal, Delivery


class RoleFilter(admin.SimpleListFilter):
    """In which role somebody acted, in words."""

    title = _("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(role.value, settings.CONSOLE_ROLES[role.value]) for role in Role]

    def queryset(
        self, request: HttpRequest, queryset: models.QuerySet[AuditEntry]
    ) -> models.QuerySet[AuditEntry]:
        return queryset.filter(actor_role=self.value()) if self.value() else queryset


class RoomFilter(admin.SimpleListFilter):
    """In which room something was done, in the words of the menu."""

    title = _("area")
    parameter_name = "room"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(settings.CONSOLE_ROOMS.items())

    def queryset(
        self, request: HttpRequest, queryset: models.QuerySet[AuditEntry]
    ) -> models.QuerySet[AuditEntry]:
        is_known = self.value() in settings.CONSOLE_ROOMS
        return queryset.filter(action__startswith=f"{self.value()}.") if is_known else queryset


class SubscriberFilter(KnownValuesFilter):
    """Who has to hear of it."""

    title = _("subscriber")
    parameter_name = "subscriber"

    def known(self) -> Sequence[tuple[str, Any]]:
        names = {one.name for one in events.subscribers() if not one.is_same_transaction}
        return [(name, name) for name in sorted(names)]


class TrailPage(ConsoleModelAdmin):
    """Who did what, newest first, in words."""

    list_display: Any = ("at", "by", "done", "kind", "target", "reason")
    list_filter = (RoleFilter, RoomFilter, "at")
    search_exactly: ClassVar[Any] = ("target_id",)
    search_fields: Any = ("action", "target_id", "actor_label")
    search_help_text = _("Number, id or person")

    @display(description=_("by"), ordering="actor_label")
    def by(self, entry: AuditEntry) -> str:
        """Who, with the role."""
        return wording.person(entry.actor_label)

    @display(description=_("action"), ordering="action")
    def done(self, entry: AuditEntry) -> str:
        """What was done."""
        return wording.act(entry.action)

    @display(description=_("object type"), ordering="target_model")
    def kind(self, entry: AuditEntry) -> str:
        """What it was done to."""
        return wording.kind(entry.target_model)

    @display(description=_("object"), ordering="target_id")
    def target(self, entry: AuditEntry) -> str:
        """Which one."""
        return wording.target(self.admin_site, entry.target_model, entry.target_id)


@admin.register(AuditEntry, site=merchant_site)
class AuditPage(TrailPage):
    """The shop's own trail (GV-09): complete lines, so it needs no page of a line."""

    permission = "audit.view"
    has_object_page = False


@admin.register(AuditEntry, site=operator_site)
class PlatformAuditPage(TrailPage):
    """The whole trail, with what was before and after."""

    permission = "kernel.operate"
    public_field = "pk"
    list_display = ("at", "by", "on_behalf_of", "done", "kind", "target", "reason")
    search_fields = (*TrailPage.search_fields, "request_id")
    fieldsets = (
        (None, {"fields": (("done", "at"), ("by", "on_behalf_of"), "reason")}),
        (_("Object"), {"fields": (("kind", "target"), ("was", "became"))}),
        (_("Request"), {"fields": (("action", "request_id"), ("ip", "place"))}),
    )

    def page_context(self, request: HttpRequest, target: Any) -> dict[str, Any]:
        return {"title": wording.act(target.action)}

    @display(description=_("seal"))
    def place(self, entry: AuditEntry) -> str:
        """Its place in the chain, or that it waits for one."""
        seal = AuditSeal.objects.filter(entry=entry).first()
        return f"{seal.number}" if seal else str(_("sealed in a moment"))

    @display(description=_("before"))
    def was(self, entry: AuditEntry) -> str:
        """The values that changed, before."""
        return wording.facts(entry.before, entry.target_model)

    @display(description=_("after"))
    def became(self, entry: AuditEntry) -> str:
        """The values that changed, after."""
        return wording.facts(entry.after, entry.target_model)


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
        delivery.unpark(delivery_id=target.pk, at=at, actor=actor)
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
        SubscriberFilter,
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

    @display(description=_("topic"), ordering="message__topic")
    def topic(self, delivery: Delivery) -> str:
        """What happened."""
        return delivery.message.topic

    @display(description=_("payload"))
    def payload(self, delivery: Delivery) -> str:
        """The ids it tells."""
        return wording.facts(delivery.message.payload)


def parked_events(actor: Actor, at: datetime) -> list[Card | Chart]:
    """Count the events that wait for an operator."""
    if not actor.may("kernel.operate"):
        return []
    parked = Delivery.objects.visible_to(actor).filter(parked_at__isnull=False)
    count = shown_count(capped_count(parked))
    url = "/operator/kernel/delivery/?parked_at__isempty=0"
    return [Card(_("Parked events"), count, url, "urgent", order=900)]


def broken_trail(actor: Actor, at: datetime) -> list[Card | Chart]:
    """Tell that the last reading of the audit trail found a fault."""
    last = AuditCheck.objects.order_by("-pk").first() if actor.may("kernel.operate") else None
    if last is None or not last.fault:
        return []
    url = "/operator/kernel/auditentry/"
    return [Card(_("Audit trail broken"), last.fault, url, "urgent", order=1)]


home.register("operator", parked_events)
home.register("operator", broken_trail)
