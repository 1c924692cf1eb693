"""Remembering what other rooms said, and knowing when it is no longer true.

Triggers count the changes of a subject (`kernel.triggers.revised`). Whoever remembers something
keeps the revisions that it was read at, and one cheap query tells whether they are still those: no
process needs to hear of a change, so no message can be lost or late.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Generic, TypeVar

from cachetools import LRUCache
from django.db import transaction

from kernel.asking import Statement, ask_one

K = TypeVar("K")
V = TypeVar("V")

#: How long something is remembered without being read again: it bounds what depends on time alone.
MAX_AGE = timedelta(seconds=60)


def revisions_of(subjects: Collection[str]) -> dict[str, int]:
    """Return how often each of `subjects` has changed; 0 for never. One query, none for nothing."""
    return ask_one(to_read_revisions(subjects)) if subjects else {}


def to_read_revisions(subjects: Collection[str]) -> Statement[dict[str, int]]:
    """Return the statement that tells what `revisions_of` does."""
    never = dict.fromkeys(subjects, 0)
    return Statement(
        "SELECT subject, number FROM kernel_revision WHERE subject = ANY(%s::text[])",
        [list(never)],
        lambda rows: never | dict(rows),
    )


@dataclass(frozen=True)
class Kept(Generic[V]):
    """A value, the revisions that it was read at, and the moment that it was read for."""

    value: V
    revisions: Mapping[str, int]
    at: datetime

    def is_recent(self, at: datetime) -> bool:
        """Tell whether it may be used for a request of `at`."""
        return abs(at - self.at) <= MAX_AGE


class Memory(Generic[K, V]):
    """The `size` values used last, for all threads of a process.

    One that lies `over` another is for a transaction: it knows what the other knows, keeps what it
    reads to itself, and hands it down when the transaction commits. What was read of changes that
    are undone is forgotten with them.
    """

    def __init__(self, size: int, over: Memory[K, V] | None = None) -> None:
        self._kept: LRUCache[K, Kept[V]] = LRUCache(size)
        self._mutex = threading.Lock()
        self._over = over

    def recall(self, keys: Iterable[K], at: datetime) -> dict[K, Kept[V]]:
        """Return what is remembered of `keys` and recent enough for `at`."""
        with self._mutex:
            found = {key: self._kept.get(key) for key in keys}
        known = {key: kept for key, kept in found.items() if kept and kept.is_recent(at)}
        if self._over is not None and len(known) < len(found):
            return self._over.recall(found.keys() - known.keys(), at) | known
        return known

    def keep(self, values: Mapping[K, Kept[V]]) -> None:
        """Remember `values`, in place of what was known of their keys."""
        with self._mutex:
            self._kept.update(values)
        if self._over is not None:
            transaction.on_commit(partial(self._over.keep, values))


def read_revised(
    keys: Collection[K],
    *,
    read: Callable[[Collection[K]], Mapping[K, V]],
    subjects: Callable[[K, V | None], Collection[str]],
    at: datetime,
) -> dict[K, Kept[V]]:
    """Return what `read` says of `keys`, with the revisions of all that it depends on.

    Revisions are looked up before the values: a change in between leaves a value that looks older
    than it is, and is read again. `subjects` names what a value depends on, as far as that is known
    before the value is (None); one that turns out to depend on more is read once more.
    """
    if not keys:
        return {}
    known = revisions_of({one for key in keys for one in subjects(key, None)})
    while True:
        values = read(keys)
        needed = {key: subjects(key, value) for key, value in values.items()}
        unknown = {one for several in needed.values() for one in several} - known.keys()
        if not unknown:
            return {
                key: Kept(value, {one: known[one] for one in needed[key]}, at)
                for key, value in values.items()
            }
        known |= revisions_of(unknown)
