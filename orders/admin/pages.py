"""The order list and the order page, as all three consoles draw them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from catalog.selectors.bundles import parts_of
from kernel import clock, money
from kernel.admin.base import ConsoleModelAdmin
from kernel.admin.pictures import pictured
from orders.admin import wording
from orders.admin.acts import Reveal
from orders.enums import Carrier
from orders.models import Order, Printing
from orders.selectors import identity_of, with_details, with_lines
from orders.selectors.routes import ways_of
from orders.services import desk
from shops.enums import GuaranteeKind


class OrderConsole(ConsoleModelAdmin):
    """Orders, newest first, and one order with everything about it on one page."""

    public_field: ClassVar[str] = "number"
    permission: ClassVar[str] = "orders.view"
    change_form_template = "orders/order.html"
    list_display: Any = (
        "number",
        "status_badge",
        "clock_badge",
        "goods",
        "shown_amount",
        "receiver",
        "placed_at",
    )
    list_filter: Any = ("status", "is_frozen", "placed_at")
    search_exactly: ClassVar[Any] = ("number",)
    search_help_text = _("Number of an order")
    ordering: Any = ("-placed_at", "-pk")
    sortable_by: Any = ("placed_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        orders: Any = super().get_queryset(request)
        is_page = getattr(request.resolver_match, "kwargs", {}).get("object_id")
        return with_details(orders) if is_page else with_lines(orders)

    @display(description=_("Status"), ordering="status", label=wording.STATUS_TONES)
    def status_badge(self, order: Order) -> tuple[str, str]:
        """Return the status, coloured."""
        return order.status, order.get_status_display()

    @display(description=_("Deadline"), label=wording.CLOCK_TONES)
    def clock_badge(self, order: Order) -> tuple[str, str]:
        """Return what is due next, and when."""
        return wording.countdown(order, clock.now())

    @display(description=_("Goods"))
    def goods(self, order: Order) -> str:
        """Return the first line, and how many more there are."""
        lines = list(order.lines.all())
        if not lines:
            return "–"
        more = f" +{len(lines) - 1}" if len(lines) > 1 else ""
        return pictured(lines[0].image_url, f"{lines[0]}{more}", self.note(order))

    def note(self, order: Order) -> str:
        """Return what stands small under the goods."""
        return ""

    @display(description=_("Paid"), ordering="pay_amount")
    def shown_amount(self, order: Order) -> str:
        """Return what the buyer pays."""
        return money.display(order.pay_amount, order.currency)

    @display(description=_("Receiver"))
    def receiver(self, order: Order) -> str:
        """Return the receiver, masked."""
        return f"{order.receiver_masked['name']} {order.receiver_masked.get('city', '')}"

    def act_view(self, request: HttpRequest, object_id: str, act: str) -> HttpResponse:
        if act == Reveal.name and Reveal in self.acts and request.method == "POST":
            return self._reveal(request, object_id)
        return super().act_view(request, object_id, act)

    def _reveal(self, request: HttpRequest, number: str) -> HttpResponse:
        """Answer with the receiver. Not by a message: those are stored."""
        target = self.get_object(request, number) if self.has_view_permission(request) else None
        if target is None:
            raise Http404
        actor = self.actor(request)
        if not actor.may(Reveal.permission):
            raise PermissionDenied
        receiver = desk.reveal_receiver(order_id=target.pk, at=clock.now(), actor=actor)
        context = {
            **self.admin_site.each_context(request),
            "title": Reveal.label,
            "subtitle": str(target),
            "crumbs": self._crumbs(target),
            "receiver": receiver,
            "back": self.object_url(target),
            "opts": self.opts,
            "media": self.media,
        }
        return TemplateResponse(request, "orders/receiver.html", context)

    def page_context(self, request: HttpRequest, target: Order) -> dict[str, Any]:
        identity = identity_of([target], at=clock.now())[target.pk]
        tone, words = wording.countdown(target, clock.now())
        kinds = dict(GuaranteeKind.choices)
        lines = list(target.lines.all())
        parts = parts_of([(line.sku_id, target.placed_at) for line in lines])
        return {
            "order": target,
            "status_tone": wording.STATUS_TONES[target.status],
            "clock_tone": wording.CLOCK_TONES[tone],
            "clock_words": words,
            "identity": identity,
            "guarantees": [
                kinds.get(one, one) for one in identity["storefront"]["shop"]["guarantees"]
            ],
            "lines": [
                _line(line, target, parts.get((line.sku_id, target.placed_at), ()))
                for line in lines
            ],
            "packages": [_package(one) for one in ways_of(target.pk, target.shop_id)],
            "flag_tone": wording.FLAG_TONES[target.flag] if target.flag else "",
            "printings": self._printings(target),
            "refunds": [_refund(one, target) for one in target.refunds.all()],
            "sums": {
                name: money.display(getattr(target, f"{name}_amount"), target.currency)
                for name in ("goods", "freight", "promotion", "pay")
            },
        }

    def _printings(self, order: Order) -> list[Printing]:
        """Return on what paper the order stands, the newest first: its parcel is being made."""
        printed = Printing.objects.filter(shop_id=order.shop_id, printed__order=order)
        return list(printed.order_by("-pk")[:5])


class PlatformOrderConsole(OrderConsole):
    """The orders of all shops, as they came in; no index holds them all by their time."""

    list_filter: Any = ("status", "is_frozen")
    ordering: Any = ("-pk",)
    sortable_by: Any = ()
    search_names: ClassVar[Any] = {"shop": "name"}
    search_help_text = _("Number of an order, or a shop's name")

    def note(self, order: Order) -> str:
        return order.shop.name


def _line(line: Any, order: Order, parts: Iterable[Any]) -> dict[str, Any]:
    shown = {
        name: money.display(getattr(line, f"{name}_amount"), order.currency)
        for name in ("goods", "freight", "pay", "refunded")
    }
    return {
        "row": line,
        "options": " / ".join(line.options),
        "parts": [f"{one.quantity} × {one.part.merchant_code}" for one in parts],
        "price": money.display(line.unit_price, order.currency),
        "sent": wording.sent(line.ships),
        "presenter": line.presenter.body if line.presenter else None,
        "channel": line.get_traffic_channel_display(),
        **shown,
    }


def _package(package: Any) -> dict[str, Any]:
    carriers = dict(Carrier.choices)
    return {
        "row": package,
        "tone": wording.PARCEL_TONES[package.state],
        "carrier": carriers.get(package.carrier_code, package.carrier_code),
        "pieces": [
            (one.line.title, one.quantity, " ".join(one.serials)) for one in package.lines.all()
        ],
        "goes_back_to": "".join(
            package.goes_back_to.get(name, "") for name in ("province", "city", "street")
        ),
        "edits": [
            (carriers.get(one.carrier_code, one.carrier_code), one)
            for one in package.packageedits.all()
        ],
    }


def _refund(refund: Any, order: Order) -> dict[str, Any]:
    return {
        "row": refund,
        "tone": wording.REFUND_TONES[refund.status],
        "amount": money.display(refund.amount, order.currency),
    }
