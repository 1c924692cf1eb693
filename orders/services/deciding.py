"""Who gets the pieces: plain Python between the lock and the write, testable without a database.

Checkouts are taken in arrival order. Each is granted whole or refused whole, so exactly what is
there is sold: a large checkout that does not fit leaves its pieces to the next one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from catalog.errors import OutOfStock
from catalog.selectors.offers import BuyableSku
from kernel.errors import DomainError, FieldError, KeyReused, NotFound
from kernel.money import MAX_AMOUNT
from orders.errors import (
    AmountTooLarge,
    DuplicateSku,
    MixedCurrencies,
    NotBuyable,
    OverLimit,
    PriceChanged,
    ShopTookEnough,
    SoldElsewhere,
)
from orders.services.pricing import PricedOrder, Terms, price_order

#: (shop pk, goods amount, pieces) → freight of one order of that shop. Raises DomainError when the
#: shop does not take the order: it is closed, or does not send there.
Freight = Callable[[int, int, int], int]
#: (buyer pk, product pk) → pieces that the buyer has.
Bought = Mapping[tuple[int, int], int]
NOTHING_SHORT: Mapping[int, int] = {}
NOTHING_SET_ASIDE: Mapping[int, int] = {}
NOTHING_BOUGHT: Bought = {}
#: Shop pk → orders that it may still take today; a shop without a limit is absent (SH-16).
OrdersLeft = Mapping[int, int]
NO_SHOP_LIMITED: OrdersLeft = {}


@dataclass(frozen=True)
class Wanted:
    """A line with what the catalog says of it; `offer` is None when it cannot be bought."""

    sku_id: str
    quantity: int
    offer: BuyableSku | None
    #: False when it is sold through others than the content that led to it (CA-19).
    is_sold_there: bool = True
    #: Pk of the bucket that it draws from before it takes what is for everybody (CA-10).
    bucket_id: int | None = None


@dataclass(frozen=True)
class Checkout:
    """One buyer's lines, in the order they were sent."""

    identity: tuple[int, str]
    fingerprint: str
    lines: tuple[Wanted, ...]
    expected_pay_amount: int | None = None
    #: What the shops ask for sending it where it goes.
    freight: Freight = field(default=lambda _shop_id, _goods_amount, _pieces: 0)
    #: False when a saved address was named that the buyer does not have.
    has_receiver: bool = True


@dataclass(frozen=True)
class ShopPart:
    """One shop's order of a checkout: places of its lines in the checkout, and their amounts."""

    shop_id: int
    places: tuple[int, ...]
    priced: PricedOrder


@dataclass(frozen=True)
class Priced:
    """A checkout with its amounts: what a quote shows and what an order stores."""

    parts: tuple[ShopPart, ...]
    currency: str

    @cached_property
    def pay_amount(self) -> int:
        return sum(part.priced.pay_amount for part in self.parts)


@dataclass(frozen=True)
class Granted:
    """Takes its pieces."""

    priced: Priced
    #: Place of a line → (bucket pk, pieces) that it takes out of a bucket.
    draws: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    #: Places of the lines with a piece that comes later (CA-15).
    later: frozenset[int] = frozenset()


@dataclass
class Left:
    """What is there under the lock, less what was granted so far. Pieces by primary key."""

    available: dict[int, int]
    set_aside: dict[int, int]

    def of(self, sku_id: int, bucket_id: int | None) -> int:
        """Return the pieces of a SKU for who may draw from that bucket."""
        waiting = self.set_aside.get(bucket_id, 0) if bucket_id is not None else 0
        return self.available.get(sku_id, 0) + waiting

    def draw(self, bucket_id: int | None, wanted: int) -> int:
        """Take up to `wanted` pieces out of the bucket; return how many it gave."""
        if bucket_id is None:
            return 0
        drawn = min(wanted, self.set_aside.get(bucket_id, 0))
        self.set_aside[bucket_id] = self.set_aside.get(bucket_id, 0) - drawn
        return drawn


@dataclass(frozen=True)
class KnownGroup:
    """The key was placed before, as this group."""

    group_id: int


@dataclass(frozen=True)
class KnownPlace:
    """The key is placed by an earlier place of the same batch."""

    place: int


@dataclass(frozen=True)
class Denied:
    """Takes nothing."""

    error: DomainError


Verdict = Granted | KnownGroup | KnownPlace | Denied


