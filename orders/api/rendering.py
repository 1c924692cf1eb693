"""Bodies of orders made of plain rows: what a fresh checkout and a list answer with.

The shapes are those of `orders.api.outputs` to the letter; tests hold the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from orders.selectors import now_known_as
from orders.selectors.sheets import LineRow, ParcelRow, RefundRow, attached_to
from orders.services.remembering import open_book

Body = dict[str, Any]


def order_bodies(orders: Sequence[Any], request: Any) -> list[Body]:
    """Return rows of `plain_orders` as `OrderOut` shows them to their buyer. Two round trips."""
    return _bodies(orders, request.at, _buyers_line)


def shop_order_bodies(orders: Sequence[Any], request: Any) -> list[Body]:
    """Return rows of `plain_orders` as `ShopOrderOut` shows them to their shop."""
    bodies = _bodies(orders, request.at, _shops_line)
    for order, body in zip(orders, bodies, strict=True):
        body |= {
            "remark": order.remark,
            "flag": order.flag,
            "address_hash": order.address_hash,
            "updated_at": moment(order.updated_at),
        }
    return bodies


def _bodies(
    orders: Sequence[Any], at: datetime, show: Callable[[LineRow, str], Body]
) -> list[Body]:
    if not orders:
        return []
    attached = attached_to([order.id for order in orders])
    today = open_book().faces({order.shop_id for order in orders}, at)
    return [
        order_body(
            order,
            group_number=order.group__number,
            storefront=order.storefront__body,
            lines=[show(line, order.number) for line in attached.lines[order.id]],
            parcels=[_parcel(one) for one in attached.parcels.get(order.id, ())],
            refunds=[_refund(one) for one in attached.refunds.get(order.id, ())],
            name_of_today=now_known_as(order.storefront__body, _block(today, order.shop_id)),
        )
        for order in orders
    ]


def order_body(
    order: Any,
    *,
    group_number: str,
    storefront: Mapping[str, Any],
    lines: Collection[Body],
    parcels: Collection[Body] = (),
    refunds: Collection[Body] = (),
    name_of_today: Mapping[str, Any] | None = None,
) -> Body:
    """Return the body of an order, a row with its columns as attributes."""
    presenters = (line["presenter"] for line in lines if line["presenter"] is not None)
    return {
        "number": order.number,
        "group_number": group_number,
        "status": str(order.status),
        "close_reason": order.close_reason,
        "is_frozen": order.is_frozen,
        "storefront": storefront,
        "presenter": next(presenters, None),
        "now_known_as": name_of_today,
        "lines": lines,
        "goods_amount": money(order, order.goods_amount),
        "freight_amount": money(order, order.freight_amount),
        "promotion_amount": money(order, order.promotion_amount),
        "pay_amount": money(order, order.pay_amount),
        "receiver": order.receiver_masked,
        "buyer_message": order.buyer_message,
        "packages": parcels,
        "refunds": refunds,
        "placed_at": moment(order.placed_at),
        "pay_by_at": moment(order.pay_by_at),
        "paid_at": moment(order.paid_at),
        "ship_by_at": moment(order.ship_by_at),
        "shipped_at": moment(order.shipped_at),
        "confirm_by_at": moment(order.confirm_by_at),
        "completed_at": moment(order.completed_at),
        "aftersales_until_at": moment(order.aftersales_until_at),
        "closed_at": moment(order.closed_at),
    }


def line_body(
    line: Any,
    *,
    order_number: str,
    sku_id: str,
    product_id: str,
    presenter: Mapping[str, Any] | None,
) -> Body:
    """Return the body of a line, a row with its columns as attributes; ids are public."""
    return {
        "id": f"{order_number}-{line.position}",
        "position": line.position,
        "sku_id": sku_id,
        "product_id": product_id,
        "title": line.title,
        "options": line.options,
        "image_url": line.image_url,
        "unit_price": money(line, line.unit_price),
        "quantity": line.quantity,
        "goods_amount": money(line, line.goods_amount),
        "freight_amount": money(line, line.freight_amount),
        "promotion_amount": money(line, line.promotion_amount),
        "pay_amount": money(line, line.pay_amount),
        "shipped_quantity": line.shipped_quantity,
        "cancelled_quantity": line.cancelled_quantity,
        "refunded_quantity": line.refunded_quantity,
        "refunded_amount": money(line, line.refunded_amount),
        "ships": {
            "speed": str(line.ship_speed),
            "days": line.ship_days,
            "after": moment(line.ship_after),
        },
        "presenter": presenter,
    }


def money(row: Any, amount: int) -> Body:
    """Return `amount` in the currency of its row."""
    return {"amount": amount, "currency": row.currency}


def moment(at: datetime | None) -> str | None:
    """Return a time as every answer writes it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def _buyers_line(line: LineRow, order_number: str) -> Body:
    return line_body(
        line,
        order_number=order_number,
        sku_id=line.sku_public_id,
        product_id=line.product_public_id,
        presenter=line.presenter,
    )


def _shops_line(line: LineRow, order_number: str) -> Body:
    return _buyers_line(line, order_number) | {
        "promotion_shop_amount": money(line, line.promotion_shop_amount),
        "promotion_platform_amount": money(line, line.promotion_platform_amount),
        "promotion_talent_amount": money(line, line.promotion_talent_amount),
        "traffic_channel": line.traffic_channel,
        "content_account_id": line.content_account_id,
        "media_type": line.media_type,
        "media_id": line.media_id,
        "is_live_scene": line.is_live_scene,
        "pick_code": line.pick_code,
    }


def _parcel(row: ParcelRow) -> Body:
    inside = zip(row.positions, row.quantities, strict=True)
    return {
        "carrier": row.carrier_code,
        "tracking_number": row.tracking_number,
        "shipped_at": moment(row.shipped_at),
        "state": row.state,
        "moved_at": moment(row.moved_at),
        "lines": [{"position": place, "quantity": quantity} for place, quantity in inside],
    }


def _refund(row: RefundRow) -> Body:
    return {
        "number": row.number,
        "reason": row.reason,
        "amount": money(row, row.amount),
        "status": row.status,
        "created_at": moment(row.created_at),
        "finished_at": moment(row.finished_at),
    }


def _block(today: Mapping[int, Any], shop_id: int) -> Mapping[str, Any] | None:
    face = today.get(shop_id)
    return face.block if face else None
