"""What sending an order elsewhere would cost (OR-16): no buyer pays more than was agreed to."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Sum

from orders.errors import NotDeliveredThere, RegionNotFound
from orders.models import Order, OrderLine
from shops.selectors import find_region, freight_terms


def extra_freight(order: Order, receiver: Mapping[str, str]) -> int:
    """Return by how much the freight to `receiver` is above that to the order's own, by today's
    terms; 0 when it is not. Minor units.

    Less freight is no refund: it was agreed to at checkout. Raises NotDeliveredThere, and
    RegionNotFound when the terms ask for a region and the address tells none.
    """
    terms = freight_terms([order.shop_id])[order.shop_id]
    if not terms.rules:
        return 0
    region = _region(receiver)
    if not region:
        raise RegionNotFound
    lines = OrderLine.objects.filter(shop_id=order.shop_id, order=order)
    pieces = lines.aggregate(pieces=Sum("quantity"))["pieces"] or 0
    there = terms.of(order.goods_amount, pieces, region)
    if there is None:
        raise NotDeliveredThere
    here = terms.of(order.goods_amount, pieces, _region(order.receiver_masked))
    return max(there - (order.freight_amount if here is None else here), 0)


def _region(receiver: Mapping[str, str]) -> str:
    names = (receiver.get(name, "") for name in ("province", "city", "district"))
    return find_region(*names)
