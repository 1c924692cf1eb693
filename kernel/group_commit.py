"""One database transaction for many threads: leader and followers, without a timer or a thread.

A request that arrives alone does its own work at once. While it is in the database the others queue
up and become the next batch, done by the first of them: the busier it is, the larger the batches,
and the smaller each one's share of locks, round trips and the flush to disk.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from django.db import connection

from kernel.errors import Busy

logger = logging.getLogger(__name__)

Q = TypeVar("Q")
R = TypeVar("R")

#: Most items that one batch takes.
BATCH = 200
#: Seconds that a newcomer may have to wait; above that it is told to try again (`Busy`).
QUEUE_SECONDS = 2.0
#: Seconds after which a caller gives up. Its item may still be done: its key finds the result.
PATIENCE = 15.0
#: How much of the newest batch goes into the estimate of what a batch takes.
NEWEST = 0.2


class _Slot(Generic[Q, R]):
    """One caller's item, what becomes of it, and the bell that wakes the caller."""

    __slots__ = ("bell", "error", "is_abandoned", "is_done", "item", "leads", "result")

    def __init__(self, item: Q) -> None:
        self.item = item
        self.bell = threading.Event()
        self.result: R | None = None
        self.error: BaseException | None = None
        self.is_done = False
        self.leads = False
        self.is_abandoned = False


class GroupCommit(Generic[Q, R]):
    """Runs items of concurrent callers in batches through `run`.

    `run` gets items in their order of arrival and returns one result for each, in that order; it is
    one transaction and raises when none of it happened. A batch that raises is run again item by
    item, so a poisonous item fails alone, in its own caller.
    """

    def __init__(self, run: Callable[[Sequence[Q]], Sequence[R]], *, name: str) -> None:
        self.run, self.name = run, name
        self._mutex = threading.Lock()
        self._queue: deque[_Slot[Q, R]] = deque()
        self._has_leader = False
        self._seconds_a_batch = 0.0

    def submit(self, item: Q) -> R:
        """Return what `run` made of `item`, or raise what it raised.

        Raises Busy, before any work, when the batches ahead take longer than `QUEUE_SECONDS`; and
        for a caller that has waited `PATIENCE`, whose item may be done all the same.

        Who waits for others holds no connection of a pool. Inside a transaction of the caller the
        item is run alone: others must not depend on a commit that is not theirs.
        """
        if connection.in_atomic_block:
            return self.run([item])[0]
        slot: _Slot[Q, R] = _Slot(item)
        with self._mutex:
            if self._has_leader and self._seconds_ahead() > QUEUE_SECONDS:
                raise Busy
            self._queue.append(slot)
            if not self._has_leader:
                self._has_leader = slot.leads = True
        if not slot.leads:
            self._await(slot)
        if not slot.is_done:
            self._lead(slot)
        if slot.error is not None:
            raise slot.error
        return slot.result  # type: ignore[return-value]

    @property
    def waiting(self) -> int:
        """Items that no batch has taken yet."""
        return len(self._queue)

    def _seconds_ahead(self) -> float:
        """Return how long the batch in hand and those queued before a newcomer will take."""
        return (1 + len(self._queue) // BATCH) * self._seconds_a_batch

    def _await(self, slot: _Slot[Q, R]) -> None:
        if connection.settings_dict["OPTIONS"].get("pool"):
            connection.close()  # back to the others: the leader may need the last one there is
        if slot.bell.wait(PATIENCE):
            return
        with self._mutex:
            if slot.is_done or slot.leads:
                return
            if slot in self._queue:
                self._queue.remove(slot)
            slot.is_abandoned = True
        raise Busy

    def _lead(self, slot: _Slot[Q, R]) -> None:
        """Run batches until the own item is done, then hand over to whoever waits longest."""
        try:
            while not slot.is_done:
                with self._mutex:
                    batch = [self._queue.popleft() for _ in range(min(BATCH, len(self._queue)))]
                self._do(batch)
        finally:
            with self._mutex:
                heir = self._queue[0] if self._queue else None
                self._has_leader = heir is not None
                if heir is not None:
                    heir.leads = True
                    heir.bell.set()

    def _do(self, batch: list[_Slot[Q, R]]) -> None:
        started = time.monotonic()
        try:
            self._finish(batch, self.run([slot.item for slot in batch]))
        except Exception as error:
            if len(batch) == 1:
                batch[0].error = error
                self._wake(batch[0])
            else:
                logger.exception("a batch of %s %s failed; one by one", len(batch), self.name)
                for slot in batch:
                    if not slot.is_abandoned:  # nobody waits for it: the leader has waited enough
                        self._do([slot])
        except BaseException as error:
            for slot in batch:  # the process is going down: nobody may wait for ever
                if not slot.is_done:
                    slot.error = error
                    self._wake(slot)
            raise
        taken = time.monotonic() - started
        self._seconds_a_batch += NEWEST * (taken - self._seconds_a_batch)

    def _finish(self, batch: list[_Slot[Q, R]], results: Sequence[R]) -> None:
        for slot, result in zip(batch, results, strict=True):
            slot.result = result
            self._wake(slot)

    @staticmethod
    def _wake(slot: _Slot[Q, R]) -> None:
        slot.is_done = True
        slot.bell.set()