def decide(
    checkouts: Sequence[Checkout],
    *,
    available: Mapping[int, int],
    known: Mapping[tuple[int, str], tuple[int, str]],
    short: Mapping[int, int] = NOTHING_SHORT,
    bought: Bought = NOTHING_BOUGHT,
    orders_left: OrdersLeft = NO_SHOP_LIMITED,
    set_aside: Mapping[int, int] = NOTHING_SET_ASIDE,
) -> list[Verdict]:
    """Return a verdict for each checkout, in their order.

    `available` is SKU pk → pieces free under the lock; `known` is (buyer, key) → (group pk,
    fingerprint) of what was placed before. A key that comes twice in the batch is placed once.
    `short` is SKU pk → pieces of what was short a moment ago: who wants more is refused unlocked.
    `bought` is what buyers have of products that limit it, counted while nobody else could add;
    `orders_left` what limited shops may still take, counted so too. `set_aside` is bucket pk →
    pieces in it under the lock.
    """
    left, had, may_take = Left(dict(available), dict(set_aside)), dict(bought), dict(orders_left)
    granted: dict[tuple[int, str], int] = {}
    verdicts: list[Verdict] = []
    for place, checkout in enumerate(checkouts):
        verdict = _recognise(checkout, checkouts, known, granted)
        if verdict is None:
            verdict = _judge(checkout, left, had, short, may_take)
            if isinstance(verdict, Granted):
                granted[checkout.identity] = place
                draws, later = _take(checkout, left, had)
                verdict = replace(verdict, draws=draws, later=later)
                for part in verdict.priced.parts:
                    if part.shop_id in may_take:
                        may_take[part.shop_id] -= 1
        verdicts.append(verdict)
    return verdicts


def price(lines: Sequence[Wanted], freight: Freight) -> Priced:
    """Return the amounts of `lines`, one part a shop, shops in the order of their first line.

    Raises NotBuyable naming each line that cannot be bought, SoldElsewhere, DuplicateSku,
    MixedCurrencies, AmountTooLarge, and what `freight` refuses, naming the lines of that shop.
    """
    seen = Counter(line.sku_id for line in lines)
    twice = [place for place, line in enumerate(lines) if seen[line.sku_id] > 1]
    if twice:
        raise DuplicateSku(errors=_faults(twice, "duplicate_sku", DuplicateSku.message))
    gone = [place for place, line in enumerate(lines) if line.offer is None]
    if gone:
        raise NotBuyable(errors=_faults(gone, "not_buyable", _("This is not for sale.")))
    elsewhere = [place for place, line in enumerate(lines) if not line.is_sold_there]
    if elsewhere:
        raise SoldElsewhere(errors=_faults(elsewhere, SoldElsewhere.code, SoldElsewhere.message))
    offers = [line.offer for line in lines if line.offer is not None]
    if len({offer.currency for offer in offers}) != 1:
        raise MixedCurrencies
    places: dict[int, list[int]] = {}
    for place, offer in enumerate(offers):
        places.setdefault(offer.shop_id, []).append(place)
    parts = []
    for shop_id, of_shop in places.items():
        prices = [(offers[place].price, lines[place].quantity) for place in of_shop]
        priced = price_order(prices, Terms(freight=_freight(shop_id, prices, of_shop, freight)))
        parts.append(ShopPart(shop_id, tuple(of_shop), priced))
    whole = Priced(tuple(parts), offers[0].currency)
    if whole.pay_amount > MAX_AMOUNT:
        raise AmountTooLarge
    return whole


def _freight(
    shop_id: int, prices: Sequence[tuple[int, int]], places: Sequence[int], freight: Freight
) -> int:
    """Return the freight of one shop's order; a refusal names its lines."""
    goods = sum(unit * pieces for unit, pieces in prices)
    try:
        return freight(shop_id, goods, sum(pieces for _unit, pieces in prices))
    except DomainError as error:
        error.errors = tuple(_faults(places, error.code, error.detail))
        raise


def _recognise(
    checkout: Checkout,
    checkouts: Sequence[Checkout],
    known: Mapping[tuple[int, str], tuple[int, str]],
    granted: Mapping[tuple[int, str], int],
) -> Verdict | None:
    """Return what a key that was used before leads to, None for a fresh one."""
    if checkout.identity in known:
        group_id, mark = known[checkout.identity]
        return KnownGroup(group_id) if mark == checkout.fingerprint else Denied(KeyReused())
    place = granted.get(checkout.identity)
    if place is None:
        return None
    is_same = checkouts[place].fingerprint == checkout.fingerprint
    return KnownPlace(place) if is_same else Denied(KeyReused())


