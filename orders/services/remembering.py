"""What the catalog, the shops and the accounts said, kept until they say something else.

A live session sells one thing thousands of times in a minute: what it costs, who sells it and whose
content shows it is read once and remembered. Before a set is decided one look tells whether it is
still true (`to_look`, `Book.renewed`), so nothing is ever sold on an old word.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db import connection

from accounts.enums import CreatorStatus
from accounts.models import Account
from catalog.models import Sku
from catalog.selectors.offers import BuyableSku, buyable, to_read_prices
from kernel.asking import Statement, ask_one
from kernel.revisions import Kept, Memory, read_revised, to_read_revisions
from orders.services.shortages import Shortages
from orders.services.snapshots import Face
from shops.selectors import (
    Closure,
    FreightTerms,
    OrderTerms,
    closures,
    freight_terms,
    order_terms,
    presenters,
    storefronts,
)

K = TypeVar("K")
V = TypeVar("V")

#: (public account id, shop pk)
Presence = tuple[str, int]


@dataclass(frozen=True)
class ShopFacts:
    """How a shop shows itself, what it asks for sending, the terms of its orders, its holiday."""

    face: Face
    freight: FreightTerms
    orders: OrderTerms
    #: The one of now, or announced.
    closure: Closure | None = None


@dataclass(frozen=True)
class Pages:
    """What a set of checkouts is about; all of it was true together when it was last checked."""

    #: Public SKU id → offer; absent when it cannot be bought.
    offers: Mapping[str, Kept[BuyableSku]]
    shops: Mapping[int, Kept[ShopFacts]]
    presenters: Mapping[Presence, Kept[Face]]


def to_look(pages: Pages) -> Statement[dict[str, int]]:
    """Return the statement that tells the revisions of all that `pages` depend on."""
    several = (pages.offers, pages.shops, pages.presenters)
    return to_read_revisions(
        {one for kept in several for page in kept.values() for one in page.revisions}
    )


def to_look_for_prices(pages: Pages) -> Statement[dict[int, int]]:
    """Return the statement that tells which price is in force for each of the offers."""
    return to_read_prices(kept.value.sku_id for kept in pages.offers.values())


class Book:
    """What this process remembers; a transaction that may be undone reads in one `over` it."""

    def __init__(self, size: int = 20_000, over: Book | None = None) -> None:
        self._offers: Memory[str, BuyableSku] = Memory(size, over._offers if over else None)
        self._shops: Memory[int, ShopFacts] = Memory(size, over._shops if over else None)
        self._presenters: Memory[Presence, Face] = Memory(size, over._presenters if over else None)
        self.shortages = Shortages()

    def offers(self, sku_ids: Collection[str], at: datetime) -> dict[str, Kept[BuyableSku]]:
        """Return what is known of public SKU ids that can be bought; it may be old by now."""
        return _recalled(self._offers, sku_ids, _read_offers, at)

    def pages(
        self,
        offers: Mapping[str, Kept[BuyableSku]],
        presences: Collection[Presence],
        at: datetime,
    ) -> Pages:
        """Return `offers` with their shops and those who present them; it may be old by now."""
        shop_ids = {kept.value.shop_id for kept in offers.values()}
        return Pages(
            offers=offers,
            shops=_recalled(self._shops, shop_ids, _read_shops, at),
            presenters=_recalled(self._presenters, presences, _read_presenters, at),
        )

    def faces(self, shop_ids: Collection[int], at: datetime) -> dict[int, Face]:
        """Return how each shop shows itself now. One query, unless something has changed."""
        known = _recalled(self._shops, shop_ids, _read_shops, at)
        now = ask_one(to_read_revisions({one for kept in known.values() for one in kept.revisions}))
        true = _renewed(self._shops, known, _moved(known, now), _read_shops, at)
        return {shop_id: kept.value.face for shop_id, kept in true.items()}

    def renewed(
        self, pages: Pages, now: Mapping[str, int], prices: Mapping[int, int], at: datetime
    ) -> Pages:
        """Return `pages` with everything read again that has changed: one look says what.

        `now` and `prices` are what `to_look` and `to_look_for_prices` told a moment ago.
        """
        dear = {
            key
            for key, kept in pages.offers.items()
            if prices.get(kept.value.sku_id) != kept.value.price_version_id
        }
        offers = dear | _moved(pages.offers, now)
        return Pages(
            offers=_renewed(self._offers, pages.offers, offers, _read_offers, at),
            shops=_renewed(self._shops, pages.shops, _moved(pages.shops, now), _read_shops, at),
            presenters=_renewed(
                self._presenters,
                pages.presenters,
                _moved(pages.presenters, now),
                _read_presenters,
                at,
            ),
        )


def open_book() -> Book:
    """Return the book of this process, or one over it inside a transaction of the caller's.

    What such a transaction reads may be its own doing, and be undone; what was known before is
    checked against the revisions of now, its own among them.
    """
    return Book(over=_book) if connection.in_atomic_block else _book


_book = Book()


def _recalled(
    memory: Memory[K, V],
    keys: Collection[K],
    read: Callable[[Collection[K], datetime], dict[K, Kept[V]]],
    at: datetime,
) -> dict[K, Kept[V]]:
    found = memory.recall(keys, at)
    missing = [key for key in keys if key not in found]
    if missing:
        news = read(missing, at)
        memory.keep(news)
        found |= news
    return found


def _moved(pages: Mapping[K, Kept[V]], now: Mapping[str, int]) -> set[K]:
    """Return the keys of what depends on something that has another revision now."""
    return {
        key
        for key, kept in pages.items()
        if any(now[subject] != number for subject, number in kept.revisions.items())
    }


def _renewed(
    memory: Memory[K, V],
    pages: Mapping[K, Kept[V]],
    stale: Collection[K],
    read: Callable[[Collection[K], datetime], dict[K, Kept[V]]],
    at: datetime,
) -> Mapping[K, Kept[V]]:
    if not stale:
        return pages
    news = read(stale, at)
    memory.keep(news)
    return {key: kept for key, kept in pages.items() if key not in stale} | news


def _read_offers(public_ids: Collection[str], at: datetime) -> dict[str, Kept[BuyableSku]]:
    rows = Sku.objects.filter(public_id__in=public_ids)
    ids = {
        public_id: (pk, product_id, shop_id)
        for public_id, pk, product_id, shop_id in rows.values_list(
            "public_id", "pk", "product_id", "shop_id"
        )
    }

    def read(keys: Collection[str]) -> dict[str, BuyableSku]:
        offers = buyable([ids[key][0] for key in keys], at=at)
        return {offer.public_id: offer for offer in offers.values()}

    def subjects(key: str, _offer: BuyableSku | None) -> list[str]:
        _pk, product_id, shop_id = ids[key]
        return [f"product:{product_id}", f"shop:{shop_id}"]

    return read_revised(ids, read=read, subjects=subjects, at=at)


def _read_shops(shop_ids: Collection[int], at: datetime) -> dict[int, Kept[ShopFacts]]:
    def read(keys: Collection[int]) -> dict[int, ShopFacts]:
        blocks, terms = storefronts(keys, at=at), freight_terms(keys)
        closed, ordering = closures(keys, at=at), order_terms(keys)
        return {
            pk: ShopFacts(Face(pk, block), terms[pk], ordering[pk], closed.get(pk))
            for pk, block in blocks.items()
        }

    def subjects(key: int, facts: ShopFacts | None) -> list[str]:
        account = facts.face.block["account"] if facts else None
        return [f"shop:{key}", *([f"account:{account['id']}"] if account else [])]

    return read_revised(shop_ids, read=read, subjects=subjects, at=at)


def _read_presenters(pairs: Collection[Presence], at: datetime) -> dict[Presence, Kept[Face]]:
    def read(keys: Collection[Presence]) -> dict[Presence, Face]:
        rows = Account.objects.filter(public_id__in={public_id for public_id, _shop in keys})
        pks, creators = {}, set()
        for public_id, pk, status in rows.values_list("public_id", "pk", "creator__status"):
            pks[public_id] = pk
            if status == CreatorStatus.ACTIVE:
                creators.add(pk)
        known = {(pks[pair[0]], pair[1]): pair for pair in keys if pair[0] in pks}
        blocks = presenters(known, at=at)
        return {
            known[key]: Face(key[1], block, is_creator=key[0] in creators)
            for key, block in blocks.items()
        }

    def subjects(key: Presence, _face: Face | None) -> list[str]:
        return [f"account:{key[0]}", f"shop:{key[1]}"]

    return read_revised(pairs, read=read, subjects=subjects, at=at)
