"""Facts between rooms: one outbox row in the transaction, delivered at least once, applied once.

An event is a frozen dataclass of ids and plain values with a public name::

    @dataclass(frozen=True)
    class OrderPaid(Event):
        topic = "orders.order.paid.v1"
        order_id: int

A subscriber takes a *sequence* of events of one kind and runs in one transaction with the rows that
say it has heard them; a crash in between undoes both. A batch that fails is tried one by one, so a
poisonous event fails alone; after five failures it is parked and an operator sees it.
"""

from __future__ import annotations

import dataclasses
import json
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar

from celery import current_app
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.db.models.functions import Now

from kernel import audit
from kernel.actors import Actor
from kernel.errors import NotFound
from kernel.models import Delivery, OutboxMessage

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 5
BATCH = 500
#: Seconds between two hints to the broker: one costs as much as an order.
NUDGE_EVERY = 0.1


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


def publish(*events: Event) -> None:
    """Write `events` to the outbox. Refuses to run outside a transaction: the fact must be true."""
    if not connection.in_atomic_block:
        raise RuntimeError("publish() needs the transaction that makes the fact true")
    _write(events)
    for topic in dict.fromkeys(event.topic for event in events):
        for subscriber in _subscribers.get(topic, ()):
            if subscriber.is_same_transaction:
                subscriber.handler([event for event in events if event.topic == topic])
    if not any(waiting[1] is nudge for waiting in connection.run_on_commit):
        transaction.on_commit(nudge, robust=True)  # one wake-up a transaction


#: One row an event, in the order in which they were told.
WRITE = """
INSERT INTO kernel_outboxmessage (topic, payload, created_at)
SELECT told ->> 0, told -> 1, statement_timestamp()
FROM jsonb_array_elements(%s::jsonb) WITH ORDINALITY AS list (told, place) ORDER BY place
"""


def _write(events: Sequence[Event]) -> None:
    told = [[event.topic, vars(event)] for event in events]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False)])


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
        current_app.send_task("kernel.tasks.deliver_events")
    except Exception:  # noqa: BLE001 -- no broker must never fail a committed sale
        logger.info("no broker to nudge; the sweep will deliver")


def relay(limit: int = 1000) -> int:
    """Give each waiting message a delivery row per subscriber; return how many were taken.

    Messages are taken in order with SKIP LOCKED, so relays may run side by side.
    """
    with transaction.atomic():
        messages = list(
            OutboxMessage.objects.select_for_update(skip_locked=True)
            .filter(relayed_at__isnull=True)
            .order_by("id")[:limit]
        )
        Delivery.objects.bulk_create(
            [
                Delivery(message=message, subscriber=subscriber.name)
                for message in messages
                for subscriber in _subscribers.get(message.topic, ())
                if not subscriber.is_same_transaction
            ],
            ignore_conflicts=True,
        )
        OutboxMessage.objects.filter(pk__in=[message.pk for message in messages]).update(
            relayed_at=Now()
        )
    return len(messages)


def deliver_all() -> int:
    """Relay and deliver until nothing is due; return the number of deliveries made."""
    done = 0
    while True:
        taken = relay()
        delivered = sum(deliver(one) for one in subscribers() if not one.is_same_transaction)
        done += delivered
        if not taken and not delivered:
            return done


def deliver(subscriber: Subscriber) -> int:
    """Hand one batch of due events to `subscriber`; return how many were applied."""
    try:
        with transaction.atomic():
            due = _claim(subscriber, BATCH)
            if not due:
                return 0
            subscriber.handler([_event(subscriber, delivery) for delivery in due])
            _finish(due)
            return len(due)
    except Exception:
        logger.exception("batch for %s failed; delivering one by one", subscriber.name)
    pks = [delivery.pk for delivery in _waiting(subscriber)[:BATCH]]
    return sum(_deliver_one(subscriber, pk) for pk in pks)


def _waiting(subscriber: Subscriber) -> models.QuerySet[Delivery]:
    return Delivery.objects.filter(
        subscriber=subscriber.name,
        message__topic=subscriber.event.topic,  # one function may hear two kinds
        done_at__isnull=True,
        parked_at__isnull=True,
        due_at__lte=Now(),
    ).order_by("message_id")


def _claim(subscriber: Subscriber, limit: int) -> list[Delivery]:
    rows = _waiting(subscriber).select_related("message")
    return list(rows.select_for_update(skip_locked=True, of=("self",))[:limit])


def _event(subscriber: Subscriber, delivery: Delivery) -> Event:
    # Fields that a newer publisher added are dropped, so old and new code may run side by side.
    known = {field.name for field in dataclasses.fields(subscriber.event)}
    values = {key: value for key, value in delivery.message.payload.items() if key in known}
    return subscriber.event(**values)


def _finish(deliveries: Iterable[Delivery]) -> None:
    Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries]).update(
        done_at=Now(), attempts=models.F("attempts") + 1
    )


def _deliver_one(subscriber: Subscriber, pk: int) -> int:
    try:
        with transaction.atomic():
            rows = _waiting(subscriber).filter(pk=pk).select_related("message")
            delivery = rows.select_for_update(skip_locked=True, of=("self",)).first()
            if delivery is None:
                return 0
            subscriber.handler([_event(subscriber, delivery)])
            _finish([delivery])
            return 1
    except Exception as error:
        logger.exception("delivery %s to %s failed", pk, subscriber.name)
        _count_failure(pk, error)
        return 0


def _count_failure(pk: int, error: Exception) -> None:
    delivery = Delivery.objects.get(pk=pk)
    attempts = delivery.attempts + 1
    parked = Now() if attempts >= MAX_ATTEMPTS else None
    Delivery.objects.filter(pk=pk, done_at__isnull=True).update(
        attempts=attempts,
        due_at=Now() + timedelta(seconds=2**attempts),
        parked_at=parked,
        last_error=f"{type(error).__name__}: {error}"[:2000],
    )


@transaction.atomic
def unpark(*, delivery_id: int, at: datetime, actor: Actor) -> None:
    """Give a parked delivery five more tries, now. Raises NotFound when it is not parked."""
    parked = Delivery.objects.filter(pk=delivery_id, parked_at__isnull=False)
    if not parked.update(parked_at=None, attempts=0, due_at=Now()):
        raise NotFound
    delivery = Delivery.objects.get(pk=delivery_id)
    audit.record(actor=actor, action="kernel.unpark_delivery", target=delivery, at=at)
    transaction.on_commit(nudge, robust=True)
