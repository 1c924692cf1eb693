"""Orders are placed as a set: lock, decide, write. A set of one is the ordinary case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, OperationalError, transaction

from catalog.services import stock
from catalog.services.buckets import to_read_remaining
from kernel.asking import Statement, ask, ask_one, nothing, numbers
from kernel.errors import Busy, DomainError
from orders.models import OrderGroup
from orders.services import deciding, limits, reading, recording
from orders.services.receivers import receivers_of, region_of
from orders.services.remembering import Book, open_book, to_look, to_look_for_prices
from orders.services.requests import PlaceOrder, Receiver, Touch, WantedLine

__all__ = [
    "PlaceOrder",
    "Placed",
    "Receiver",
    "Refused",
    "Touch",
    "WantedLine",
    "place_orders",
]

#: A set that loses a race for a key is done again, and then finds the key known.
TRIES = 4
#: How long a set queues for a hot SKU before the buyer is told to try again.
LOCK_TIMEOUT = "8s"
LIMIT_LOCKS = Statement("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT], nothing)


class LimitAppeared(Exception):
    """What is limited was not counted, for nobody knew that it is. Now the book does."""


@dataclass(frozen=True)
class Placed:
    """The checkout has its orders; `is_replay` when it had them before.

    `recorded` is what was written, for the answer to a checkout that is new.
    """

    group: OrderGroup
    is_replay: bool = False
    recorded: recording.Recorded | None = None


@dataclass(frozen=True)
class Refused:
    """The checkout has nothing, and nothing of it was written."""

    error: DomainError


def place_orders(requests: Sequence[PlaceOrder], *, at: datetime) -> list[Placed | Refused]:
    """Place `requests` in their order, in one transaction; return what became of each.

    A placed checkout is a group with one order a shop; its lines carry price, identity block and
    attribution as they are now, and its pieces are held until `pay_by_at` unless their product is
    deducted at payment. Each is placed whole or not at all; exactly what is in stock is granted.
    The same buyer and key with the same body returns the first group, with another body it is
    refused (KeyReused).

    A refusal holds one of NotBuyable, SoldElsewhere, OutOfStock, OverLimit, ShopTookEnough,
    PriceChanged, KeyReused, MixedCurrencies, DuplicateSku, AmountTooLarge, ShopOnHoliday,
    NotDeliveredThere, RegionNotFound, or NotFound for a saved address that is not the buyer's.
    Raises Busy when the set loses every race.
    """
    if not requests:
        return []
    book = open_book()
    for _try in range(TRIES):
        try:
            with transaction.atomic():
                return _place(requests, book, at)
        except LimitAppeared:
            continue
        except (IntegrityError, OperationalError) as error:
            if not _is_lost_race(error):
                raise
    raise Busy


def _place(requests: Sequence[PlaceOrder], book: Book, at: datetime) -> list[Placed | Refused]:
    offers = reading.offers_of(requests, book, at)
    _limit, known, cart_touches = ask(
        LIMIT_LOCKS,
        _to_find_known(requests),
        reading.to_read_cart_touches(requests, offers),
    )
    facts = reading.facts_of(requests, offers, cart_touches, book=book, at=at)
    receivers = receivers_of(requests)
    fresh = [request for request in requests if request.identity not in known]
    short = book.shortages.left(facts.skus_of(fresh))
    hopeful = [request for request in fresh if not _is_hopeless(request, facts, short)]
    available: dict[int, int] = {}
    bought = deciding.NOTHING_BOUGHT
    orders_left: dict[int, int] = {}
    buckets: dict[int, int] = {}
    set_aside: dict[int, int] = {}
    reserved = None
    if hopeful:
        bought = limits.count_in_turn(facts.limited(hopeful))
        capped = facts.capped(hopeful)
        orders_left = limits.left_today(capped, at)
        # The hottest rows last, and only for checkouts that are new: a replay waits for nobody.
        # Whoever held the lock before us may have placed our key meanwhile, or changed a price.
        available, meanwhile, now, prices, reserved = ask(
            stock.to_lock(facts.skus_of(hopeful)),
            _to_find_known(hopeful),
            to_look(facts.pages),
            to_look_for_prices(facts.pages),
            recording.to_reserve(hopeful, facts, at),
        )
        known |= meanwhile
        facts = facts.renewed(now, prices, at)
        if facts.limited(hopeful) - bought.keys() or facts.capped(hopeful) != capped:
            raise LimitAppeared
        buckets = facts.buckets_of(hopeful)
        set_aside = ask_one(to_read_remaining(buckets)) if buckets else {}
    checkouts = [
        reading.checkout_of(
            request,
            facts,
            has_receiver=receiver is not None,
            region=region_of(receiver.masked) if receiver else None,
            at=at,
        )
        for request, receiver in zip(requests, receivers, strict=True)
    ]
    verdicts = deciding.decide(
        checkouts,
        available=available,
        short=short,
        known=known,
        bought=bought,
        orders_left=orders_left,
        set_aside=set_aside,
    )
    there = _all_there(available, set_aside, buckets)
    book.shortages.learn(_left_after(requests, verdicts, there, facts))
    granted = {
        place: recording.Grant(
            requests[place], verdict.priced, receiver, verdict.draws, verdict.later
        )
        for place, verdict in enumerate(verdicts)
        if isinstance(verdict, deciding.Granted) and (receiver := receivers[place])
    }
    records = recording.record(list(granted.values()), facts, reserved, at=at) if reserved else []
    written = dict(zip(granted, records, strict=True))
    replayed = [one.group_id for one in verdicts if isinstance(one, deciding.KnownGroup)]
    placed_before = OrderGroup.objects.in_bulk(replayed) if replayed else {}
    return [
        _result(verdict, written.get(place), placed_before, written)
        for place, verdict in enumerate(verdicts)
    ]


def _is_hopeless(request: PlaceOrder, facts: reading.Facts, short: Mapping[int, int]) -> bool:
    """Tell whether `request` wants more of a short SKU than there was."""
    return any(
        line.quantity > short.get(offer.sku_id, line.quantity)
        for line in request.lines
        if (offer := facts.offer_of(line.sku_id))
    )


def _all_there(
    available: Mapping[int, int], set_aside: Mapping[int, int], buckets: Mapping[int, int]
) -> Mapping[int, int]:
    """Return what anybody at all could have of each SKU: what is set aside too. Pieces by SKU."""
    if not set_aside:
        return available
    there = Counter(available)
    for bucket_id, pieces in set_aside.items():
        there[buckets[bucket_id]] += pieces
    return there


def _left_after(
    requests: Sequence[PlaceOrder],
    verdicts: Sequence[deciding.Verdict],
    available: Mapping[int, int],
    facts: reading.Facts,
) -> dict[int, int]:
    """Return what is left of the locked SKUs that somebody was refused for. Pieces by SKU pk.

    `available` is what there was for anybody at all: who wants more is refused by that alone.
    """
    if not any(isinstance(one, deciding.Denied) for one in verdicts):
        return {}
    left = dict(available)
    short: set[int] = set()
    for request, verdict in zip(requests, verdicts, strict=True):
        for line in request.lines:
            offer = facts.offer_of(line.sku_id)
            if offer is None or offer.sku_id not in left:
                continue
            if isinstance(verdict, deciding.Granted):
                left[offer.sku_id] -= line.quantity if offer.is_held else 0
            elif isinstance(verdict, deciding.Denied) and line.quantity > left[offer.sku_id]:
                short.add(offer.sku_id)
    return {sku_id: left[sku_id] for sku_id in short}


def _result(
    verdict: deciding.Verdict,
    recorded: recording.Recorded | None,
    placed_before: dict[int, OrderGroup],
    written: dict[int, recording.Recorded],
) -> Placed | Refused:
    if isinstance(verdict, deciding.Denied):
        return Refused(verdict.error)
    if isinstance(verdict, deciding.KnownGroup):
        return Placed(placed_before[verdict.group_id], is_replay=True)
    if isinstance(verdict, deciding.KnownPlace):
        return Placed(written[verdict.place].group, is_replay=True)
    assert recorded is not None  # noqa: S101 -- every grant was recorded
    return Placed(recorded.group, recorded=recorded)


#: By the constraint that makes a key happen once.
KNOWN = """
SELECT buyer_id, idempotency_key, placed.id, placed.fingerprint
FROM orders_ordergroup AS placed
JOIN unnest(%s::bigint[], %s::text[]) AS asked (buyer_id, idempotency_key)
USING (buyer_id, idempotency_key)
"""


def _to_find_known(
    requests: Sequence[PlaceOrder],
) -> Statement[dict[tuple[int, str], tuple[int, str]]]:
    """Return the statement that tells (buyer, key) → (group pk, fingerprint) of what is placed."""
    buyers, keys = zip(*{request.identity for request in requests}, strict=True)
    return Statement(
        KNOWN,
        [numbers(buyers), list(keys)],
        lambda rows: {(buyer, key): (pk, mark) for buyer, key, pk, mark in rows},
    )


def _is_lost_race(error: Exception) -> bool:
    state = getattr(error.__cause__, "sqlstate", "")
    if state == "23505":
        return "ordergroup_key_once" in str(error)
    return state == "40P01"
