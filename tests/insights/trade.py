"""Trade of one shop, and its days added up by other means than the room's own."""

from collections import defaultdict
from datetime import date, datetime, timedelta

from kernel.numbers import TRADE_ZONE
from orders.enums import OrderStatus
from orders.models import LineRefund, Order
from orders.services.refunds import refund_line
from tests.factories.orders import make_order

YEAR = timedelta(days=365)


def noon(day: date, hour: int = 12, minute: int = 0) -> datetime:
    """Return a moment of `day` in the trade's time zone."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=TRADE_ZONE)


def sold(sku, *, paid_at: datetime, buyer=None, quantity=1, status=OrderStatus.TO_SHIP, **kwargs):
    """Return an order of `sku` that was paid at `paid_at`."""
    placed_at = paid_at - timedelta(minutes=5)
    return make_order(status, buyer=buyer, items=[(sku, quantity)], placed_at=placed_at, **kwargs)


def give_back(order, amount: int, *, at: datetime, reference: str):
    """Book `amount` of the order's first line back."""
    line = order.lines.order_by("position")[0]
    return refund_line(line_id=line.pk, amount=amount, reference=reference, at=at)


def by_hand(shop) -> dict[date, dict]:
    """Return the figures of each day of the shop, row by row in plain Python."""
    found: dict = defaultdict(
        lambda: {
            "orders": 0, "pieces": 0, "gmv_amount": 0, "returned_amount": 0, "refund_amount": 0,
            "refunds": 0, "people": {}, "hour_orders": [0] * 24, "hour_gmv": [0] * 24,
        }
    )  # fmt: skip
    paid = Order.objects.filter(shop=shop, paid_at__isnull=False).prefetch_related("lines")
    orders = sorted(paid, key=lambda order: order.paid_at)
    for order in orders:
        local = order.paid_at.astimezone(TRADE_ZONE)
        day = found[local.date()]
        day["orders"] += 1
        day["hour_orders"][local.hour] += 1
        begins = datetime.combine(local.date(), datetime.min.time(), TRADE_ZONE)
        day["people"][order.buyer_id] = not any(
            other.buyer_id == order.buyer_id and begins - YEAR <= other.paid_at < begins
            for other in orders
        )
        for line in order.lines.all():
            day["pieces"] += line.quantity
            day["gmv_amount"] += line.pay_amount
            day["hour_gmv"][local.hour] += line.pay_amount
            day["returned_amount"] += line.refunded_amount
    for back in LineRefund.objects.filter(shop=shop):
        day = found[back.at.astimezone(TRADE_ZONE).date()]
        day["refund_amount"] += back.amount
        day["refunds"] += 1
    for day in found.values():
        people = day.pop("people")
        day["buyers"], day["new_buyers"] = len(people), sum(people.values())
    return dict(found)
