"""Facts between rooms: one outbox row in the transaction, delivered at least once, applied once.

An event is a frozen dataclass of ids and plain values with a public name::

    @dataclass(frozen=True)
    class OrderPaid(Event):
        topic = "orders.order.paid.v1"
        order_id: int

A subscriber takes a *sequence* of events of one kind; `kernel.delivery` hands it over.
"""

from __future__ import annotations

import dataclasses
import json
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from typing import Any, ClassVar, TypeVar

from celery import current_app
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from kernel import walls
from kernel.asking import Statement, nothing, tell

logger = logging.getLogger(__name__)

#: Seconds between two hints of one process to the broker. Who comes alone is heard at once; under
#: load each sweep finds a set, and beat's, once a second, takes what no hint was sent for.
NUDGE_EVERY = 1.0
#: Seconds after which a hint that no worker took is worth nothing: the next sweep does its work.
NUDGE_EXPIRES = 5


@dataclasses.dataclass(frozen=True)
class Event:
    """Something that happened, in the past tense."""

    topic: ClassVar[str]


E = TypeVar("E", bound=Event)
Handler = Callable[[Sequence[Any]], None]


@dataclasses.dataclass(frozen=True)
class Subscriber:
    """A function that wants to hear one kind of event."""

    name: str
    event: type[Event]
    handler: Handler
    is_same_transaction: bool = False


_subscribers: dict[str, list[Subscriber]] = defaultdict(list)


def on(
    event: type[E], *, same_transaction: bool = False
) -> Callable[[Callable[[Sequence[E]], None]], Callable[[Sequence[E]], None]]:
    """Let the decorated function hear `event` after commit, in sets, each event once.

    With `same_transaction` it runs inside `publish`: its failure undoes the fact, its locks are the
    fact's locks. Each use is listed, with its reason, in docs/architecture.md; none is on the sale.
    """

    def register(handler: Callable[[Sequence[E]], None]) -> Callable[[Sequence[E]], None]:
        name = f"{handler.__module__.split('.')[0]}.{handler.__name__}"
        known = {one.name: one.handler for one in _subscribers[event.topic]}
        if name not in known:
            _subscribers[event.topic].append(Subscriber(name, event, handler, same_transaction))
        elif known[name] is not handler:
            raise RuntimeError(f"two functions called {name} hear {event.topic}: one would be deaf")
        return handler

    return register


def subscribers() -> list[Subscriber]:
    """Return all subscribers, for the architecture map and its test."""
    return [one for several in _subscribers.values() for one in several]


def publish(*events: Event, after: Sequence[Statement[Any]] = ()) -> None:
    """Write `events` to the outbox. Refuses to run outside a transaction: the fact must be true.

    A fact that nobody hears after commit is told and done: no relay, no delivery, no wake-up. The
    statements of `after` write what the facts tell of: in the same round trip, before them.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("publish() needs the transaction that makes the fact true")
    topics = dict.fromkeys(event.topic for event in events)
    waited_for = {topic for topic in topics if _is_heard_later(topic)}
    tell([*after, _to_write(events, waited_for)])
    for topic in topics:
        for subscriber in _subscribers.get(topic, ()):
            if subscriber.is_same_transaction:
                with walls.outside("what follows from a fact is other rooms' and other owners'"):
                    subscriber.handler([event for event in events if event.topic == topic])
    if waited_for and not any(waiting[1] is nudge for waiting in connection.run_on_commit):
        transaction.on_commit(nudge, robust=True)  # one wake-up a transaction


def _is_heard_later(topic: str) -> bool:
    return any(not one.is_same_transaction for one in _subscribers.get(topic, ()))


#: One row an event, in the order in which they were told.
WRITE = """
INSERT INTO kernel_outboxmessage (topic, payload, created_at, relayed_at)
SELECT told ->> 0, told -> 1, statement_timestamp(),
       CASE WHEN NOT (told -> 2)::boolean THEN statement_timestamp() END
FROM jsonb_array_elements(%s::jsonb) WITH ORDINALITY AS list (told, place) ORDER BY place
"""


def _to_write(events: Sequence[Event], waited_for: Collection[str]) -> Statement[None]:
    told = [[event.topic, vars(event), event.topic in waited_for] for event in events]
    return Statement(WRITE, [json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False)], nothing)


class _Pace:
    """Lets something happen once in a while."""

    def __init__(self) -> None:
        self.last = -NUDGE_EVERY

    def is_due(self) -> bool:
        """Tell whether it is time again; two threads at once may both hear yes."""
        now = time.monotonic()
        if now - self.last < NUDGE_EVERY:
            return False
        self.last = now
        return True


_pace = _Pace()


def nudge() -> None:
    """Wake the relay, at most once in `NUDGE_EVERY` seconds.

    The broker is a hint: when it is down, or was asked a moment ago, beat's sweep delivers instead.
    """
    if not _pace.is_due():
        return
    try:
        current_app.send_task("kernel.tasks.deliver_events", expires=NUDGE_EXPIRES)
    except Exception:  # noqa: BLE001 -- no broker must never fail a committed sale
        logger.info("no broker to nudge; the sweep will deliver")
