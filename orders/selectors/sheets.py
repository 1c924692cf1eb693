"""Orders as plain rows, with all that an answer shows of them: for lists, where orders are many.

An instance and its relations cost ten times what their values do. One trip reads the page, a second
one everything that hangs on it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet

from kernel.asking import Rows, Statement, ask, numbers
from orders.models.order import OrderQuerySet

#: Of an order and its neighbours what answers show.
COLUMNS = (
    "id",
    "number",
    "group__number",
    "shop_id",
    "status",
    "close_reason",
    "is_frozen",
    "storefront__body",
    "currency",
    "goods_amount",
    "freight_amount",
    "promotion_amount",
    "pay_amount",
    "receiver_masked",
    "address_hash",
    "buyer_message",
    "remark",
    "flag",
    "placed_at",
    "pay_by_at",
    "paid_at",
    "ship_by_at",
    "shipped_at",
    "confirm_by_at",
    "completed_at",
    "aftersales_until_at",
    "closed_at",
    "updated_at",
)


class LineRow(NamedTuple):
    """A line with the public ids of what was sold; amounts in minor units of `currency`."""

    order_id: int
    position: int
    sku_public_id: str
    product_public_id: str
    title: str
    options: Any
    image_url: str
    currency: str
    unit_price: int
    quantity: int
    goods_amount: int
    freight_amount: int
    promotion_amount: int
    promotion_shop_amount: int
    promotion_platform_amount: int
    promotion_talent_amount: int
    pay_amount: int
    shipped_quantity: int
    cancelled_quantity: int
    refunded_quantity: int
    refunded_amount: int
    ship_speed: str
    ship_days: int | None
    ship_after: datetime | None
    traffic_channel: str
    content_account_id: str
    media_type: str
    media_id: str
    is_live_scene: bool
    pick_code: str
    #: The block of whose content sold it.
    presenter: Any


class ParcelRow(NamedTuple):
    """A parcel with the positions and the quantities of its lines."""

    order_id: int
    carrier_code: str
    tracking_number: str
    shipped_at: datetime
    state: str
    moved_at: datetime | None
    positions: Sequence[int]
    quantities: Sequence[int]


class RefundRow(NamedTuple):
    """Money on its way back."""

    order_id: int
    number: str
    reason: str
    amount: int
    currency: str
    status: str
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True)
class Attached:
    """What hangs on orders, by order pk, each in the order it came to be."""

    lines: Mapping[int, Sequence[LineRow]]
    parcels: Mapping[int, Sequence[ParcelRow]]
    refunds: Mapping[int, Sequence[RefundRow]]


def plain_orders(orders: OrderQuerySet) -> QuerySet[Any, Any]:
    """Return `orders` as named tuples of `COLUMNS`."""
    return orders.values_list(*COLUMNS, named=True)


def attached_to(order_ids: Collection[int]) -> Attached:
    """Return the lines, parcels and refunds of orders. One round trip."""
    ids = numbers(order_ids)
    return Attached(
        *ask(
            Statement(LINES, [ids], _read_lines),
            Statement(PARCELS, [ids], lambda rows: _by_order(map(ParcelRow._make, rows))),
            Statement(REFUNDS, [ids], lambda rows: _by_order(map(RefundRow._make, rows))),
        )
    )


LINES = """
SELECT line.order_id, line.position, sku.public_id, product.public_id, line.title, line.options,
    line.image_url, line.currency, line.unit_price, line.quantity, line.goods_amount,
    line.freight_amount, line.promotion_amount, line.promotion_shop_amount,
    line.promotion_platform_amount, line.promotion_talent_amount, line.pay_amount,
    line.shipped_quantity, line.cancelled_quantity, line.refunded_quantity, line.refunded_amount,
    line.ship_speed, line.ship_days, line.ship_after, line.traffic_channel, line.content_account_id,
    line.media_type, line.media_id, line.is_live_scene, line.pick_code, presenter.body
FROM orders_orderline AS line
JOIN catalog_sku AS sku ON sku.id = line.sku_id
JOIN catalog_product AS product ON product.id = line.product_id
LEFT JOIN orders_identitysnapshot AS presenter ON presenter.id = line.presenter_id
WHERE line.order_id = ANY(%s::bigint[])
ORDER BY line.order_id, line.position
"""
PARCELS = """
SELECT parcel.order_id, parcel.carrier_code, parcel.tracking_number, parcel.shipped_at,
    parcel.state, parcel.moved_at,
    coalesce(array_agg(line.position::int ORDER BY inside.id) FILTER (WHERE inside.id > 0), '{}'),
    coalesce(array_agg(inside.quantity ORDER BY inside.id) FILTER (WHERE inside.id > 0), '{}')
FROM orders_package AS parcel
LEFT JOIN orders_packageline AS inside ON inside.package_id = parcel.id
LEFT JOIN orders_orderline AS line ON line.id = inside.line_id
WHERE parcel.order_id = ANY(%s::bigint[])
GROUP BY parcel.id
ORDER BY parcel.id
"""
REFUNDS = """
SELECT order_id, number, reason, amount, currency, status, created_at, finished_at
FROM orders_refund WHERE order_id = ANY(%s::bigint[]) ORDER BY id
"""


def _read_lines(rows: Rows) -> Mapping[int, Sequence[LineRow]]:
    """Return lines with their JSON read; blocks are few, and each is read once."""
    blocks = {text: json.loads(text) for text in {row[-1] for row in rows} if text is not None}
    lines = (LineRow._make(row) for row in rows)
    return _by_order(
        line._replace(options=json.loads(line.options), presenter=blocks.get(line.presenter))
        for line in lines
    )


def _by_order(rows: Any) -> Mapping[int, Sequence[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.order_id].append(row)
    return found