def refuse_over_limits(checkout: Checkout, bought: Bought) -> None:
    """Raise OverLimit when a product's limits do not let the buyer have the lines (CA-17)."""
    buyer_id, _key = checkout.identity
    pieces: Counter[int] = Counter()
    for _sku, product_id, quantity in _pieces(checkout):
        pieces[product_id] += quantity
    errors: list[FieldError] = []
    broken: dict[int, dict[str, object]] = {}
    for place, line in enumerate(checkout.lines):
        if line.offer is None:
            continue
        product_id = line.offer.product_id
        wanted, had = pieces[product_id], bought.get((buyer_id, product_id), 0)
        fault = line.offer.limits.fault(wanted, had)
        if fault:
            errors.append(FieldError(f"/lines/{place}/quantity", fault, OverLimit.message))
            broken[product_id] = {
                "product_id": line.offer.product_public_id,
                **asdict(line.offer.limits),
                "quantity": wanted,
                "bought": had,
            }
    if errors:
        raise OverLimit(errors=errors, extra={"limits": list(broken.values())})


def _refuse_full_shops(priced: Priced, may_take: OrdersLeft) -> None:
    """Raise ShopTookEnough naming the lines of shops that may take no order more today (SH-16)."""
    full = [part for part in priced.parts if may_take.get(part.shop_id, 1) < 1]
    places = [place for part in full for place in part.places]
    if places:
        raise ShopTookEnough(errors=_faults(places, ShopTookEnough.code, ShopTookEnough.message))


def _pieces(checkout: Checkout) -> list[tuple[int, int, int]]:
    """Return SKU pk, product pk and quantity of each line that can be bought."""
    return [
        (line.offer.sku_id, line.offer.product_id, line.quantity)
        for line in checkout.lines
        if line.offer is not None
    ]


def _take(
    checkout: Checkout, left: Left, had: dict[tuple[int, int], int]
) -> tuple[dict[int, tuple[int, int]], frozenset[int]]:
    """Take what a granted checkout holds out of `left` and give its pieces to its buyer.

    Returns what its lines draw from buckets, by their places, and which of them wait for pieces
    that come later.
    """
    buyer_id, _key = checkout.identity
    for _sku, product_id, quantity in _pieces(checkout):
        had[buyer_id, product_id] = had.get((buyer_id, product_id), 0) + quantity
    draws: dict[int, tuple[int, int]] = {}
    later: set[int] = set()
    for place, line in enumerate(checkout.lines):
        if line.offer is None:
            continue
        offer = line.offer
        drawn = left.draw(line.bucket_id, line.quantity) if offer.is_held else 0
        if offer.sale.is_later(line.quantity - drawn, left.available.get(offer.sku_id, 0)):
            later.add(place)
        if offer.is_held:
            left.available[offer.sku_id] -= line.quantity - drawn
        if drawn and line.bucket_id is not None:
            draws[place] = (line.bucket_id, drawn)
    return draws, frozenset(later)


def _judge(
    checkout: Checkout,
    left: Left,
    had: Bought,
    short: Mapping[int, int],
    may_take: OrdersLeft,
) -> Granted | Denied:
    """Grant the checkout when it fits, deny it otherwise."""
    if not checkout.has_receiver:
        return Denied(NotFound())
    try:
        priced = price(checkout.lines, checkout.freight)
        refuse_over_limits(checkout, had)
        _refuse_full_shops(priced, may_take)
    except DomainError as error:
        return Denied(error)
    expected = checkout.expected_pay_amount
    if expected is not None and expected != priced.pay_amount:
        return Denied(PriceChanged(extra={"quote": _summary(priced)}))
    needs: Counter[int] = Counter()
    there: dict[int, int] = {}
    for line in checkout.lines:
        if line.offer is not None:
            needs[line.offer.sku_id] += line.quantity
            there[line.offer.sku_id] = left.of(line.offer.sku_id, line.bucket_id)
    gone = {sku_id for sku_id, pieces in needs.items() if pieces > short.get(sku_id, pieces)} or {
        sku_id for sku_id, pieces in needs.items() if pieces > there[sku_id]
    }
    if gone:
        places = [
            place
            for place, line in enumerate(checkout.lines)
            if line.offer is not None and line.offer.sku_id in gone
        ]
        return Denied(
            OutOfStock(
                errors=_faults(places, "out_of_stock", _("There are not enough pieces left.")),
                extra={"skus": [checkout.lines[place].sku_id for place in places]},
            )
        )
    return Granted(priced)


def _faults(places: Sequence[int], code: str, text: object) -> list[FieldError]:
    return [FieldError(f"/lines/{place}/sku_id", code, text) for place in places]  # type: ignore[arg-type]


def _summary(priced: Priced) -> dict[str, object]:
    def money(amount: int) -> dict[str, object]:
        return {"amount": amount, "currency": priced.currency}

    parts = [part.priced for part in priced.parts]
    return {
        "goods_amount": money(sum(part.goods_amount for part in parts)),
        "freight_amount": money(sum(part.freight_amount for part in parts)),
        "pay_amount": money(priced.pay_amount),
    }
