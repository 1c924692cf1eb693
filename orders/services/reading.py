"""All that a set of checkouts needs to know, read in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Account
from catalog.models import Sku
from catalog.selectors import BuyableSku, buyable
from orders.enums import TrafficChannel
from orders.models import CartLine
from orders.services.deciding import Checkout, Freight, Wanted
from orders.services.requests import PlaceOrder, Touch, WantedLine
from orders.services.snapshots import Block
from shops.enums import Relation
from shops.selectors import freights, presenters, storefronts

#: Relations that make an account the shop's own face (CT-12, BI-03).
OWN = frozenset({Relation.OFFICIAL, Relation.SELF})
NO_TOUCH = Touch()


@dataclass(frozen=True)
class Attribution:
    """What a line keeps of its touch: only what our records know, and what follows from it."""

    touch: Touch
    channel: TrafficChannel
    #: Whose content sold it, when it was not the shop's own face.
    presenter: Block | None


@dataclass(frozen=True)
class Facts:
    """What the catalog, the shops, the accounts and the carts say."""

    #: Public SKU id → offer; absent when it cannot be bought.
    offers: Mapping[str, BuyableSku]
    #: Shop pk → identity block of now.
    faces: Mapping[int, Block]
    #: (public account id, shop pk) → presenter block.
    presenters: Mapping[tuple[str, int], Block]
    #: (buyer pk, public SKU id) → the touch kept in the cart.
    cart_touches: Mapping[tuple[int, str], Touch]

    def attribution_of(self, buyer_id: int, line: WantedLine) -> Attribution:
        """Return the attribution of a line that can be bought."""
        shop_id = self.offers[line.sku_id].shop_id
        touch = line.touch or self.cart_touches.get((buyer_id, line.sku_id), NO_TOUCH)
        presenter = self.presenters.get((touch.account_id, shop_id))
        if presenter is None and touch.account_id:
            touch = Touch(**{**vars(touch), "account_id": ""})  # nobody we know
        face = self.faces[shop_id]["account"]
        is_face = face is not None and face["id"] == touch.account_id
        return Attribution(touch, _channel(touch, presenter), None if is_face else presenter)


def read_facts(requests: Sequence[PlaceOrder], *, at: datetime) -> Facts:
    """Return what `requests` are about."""
    public_ids = {line.sku_id for request in requests for line in request.lines}
    pks = dict(Sku.objects.filter(public_id__in=public_ids).values_list("pk", "public_id"))
    offers = {pks[pk]: offer for pk, offer in buyable(pks, at=at).items()}
    touches = _cart_touches(requests)
    return Facts(
        offers=offers,
        faces=storefronts({offer.shop_id for offer in offers.values()}, at=at),
        presenters=_presenters(requests, offers, touches, at),
        cart_touches=touches,
    )


def checkout_of(request: PlaceOrder, facts: Facts, *, has_receiver: bool) -> Checkout:
    """Return the request as the decision takes it."""
    return Checkout(
        identity=request.identity,
        fingerprint=request.fingerprint,
        lines=tuple(
            Wanted(line.sku_id, line.quantity, facts.offers.get(line.sku_id))
            for line in request.lines
        ),
        expected_pay_amount=request.expected_pay_amount,
        has_receiver=has_receiver,
    )


def freight_table(checkouts: Sequence[Checkout]) -> Freight:
    """Return a freight function that asks the shops once per distinct (shop, goods amount)."""
    asked: dict[tuple[int, int], int] = {}
    pending: dict[int, set[int]] = {}
    for checkout in checkouts:
        goods: dict[int, int] = {}
        for line in checkout.lines:
            if line.offer is not None:
                amount = line.offer.price * line.quantity
                goods[line.offer.shop_id] = goods.get(line.offer.shop_id, 0) + amount
        for shop_id, amount in goods.items():
            pending.setdefault(shop_id, set()).add(amount)
    while pending:  # as many rounds as one shop has different amounts: mostly one
        batch = {shop_id: amounts.pop() for shop_id, amounts in pending.items()}
        for shop_id, freight in freights(batch).items():
            asked[shop_id, batch[shop_id]] = freight
        pending = {shop_id: amounts for shop_id, amounts in pending.items() if amounts}
    return lambda shop_id, amount: asked[shop_id, amount]


def _cart_touches(requests: Sequence[PlaceOrder]) -> dict[tuple[int, str], Touch]:
    """Return what the carts kept for lines that came without a touch of their own."""
    bare = {
        (request.buyer_id, line.sku_id)
        for request in requests
        for line in request.lines
        if line.touch is None
    }
    if not bare:
        return {}
    rows = CartLine.objects.filter(
        buyer_id__in={buyer_id for buyer_id, _sku in bare},
        sku__public_id__in={sku_id for _buyer, sku_id in bare},
    ).values_list("buyer_id", "sku__public_id", "touch")
    return {(buyer, sku): Touch.of(touch) for buyer, sku, touch in rows if (buyer, sku) in bare}


def _presenters(
    requests: Sequence[PlaceOrder],
    offers: Mapping[str, BuyableSku],
    touches: Mapping[tuple[int, str], Touch],
    at: datetime,
) -> dict[tuple[str, int], Block]:
    pairs = set()
    for request in requests:
        for line in request.lines:
            touch = line.touch or touches.get((request.buyer_id, line.sku_id), NO_TOUCH)
            if touch.account_id and line.sku_id in offers:
                pairs.add((touch.account_id, offers[line.sku_id].shop_id))
    if not pairs:
        return {}
    accounts = dict(
        Account.objects.filter(public_id__in={public_id for public_id, _shop in pairs}).values_list(
            "public_id", "pk"
        )
    )
    known = {pair: (accounts[pair[0]], pair[1]) for pair in pairs if pair[0] in accounts}
    blocks = presenters(known.values(), at=at)
    return {pair: blocks[key] for pair, key in known.items() if key in blocks}


def _channel(touch: Touch, presenter: Block | None) -> TrafficChannel:
    if touch.pick_code:
        return TrafficChannel.ALLIANCE
    if presenter is not None and presenter["relation"] in OWN:
        return TrafficChannel.OWN
    return TrafficChannel.UNKNOWN
