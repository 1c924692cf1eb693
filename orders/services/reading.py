"""All that a set of checkouts needs to know, as its own rooms say it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from catalog.selectors.offers import BuyableSku
from kernel.asking import Statement, ask, ask_one, numbers
from kernel.revisions import Kept
from orders.enums import TrafficChannel
from orders.errors import NotDeliveredThere, RegionNotFound, ShopOnHoliday
from orders.services.deciding import Checkout, Freight, Wanted
from orders.services.remembering import Book, Pages, Presence, to_look, to_look_for_prices
from orders.services.requests import PlaceOrder, Touch, WantedLine
from orders.services.snapshots import Face
from shops.enums import Relation

#: Relations that make an account the shop's own face (CT-12, BI-03).
OWN = frozenset({Relation.OFFICIAL, Relation.SELF})
NO_TOUCH = Touch()

#: Public SKU id → its offer; absent when it cannot be bought.
Offers = Mapping[str, Kept[BuyableSku]]


@dataclass(frozen=True)
class Attribution:
    """What a line keeps of its touch: only what our records know, and what follows from it."""

    touch: Touch
    channel: TrafficChannel
    #: Whose content sold it, when it was not the shop's own face.
    presenter: Face | None


@dataclass(frozen=True)
class Facts:
    """What the catalog, the shops, the accounts and the carts say."""

    book: Book
    pages: Pages
    #: (buyer pk, public SKU id) → the touch kept in the cart.
    cart_touches: Mapping[tuple[int, str], Touch]

    def offer_of(self, sku_id: str) -> BuyableSku | None:
        """Return the offer of a public SKU id, None when it cannot be bought."""
        kept = self.pages.offers.get(sku_id)
        return kept.value if kept else None

    def open_offer_of(self, sku_id: str, at: datetime) -> BuyableSku | None:
        """Return the offer of a public SKU id, None when nobody can order it at `at` (CA-15)."""
        offer = self.offer_of(sku_id)
        return None if offer is None or offer.sale.is_over(at) else offer

    def skus_of(self, requests: Iterable[PlaceOrder]) -> set[int]:
        """Return the primary keys of the SKUs that `requests` want and that can be bought."""
        offers = self.pages.offers
        return {
            offers[line.sku_id].value.sku_id
            for request in requests
            for line in request.lines
            if line.sku_id in offers
        }

    def limited(self, requests: Iterable[PlaceOrder]) -> set[tuple[int, int]]:
        """Return (buyer pk, product pk) of what `requests` want of products with a most a buyer."""
        return {
            (request.buyer_id, offer.product_id)
            for request in requests
            for line in request.lines
            if (offer := self.offer_of(line.sku_id)) and offer.limits.max_per_buyer is not None
        }

    def capped(self, requests: Iterable[PlaceOrder]) -> dict[int, int]:
        """Return shop pk → orders a day, of the shops among `requests` that may not take more."""
        shops = {
            offer.shop_id
            for request in requests
            for line in request.lines
            if (offer := self.offer_of(line.sku_id))
        }
        known = {pk: self.pages.shops[pk].value.orders.orders_a_day for pk in shops}
        return {pk: most for pk, most in known.items() if most is not None}

    def offer(self, sku_id: str) -> BuyableSku:
        """Return the offer of a SKU that can be bought."""
        return self.pages.offers[sku_id].value

    def face_of(self, shop_id: int) -> Face:
        """Return the identity block of a shop that sells."""
        return self.pages.shops[shop_id].value.face

    def unpaid_for(self, shop_id: int) -> timedelta:
        """Return how long an unpaid order of a shop that sells holds its pieces (CA-12)."""
        return self.pages.shops[shop_id].value.orders.unpaid_for

    def freight_to(self, region: str | None, at: datetime) -> Freight:
        """Return what tells the freight of one shop's order to `region` at `at`. Minor units.

        `region` is a code of `find_region`, "" for an address that tells none, None when nobody
        asked yet. What is returned raises ShopOnHoliday, NotDeliveredThere, RegionNotFound.
        """

        def freight(shop_id: int, goods_amount: int, pieces: int) -> int:
            shop = self.pages.shops[shop_id].value
            if shop.closure is not None and shop.closure.holds(at):
                until = shop.closure.ends.isoformat()
                raise ShopOnHoliday(extra={"closed_until": until, "note": shop.closure.note})
            if region == "" and shop.freight.rules:
                raise RegionNotFound
            amount = shop.freight.of(goods_amount, pieces, region or "")
            if amount is None:
                raise NotDeliveredThere
            return amount

        return freight

    def attribution_of(self, buyer_id: int, line: WantedLine) -> Attribution:
        """Return the attribution of a line that can be bought."""
        shop_id = self.offer(line.sku_id).shop_id
        touch = _touch_of(buyer_id, line, self.cart_touches)
        kept = self.pages.presenters.get((touch.account_id, shop_id))
        presenter = kept.value if kept else None
        if presenter is None and touch.account_id:
            touch = replace(touch, account_id="")  # nobody we know
        face = self.face_of(shop_id).block["account"]
        is_face = face is not None and face["id"] == touch.account_id
        return Attribution(touch, _channel(touch, presenter), None if is_face else presenter)

    def is_sold_there(self, buyer_id: int, line: WantedLine) -> bool:
        """Tell whether the content that led to a line may have sold it (CA-19).

        No statement: who sells alone came with the offer, who presents with the touch.
        """
        offer = self.offer_of(line.sku_id)
        if offer is None or offer.sold_by is None:
            return True
        touch = _touch_of(buyer_id, line, self.cart_touches)
        kept = self.pages.presenters.get((touch.account_id, offer.shop_id))
        if kept is None:
            return False
        return offer.sold_by.allows(touch.account_id, is_creator=kept.value.is_creator)

    def bucket_of(self, buyer_id: int, line: WantedLine, at: datetime) -> int | None:
        """Return the pk of the bucket that a line draws from, None for nearly all (CA-10)."""
        offer = self.offer_of(line.sku_id)
        if offer is None or not offer.buckets:
            return None
        touch = _touch_of(buyer_id, line, self.cart_touches)
        return offer.bucket_for(touch.account_id, is_live=touch.is_live, at=at)

    def buckets_of(self, requests: Iterable[PlaceOrder]) -> dict[int, int]:
        """Return bucket pk → SKU pk of all that is set aside of what `requests` want."""
        return {
            bucket.pk: offer.sku_id
            for request in requests
            for line in request.lines
            if (offer := self.offer_of(line.sku_id))
            for bucket in offer.buckets
        }

    def renewed(self, now: Mapping[str, int], prices: Mapping[int, int], at: datetime) -> Facts:
        """Return the facts with everything read again that has changed since it was read."""
        return replace(self, pages=self.book.renewed(self.pages, now, prices, at))

    def checked(self, at: datetime) -> Facts:
        """Return the facts as they are now: one look tells what has changed."""
        return self.renewed(*ask(to_look(self.pages), to_look_for_prices(self.pages)), at)


def offers_of(requests: Sequence[PlaceOrder], book: Book, at: datetime) -> Offers:
    """Return what `book` remembers of the SKUs of `requests`, by public id."""
    return book.offers({line.sku_id for request in requests for line in request.lines}, at)


def facts_of(
    requests: Sequence[PlaceOrder],
    offers: Offers,
    cart_touches: Mapping[tuple[int, str], Touch],
    *,
    book: Book,
    at: datetime,
) -> Facts:
    """Return what `requests` are about as `book` remembers it: to be `renewed` before it counts."""
    presences: set[Presence] = set()
    for request in requests:
        for line in request.lines:
            touch = _touch_of(request.buyer_id, line, cart_touches)
            if touch.account_id and line.sku_id in offers:
                presences.add((touch.account_id, offers[line.sku_id].value.shop_id))
    return Facts(book, book.pages(offers, presences, at), cart_touches)


def checkout_of(
    request: PlaceOrder, facts: Facts, *, has_receiver: bool, region: str | None, at: datetime
) -> Checkout:
    """Return the request as the decision takes it; `region` as in `Facts.freight_to`."""
    return Checkout(
        freight=facts.freight_to(region, at),
        identity=request.identity,
        fingerprint=request.fingerprint,
        lines=tuple(
            Wanted(
                line.sku_id,
                line.quantity,
                facts.open_offer_of(line.sku_id, at),
                is_sold_there=facts.is_sold_there(request.buyer_id, line),
                bucket_id=facts.bucket_of(request.buyer_id, line, at),
            )
            for line in request.lines
        ),
        expected_pay_amount=request.expected_pay_amount,
        has_receiver=has_receiver,
    )


def _touch_of(
    buyer_id: int, line: WantedLine, cart_touches: Mapping[tuple[int, str], Touch]
) -> Touch:
    return line.touch or cart_touches.get((buyer_id, line.sku_id), NO_TOUCH)


IN_CARTS = """
SELECT buyer_id, sku_id, cart.touch FROM orders_cartline AS cart
JOIN unnest(%s::bigint[], %s::bigint[]) AS asked (buyer_id, sku_id) USING (buyer_id, sku_id)
"""


def read_facts(requests: Sequence[PlaceOrder], *, book: Book, at: datetime) -> Facts:
    """Return what `requests` are about as `book` remembers it, carts and all."""
    offers = offers_of(requests, book, at)
    cart_touches = ask_one(to_read_cart_touches(requests, offers))
    return facts_of(requests, offers, cart_touches, book=book, at=at)


def to_read_cart_touches(
    requests: Sequence[PlaceOrder], offers: Offers
) -> Statement[dict[tuple[int, str], Touch]]:
    """Return the statement that tells what the carts kept for lines that came without a touch."""
    bare = {
        (request.buyer_id, offers[line.sku_id].value.sku_id): line.sku_id
        for request in requests
        for line in request.lines
        if line.touch is None and line.sku_id in offers
    }
    return Statement(
        IN_CARTS,
        [numbers(buyer for buyer, _sku in bare), numbers(sku for _buyer, sku in bare)],
        lambda rows: {
            (buyer, bare[buyer, sku]): Touch.of(json.loads(touch)) for buyer, sku, touch in rows
        },
    )


def _channel(touch: Touch, presenter: Face | None) -> TrafficChannel:
    if touch.pick_code:
        return TrafficChannel.ALLIANCE
    if presenter is not None and presenter.block["relation"] in OWN:
        return TrafficChannel.OWN
    return TrafficChannel.UNKNOWN
