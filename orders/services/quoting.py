"""What a checkout would cost now: the placement's own reading and pricing, and no write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalog.models import Stock
from catalog.services.buckets import to_read_remaining
from kernel.actors import Actor
from kernel.asking import ask_one
from orders.services.deciding import Wanted, price, refuse_over_limits
from orders.services.limits import to_count
from orders.services.pricing import PricedLine
from orders.services.reading import Facts, checkout_of, read_facts
from orders.services.receivers import region_of
from orders.services.remembering import open_book
from orders.services.requests import PlaceOrder, WantedLine
from shops.selectors import ShipsIn


@dataclass(frozen=True)
class QuotedLine:
    """One line of a quote. `is_available` is a hint: the placement decides under the lock."""

    sku_id: str
    title: str
    options: list[str]
    image_url: str
    unit_price: int
    quantity: int
    goods_amount: int
    freight_amount: int
    pay_amount: int
    currency: str
    is_available: bool
    #: How soon it is sent, as far as is known before the lock (CA-15).
    ships: ShipsIn
    presenter: Mapping[str, Any] | None


@dataclass(frozen=True)
class QuotedOrder:
    """One shop's order of a quote, under its identity block."""

    storefront: Mapping[str, Any]
    lines: list[QuotedLine]
    goods_amount: int
    freight_amount: int
    pay_amount: int
    currency: str


@dataclass(frozen=True)
class Quote:
    """A whole checkout."""

    orders: list[QuotedOrder]
    goods_amount: int
    freight_amount: int
    pay_amount: int
    currency: str


def quote(
    *,
    lines: Sequence[WantedLine],
    at: datetime,
    actor: Actor,
    address: Mapping[str, str] | None = None,
) -> Quote:
    """Return what `lines` would cost the actor now, in minor units. Nothing is held.

    `address` holds the province, city and district that it goes to; without one the freight is
    what most regions pay. Raises what the placement would refuse: NotBuyable, SoldElsewhere,
    DuplicateSku, MixedCurrencies, AmountTooLarge, OverLimit, ShopOnHoliday, NotDeliveredThere,
    RegionNotFound.
    """
    request = PlaceOrder(buyer_id=actor.user_id or 0, key="", lines=tuple(lines))
    facts = read_facts([request], book=open_book(), at=at).checked(at)
    region = region_of(address) if address is not None else None
    checkout = checkout_of(request, facts, has_receiver=True, region=region, at=at)
    priced = price(checkout.lines, checkout.freight)
    limited = facts.limited([request])
    refuse_over_limits(checkout, ask_one(to_count(limited)) if limited else {})
    skus = [line.offer.sku_id for line in checkout.lines if line.offer]
    left = dict(Stock.objects.filter(pk__in=skus).values_list("pk", "available"))
    drawn_from = {one.bucket_id for one in checkout.lines if one.bucket_id is not None}
    set_aside = ask_one(to_read_remaining(drawn_from)) if drawn_from else {}
    there = [_there(one, left, set_aside) for one in checkout.lines]
    orders = []
    for part in priced.parts:
        rows = [
            _line(request, request.lines[place], amounts, facts, there[place])
            for place, amounts in zip(part.places, part.priced.lines, strict=True)
        ]
        orders.append(
            QuotedOrder(
                storefront=facts.face_of(part.shop_id).block,
                lines=rows,
                goods_amount=part.priced.goods_amount,
                freight_amount=part.priced.freight_amount,
                pay_amount=part.priced.pay_amount,
                currency=priced.currency,
            )
        )
    return Quote(
        orders=orders,
        goods_amount=sum(order.goods_amount for order in orders),
        freight_amount=sum(order.freight_amount for order in orders),
        pay_amount=priced.pay_amount,
        currency=priced.currency,
    )


@dataclass(frozen=True)
class _There:
    """Whether there is enough for a line, and whether a piece of it comes later. Hints."""

    is_enough: bool
    is_later: bool


def _there(line: Wanted, left: Mapping[int, int], set_aside: Mapping[int, int]) -> _There:
    offer = line.offer
    if offer is None:
        return _There(is_enough=False, is_later=False)
    for_all = left.get(offer.sku_id, 0)
    drawn = set_aside.get(line.bucket_id, 0) if line.bucket_id is not None else 0
    return _There(
        is_enough=for_all + drawn >= line.quantity,
        is_later=offer.sale.is_later(max(0, line.quantity - drawn), for_all),
    )


def _line(
    request: PlaceOrder,
    wanted: WantedLine,
    amounts: PricedLine,
    facts: Facts,
    there: _There,
) -> QuotedLine:
    offer = facts.offer(wanted.sku_id)
    presenter = facts.attribution_of(request.buyer_id, wanted).presenter
    return QuotedLine(
        sku_id=wanted.sku_id,
        title=offer.title,
        options=offer.options,
        image_url=offer.image_url,
        unit_price=amounts.unit_price,
        quantity=amounts.quantity,
        goods_amount=amounts.goods_amount,
        freight_amount=amounts.freight_amount,
        pay_amount=amounts.pay_amount,
        currency=offer.currency,
        is_available=there.is_enough,
        ships=offer.sale.ships_in(is_later=there.is_later),
        presenter=presenter.block if presenter else None,
    )
