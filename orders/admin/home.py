"""What the orders room puts on the first page of the consoles."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kernel.actors import Actor
from kernel.admin.home import Card, Chart, Series, Tone, register
from kernel.money import display, major
from orders.enums import OrderStatus
from orders.models import Order
from orders.selectors.sales import daily_sales

DAYS = 30
ORDERS = "/merchant/orders/order/"


def merchant_home(actor: Actor, at: datetime) -> list[Card | Chart]:
    """What to ship, what is late, and the sales of the last 30 days; two queries."""
    if not actor.may("orders.view"):
        return []
    waiting = Order.objects.visible_to(actor).awaiting_shipment()
    count = waiting.aggregate(all=Count("pk"), late=Count("pk", filter=Q(ship_by_at__lt=at)))
    to_ship = f"{ORDERS}?status__in={OrderStatus.TO_SHIP},{OrderStatus.PARTLY_SHIPPED}"
    note = ""
    tone: Tone = "warning"
    if late := count["late"]:
        tone = "urgent"
        note = ngettext("%(count)s is late", "%(count)s are late", late) % {"count": late}
    return [Card(_("To ship"), count["all"], to_ship, tone, note, order=10), _chart(actor, at)]


def _chart(actor: Actor, at: datetime) -> Chart:
    days = daily_sales(actor, at=at, days=DAYS)
    sold = {
        "count": sum(day.order_count for day in days),
        "amount": display(sum(day.paid_amount for day in days)),
    }
    return Chart(
        _("Sales of the last 30 days, in yuan"),
        [f"{day.day:%m-%d}" for day in days],
        [Series(_("Paid"), [str(major(day.paid_amount)) for day in days])],
        note=_("%(count)s orders, %(amount)s paid") % sold,
    )


register("merchant", merchant_home)
