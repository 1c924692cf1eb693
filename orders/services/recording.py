"""The write of the placement: a constant number of statements, whatever the size of the set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from catalog.enums import MovementKind
from catalog.selectors.offers import BuyableSku
from catalog.services import buckets, stock
from kernel.asking import Statement, nothing
from kernel.events import publish
from kernel.rowsets import bytea, row_of, rowset, statement
from orders.events import OrderPlaced
from orders.models import Order, OrderGroup, OrderLine, Payment, PriceAdjustment
from orders.services import numbering
from orders.services.deciding import Priced, ShopPart
from orders.services.numbering import Reserved
from orders.services.payments import intent
from orders.services.pricing import Adjustment, PricedLine
from orders.services.reading import Attribution, Facts
from orders.services.receivers import SealedReceiver
from orders.services.requests import PlaceOrder, WantedLine
from orders.services.snapshots import Block, Face, Key, freeze

SQL = Path(__file__).with_name("recording.sql")

#: What is written for each order: columns, and nothing that an instance would carry about.
NewOrder = row_of(Order)
NewLine = row_of(OrderLine)
NewAdjustment = row_of(PriceAdjustment)
Row = Any


@dataclass(frozen=True)
class Grant:
    """A checkout that was granted."""

    request: PlaceOrder
    priced: Priced
    receiver: SealedReceiver
    #: Place of a line → (bucket pk, pieces) that it takes out of a bucket.
    draws: Mapping[int, tuple[int, int]]
    #: Places of the lines with a piece that comes later (CA-15).
    later: frozenset[int]


@dataclass(frozen=True)
class _Part:
    """One order to be written."""

    grant: Grant
    group: OrderGroup
    part: ShopPart
    attributions: tuple[Attribution, ...]

    @property
    def lines(self) -> list[WantedLine]:
        return [self.grant.request.lines[place] for place in self.part.places]


@dataclass(frozen=True)
class RecordedLine:
    """A line as it was written, with what was sold and whose content sold it."""

    line: Row
    offer: BuyableSku
    presenter: Block | None


@dataclass(frozen=True)
class RecordedOrder:
    """An order as it was written, with the block that the buyer saw."""

    order: Row
    storefront: Block
    lines: tuple[RecordedLine, ...]


@dataclass(frozen=True)
class Recorded:
    """The rows of one checkout."""

    group: OrderGroup
    orders: tuple[RecordedOrder, ...]
    #: What waits for the buyer's money, when a gateway was named. Its pk is not known.
    payment: Payment | None = None


def record(
    grants: Sequence[Grant], facts: Facts, reserved: Reserved, *, at: datetime
) -> list[Recorded]:
    """Write what was granted and hold its stock; return the rows, in the order of `grants`.

    `reserved` are names for at least as many rows; all is written in one round trip. Belongs in the
    transaction that holds the locks of the stock. The rows are what the database has; their orders
    know group, shop block and lines without another query.
    """
    if not grants:
        return []
    groups = _groups(grants, reserved, at)
    parts = [
        _Part(grant, group, part, _attributions(grant, part, facts))
        for grant, group in zip(grants, groups, strict=True)
        for part in grant.priced.parts
    ]
    snapshots = freeze(_faces(parts, facts))
    orders = _orders(parts, facts, snapshots, reserved, at)
    lines, adjustments = _lines(parts, orders, facts, snapshots, reserved)
    payments = _payments(grants, groups, reserved, at)
    draws = _draws(parts, orders, lines)
    publish(
        *(
            OrderPlaced(order_id=order.id, shop_id=order.shop_id, buyer_id=order.buyer_id)
            for order in orders
        ),
        after=[
            _to_write(groups, orders, lines, adjustments, payments),
            stock.to_hold([*_holds(orders, lines), *buckets.moves_of(draws)], at),
            *([buckets.to_draw(draws)] if draws else []),
        ],
    )
    return _recorded(parts, groups, orders, lines, payments, facts)


def _faces(parts: Sequence[_Part], facts: Facts) -> Iterator[Face]:
    for one in parts:
        yield facts.face_of(one.part.shop_id)
        for attribution in one.attributions:
            if attribution.presenter is not None:
                yield attribution.presenter


def _to_write(
    groups: Sequence[OrderGroup],
    orders: Sequence[Row],
    lines: Sequence[Row],
    adjustments: Sequence[Row],
    payments: Sequence[Payment],
) -> Statement[None]:
    return Statement(
        statement(SQL, OrderGroup, Order, OrderLine),
        {
            "groups": rowset(groups),
            "orders": rowset(orders),
            "lines": rowset(lines),
            "adjustments": rowset(adjustments),
            "payments": rowset(payments),
        },
        nothing,
    )


def _recorded(
    parts: Sequence[_Part],
    groups: Sequence[OrderGroup],
    orders: Sequence[Row],
    lines: Sequence[Row],
    payments: Sequence[Payment],
    facts: Facts,
) -> list[Recorded]:
    written = iter(lines)
    of_group: dict[int, list[RecordedOrder]] = {group.pk: [] for group in groups}
    for one, order in zip(parts, orders, strict=True):
        shown = tuple(
            RecordedLine(next(written), facts.offer(wanted.sku_id), _block(attribution))
            for wanted, attribution in zip(one.lines, one.attributions, strict=True)
        )
        block = facts.face_of(one.part.shop_id).block
        of_group[order.group_id].append(RecordedOrder(order, block, shown))
    started = {one.group_id: one for one in payments}
    return [Recorded(group, tuple(of_group[group.pk]), started.get(group.pk)) for group in groups]


def to_reserve(requests: Sequence[PlaceOrder], facts: Facts, at: datetime) -> Statement[Reserved]:
    """Return the statement that names the rows of all `requests`, should all be granted."""
    shops = [
        {offer.shop_id for line in request.lines if (offer := facts.offer_of(line.sku_id))}
        for request in requests
    ]
    return numbering.to_reserve(
        groups=len(requests),
        orders=sum(map(len, shops)),
        lines=sum(len(request.lines) for request in requests),
        payments=sum(bool(request.gateway) for request in requests),
        at=at,
    )


def _attributions(grant: Grant, part: ShopPart, facts: Facts) -> tuple[Attribution, ...]:
    request = grant.request
    return tuple(
        facts.attribution_of(request.buyer_id, request.lines[place]) for place in part.places
    )


def _groups(grants: Sequence[Grant], reserved: Reserved, at: datetime) -> list[OrderGroup]:
    names = zip(reserved.group_ids, reserved.group_numbers, grants, strict=False)
    return [
        OrderGroup(
            id=pk,
            number=number,
            buyer_id=grant.request.buyer_id,
            idempotency_key=grant.request.key,
            fingerprint=grant.request.fingerprint,
            pay_amount=grant.priced.pay_amount,
            currency=grant.priced.currency,
            placed_at=at,
        )
        for pk, number, grant in names
    ]


def _payments(
    grants: Sequence[Grant], groups: Sequence[OrderGroup], reserved: Reserved, at: datetime
) -> list[Payment]:
    """Return the intents of those who named a gateway: each pays all of its group."""
    wished = [
        (group, grant.request.gateway)
        for group, grant in zip(groups, grants, strict=True)
        if grant.request.gateway
    ]
    return [
        intent(number, group, gateway, group.pay_amount, at)
        for number, (group, gateway) in zip(reserved.payment_numbers, wished, strict=False)
    ]


def _orders(
    parts: Sequence[_Part],
    facts: Facts,
    snapshots: dict[Key, int],
    reserved: Reserved,
    at: datetime,
) -> list[Row]:
    names = zip(
        reserved.order_ids, reserved.order_numbers, parts, _messages(parts, facts), strict=False
    )
    return [
        NewOrder(
            id=pk,
            number=number,
            group_id=one.group.pk,
            shop_id=one.part.shop_id,
            buyer_id=one.grant.request.buyer_id,
            currency=one.grant.priced.currency,
            goods_amount=one.part.priced.goods_amount,
            freight_amount=one.part.priced.freight_amount,
            promotion_amount=one.part.priced.promotion_amount,
            pay_amount=one.part.priced.pay_amount,
            storefront_id=snapshots[facts.face_of(one.part.shop_id).key],
            receiver_sealed=bytea(one.grant.receiver.sealed),
            receiver_masked=one.grant.receiver.masked,
            address_hash=one.grant.receiver.address_hash,
            buyer_message=message,
            placed_at=at,
            pay_by_at=at + facts.unpaid_for(one.part.shop_id),
            updated_at=at,  # the trigger says when it is written
        )
        for pk, number, one, message in names
    ]


def _messages(parts: Sequence[_Part], facts: Facts) -> list[str]:
    """Return the buyer's word to each order's shop."""
    shops = (facts.face_of(one.part.shop_id).block["shop"]["id"] for one in parts)
    return [
        dict(one.grant.request.messages).get(shop, "")
        for one, shop in zip(parts, shops, strict=True)
    ]


def _lines(
    parts: Sequence[_Part],
    orders: Sequence[Row],
    facts: Facts,
    snapshots: dict[Key, int],
    reserved: Reserved,
) -> tuple[list[Row], list[Row]]:
    pks = iter(reserved.line_ids)
    lines: list[Row] = []
    adjustments: list[Row] = []
    for one, order in zip(parts, orders, strict=True):
        rows = zip(one.part.places, one.part.priced.lines, one.attributions, strict=True)
        for position, (place, priced, attribution) in enumerate(rows, start=1):
            wanted, is_later = one.grant.request.lines[place], place in one.grant.later
            line = _line(order, position, wanted, priced, attribution, facts, is_later=is_later)
            line.id = next(pks)
            if attribution.presenter is not None:
                line.presenter_id = snapshots[attribution.presenter.key]
            lines.append(line)
            adjustments += [_adjustment(line, step) for step in priced.adjustments]
    return lines, adjustments


def _adjustment(line: Row, step: Adjustment) -> Row:
    return NewAdjustment(
        line_id=line.id,
        shop_id=line.shop_id,
        buyer_id=line.buyer_id,
        step=step.step,
        amount=step.amount,
        bearer=step.bearer,
    )


def _line(
    order: Row,
    position: int,
    wanted: WantedLine,
    priced: PricedLine,
    attribution: Attribution,
    facts: Facts,
    *,
    is_later: bool,
) -> Row:
    offer = facts.offer(wanted.sku_id)
    ships = offer.sale.ships_in(is_later=is_later)
    touch = attribution.touch
    return NewLine(
        order_id=order.id,
        position=position,
        shop_id=order.shop_id,
        buyer_id=order.buyer_id,
        sku_id=offer.sku_id,
        product_id=offer.product_id,
        price_version_id=offer.price_version_id,
        title=offer.title,
        options=offer.options,
        image_url=offer.image_url,
        currency=offer.currency,
        unit_price=priced.unit_price,
        quantity=priced.quantity,
        is_held=offer.is_held,
        ship_speed=ships.speed,
        ship_days=ships.days,
        ship_after=ships.after,
        goods_amount=priced.goods_amount,
        freight_amount=priced.freight_amount,
        freight_original_amount=priced.freight_original_amount,
        freight_promotion_amount=priced.freight_promotion_amount,
        promotion_amount=priced.promotion_amount,
        promotion_shop_amount=priced.promotion_shop_amount,
        promotion_platform_amount=priced.promotion_platform_amount,
        promotion_talent_amount=priced.promotion_talent_amount,
        pay_amount=priced.pay_amount,
        storefront_id=order.storefront_id,
        content_account_id=touch.account_id,
        media_type=touch.media_type,
        media_id=touch.media_id,
        traffic_channel=attribution.channel,
        is_live_scene=touch.is_live,
        creative_id=touch.creative_id,
        pick_code=touch.pick_code,
    )


def _block(attribution: Attribution) -> Block | None:
    return attribution.presenter.block if attribution.presenter else None


def _draws(
    parts: Sequence[_Part], orders: Sequence[Row], lines: Sequence[Row]
) -> list[buckets.Draw]:
    """Return what the lines take out of buckets: of most, nothing."""
    written = iter(lines)
    return [
        buckets.Draw(bucket_id, line.sku_id, line.shop_id, _reference(order, line), pieces)
        for one, order in zip(parts, orders, strict=True)
        for place, line in zip(one.part.places, written, strict=False)
        for bucket_id, pieces in [one.grant.draws.get(place, (0, 0))]
        if pieces
    ]


def _reference(order: Row, line: Row) -> str:
    return f"order:{order.number}:{line.position}"


def _holds(orders: Sequence[Row], lines: Sequence[Row]) -> list[stock.Move]:
    by_pk = {order.id: order for order in orders}
    return [
        stock.Move(
            sku_id=line.sku_id,
            shop_id=line.shop_id,
            kind=MovementKind.HOLD,
            quantity=line.quantity,
            reference=_reference(by_pk[line.order_id], line),
        )
        for line in lines
        if line.is_held
    ]
