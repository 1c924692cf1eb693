"""The write of the placement: one statement a table, whatever the size of the set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q

from catalog.enums import MovementKind
from catalog.services import stock
from kernel.events import publish
from orders.events import OrderPlaced
from orders.models import CartLine, Order, OrderGroup, OrderLine, PriceAdjustment
from orders.models.identity import IdentitySnapshot
from orders.services import numbering
from orders.services.deciding import Priced, ShopPart
from orders.services.pricing import PricedLine
from orders.services.reading import Attribution, Facts
from orders.services.receivers import SealedReceiver
from orders.services.requests import PlaceOrder, WantedLine
from orders.services.snapshots import Block, digest_of, freeze_blocks


@dataclass(frozen=True)
class Grant:
    """A checkout that was granted."""

    request: PlaceOrder
    priced: Priced
    receiver: SealedReceiver


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


def record(grants: Sequence[Grant], facts: Facts, *, at: datetime) -> list[OrderGroup]:
    """Write what was granted and hold its stock; return the groups, in the order of `grants`.

    Belongs in the transaction that holds the locks of the stock.
    """
    if not grants:
        return []
    groups = _write_groups(grants, at)
    parts = [
        _Part(grant, group, part, _attributions(grant, part, facts))
        for grant, group in zip(grants, groups, strict=True)
        for part in grant.priced.parts
    ]
    blocks: list[tuple[int, Block]] = []
    for one in parts:
        shop_id = one.part.shop_id
        blocks.append((shop_id, facts.faces[shop_id]))
        blocks += [(shop_id, a.presenter) for a in one.attributions if a.presenter is not None]
    snapshots = freeze_blocks(blocks)
    orders = _write_orders(parts, facts, snapshots, at)
    lines = _write_lines(parts, orders, facts, snapshots)
    stock.apply([_hold(order, line) for order, line in lines], at)
    _forget_cart(grants)
    publish(
        *(
            OrderPlaced(order_id=order.pk, shop_id=order.shop_id, buyer_id=order.buyer_id)
            for order in orders
        )
    )
    return groups


def _attributions(grant: Grant, part: ShopPart, facts: Facts) -> tuple[Attribution, ...]:
    request = grant.request
    return tuple(
        facts.attribution_of(request.buyer_id, request.lines[place]) for place in part.places
    )


def _write_groups(grants: Sequence[Grant], at: datetime) -> list[OrderGroup]:
    numbers = numbering.take(len(grants), at, prefix=numbering.GROUP)
    return OrderGroup.objects.bulk_create(
        OrderGroup(
            number=number,
            buyer_id=grant.request.buyer_id,
            idempotency_key=grant.request.key,
            fingerprint=grant.request.fingerprint,
            pay_amount=grant.priced.pay_amount,
            currency=grant.priced.currency,
            placed_at=at,
        )
        for number, grant in zip(numbers, grants, strict=True)
    )


def _write_orders(
    parts: Sequence[_Part],
    facts: Facts,
    snapshots: dict[tuple[int, str], IdentitySnapshot],
    at: datetime,
) -> list[Order]:
    numbers = numbering.take(len(parts), at)
    messages = _messages(parts, facts)
    return Order.objects.bulk_create(
        Order(
            number=number,
            group=one.group,
            shop_id=one.part.shop_id,
            buyer_id=one.grant.request.buyer_id,
            currency=one.grant.priced.currency,
            goods_amount=one.part.priced.goods_amount,
            freight_amount=one.part.priced.freight_amount,
            promotion_amount=one.part.priced.promotion_amount,
            pay_amount=one.part.priced.pay_amount,
            storefront=snapshots[_key(one, facts.faces[one.part.shop_id])],
            receiver_sealed=one.grant.receiver.sealed,
            receiver_masked=one.grant.receiver.masked,
            address_hash=one.grant.receiver.address_hash,
            buyer_message=message,
            placed_at=at,
            pay_by_at=at + settings.UNPAID_CLOSE_AFTER,
        )
        for number, one, message in zip(numbers, parts, messages, strict=True)
    )


def _messages(parts: Sequence[_Part], facts: Facts) -> list[str]:
    return [
        dict(one.grant.request.messages).get(facts.faces[one.part.shop_id]["shop"]["id"], "")
        for one in parts
    ]


def _write_lines(
    parts: Sequence[_Part],
    orders: Sequence[Order],
    facts: Facts,
    snapshots: dict[tuple[int, str], IdentitySnapshot],
) -> list[tuple[Order, OrderLine]]:
    lines: list[tuple[Order, OrderLine]] = []
    steps: list[tuple[OrderLine, PricedLine]] = []
    for one, order in zip(parts, orders, strict=True):
        rows = zip(one.lines, one.part.priced.lines, one.attributions, strict=True)
        for position, (wanted, priced, attribution) in enumerate(rows, start=1):
            line = _line(order, position, wanted, priced, attribution, facts)
            if attribution.presenter is not None:
                line.presenter = snapshots[_key(one, attribution.presenter)]
            lines.append((order, line))
            steps.append((line, priced))
    OrderLine.objects.bulk_create([line for _order, line in lines])
    PriceAdjustment.objects.bulk_create(
        PriceAdjustment(
            line=line,
            shop_id=line.shop_id,
            buyer_id=line.buyer_id,
            step=adjustment.step,
            amount=adjustment.amount,
            bearer=adjustment.bearer,
        )
        for line, priced in steps
        for adjustment in priced.adjustments
    )
    return lines


def _line(
    order: Order,
    position: int,
    wanted: WantedLine,
    priced: PricedLine,
    attribution: Attribution,
    facts: Facts,
) -> OrderLine:
    offer = facts.offers[wanted.sku_id]
    touch = attribution.touch
    return OrderLine(
        order=order,
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


def _key(one: _Part, block: Block) -> tuple[int, str]:
    return one.part.shop_id, digest_of(block)


def _hold(order: Order, line: OrderLine) -> stock.Move:
    return stock.Move(
        sku_id=line.sku_id,
        shop_id=line.shop_id,
        kind=MovementKind.HOLD,
        quantity=line.quantity,
        reference=f"order:{order.number}:{line.position}",
    )


def _forget_cart(grants: Sequence[Grant]) -> None:
    bought = Q()
    for grant in grants:
        skus = [line.sku_id for line in grant.request.lines]
        bought |= Q(buyer_id=grant.request.buyer_id, sku__public_id__in=skus)
    CartLine.objects.filter(bought).delete()
