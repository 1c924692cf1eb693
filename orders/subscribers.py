"""What the orders room does when it hears its own facts."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Sum

from catalog.services import sales
from kernel.events import on
from kernel.tasks import nudge_task
from orders.events import ExportQueued, OrderLineRefunded, OrderPaid, ShippingFileQueued
from orders.models import OrderLine
from orders.services import ship_by
from shops.events import ShippingChanged


@on(OrderPaid)
def count_sales(events: Sequence[OrderPaid]) -> None:
    """Count the pieces that were paid. After commit: a product's row would queue its buyers."""
    lines = OrderLine.objects.filter(order__in=[event.order_id for event in events])
    pieces = lines.values_list("product_id").annotate(pieces=Sum("quantity"))
    sales.count(dict(pieces.order_by()))


@on(OrderPaid)
def promise_shipping(events: Sequence[OrderPaid]) -> None:
    """Set by when the shops send what was paid. After commit: the sale asks nothing of it."""
    ship_by.reckon_orders([event.order_id for event in events])


@on(ShippingChanged)
def move_deadlines(events: Sequence[ShippingChanged]) -> None:
    """A shop closes, opens, or sends sooner or later: what it owes is due accordingly."""
    ship_by.reckon_shops({event.shop_id for event in events})


@on(OrderLineRefunded)
def send_refund_soon(events: Sequence[OrderLineRefunded]) -> None:
    """Ask a worker to send the money now; beat would do it within a minute."""
    nudge_task("orders.tasks.send_refunds")


@on(ExportQueued)
def write_exports_soon(events: Sequence[ExportQueued]) -> None:
    """Wake a worker: somebody waits for the file."""
    nudge_task("orders.tasks.write_exports")


@on(ShippingFileQueued)
def ship_files_soon(events: Sequence[ShippingFileQueued]) -> None:
    """Wake a worker: somebody looks at the progress."""
    nudge_task("orders.tasks.ship_files")
