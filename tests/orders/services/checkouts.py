"""Checkouts to place, and what placing them left behind."""

from catalog.models import Stock
from kernel.models import OutboxMessage
from orders.models import Order, OrderGroup, OrderLine
from orders.services.placement import (
    PlaceOrder,
    Receiver,
    WantedLine,
    place_orders,
)
from tests.factories.orders import PLACED_AT, RECEIVER

AT = PLACED_AT


def request(buyer, *lines, key="k1", **kwargs):
    wanted = tuple(
        line if isinstance(line, WantedLine) else WantedLine(line[0].public_id, line[1])
        for line in lines
    )
    return PlaceOrder(
        buyer_id=buyer.pk,
        key=key,
        lines=wanted,
        **{"receiver": Receiver(**RECEIVER), **kwargs},
    )


def place(*requests):
    return place_orders(requests, at=AT)


def counters(sku):
    stock = Stock.objects.get(pk=sku.pk)
    return stock.on_hand, stock.held


def nothing_written():
    return (OrderGroup.objects.count(), Order.objects.count(), OrderLine.objects.count()) == (
        0,
        0,
        0,
    ) and not OutboxMessage.objects.filter(topic="orders.order.placed.v1").exists()
