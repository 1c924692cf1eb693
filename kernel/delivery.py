"""Handing facts to who wants to hear them: in sets, at least once, applied once.

A subscriber runs in one transaction with the rows that say it has heard its set; a crash in between
undoes both. A set that fails is tried one by one, so a poisonous event fails alone; after five
failures it is parked and an operator sees it.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now

from kernel import audit
from kernel.actors import Actor
from kernel.errors import NotFound
from kernel.events import Event, Subscriber, nudge, subscribers
from kernel.models import Delivery

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 5
#: Messages that a relay takes at once.
RELAYED = 1000
#: Events that a subscriber gets at once.
BATCH = 500

#: Locks what waits, in order, gives each fact a row per subscriber, and ticks it off.
RELAY = """
WITH taken AS (
    SELECT id, topic FROM kernel_outboxmessage WHERE relayed_at IS NULL
    ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
), made AS (
    INSERT INTO kernel_delivery (message_id, subscriber, attempts, due_at, last_error)
    SELECT taken.id, heard.subscriber, 0, statement_timestamp(), ''
    FROM taken JOIN unnest(%s::text[], %s::text[]) AS heard (topic, subscriber) USING (topic)
    ORDER BY taken.id
    ON CONFLICT (subscriber, message_id) DO NOTHING
)
UPDATE kernel_outboxmessage AS message SET relayed_at = statement_timestamp()
FROM taken WHERE message.id = taken.id
"""


def relay(limit: int = RELAYED) -> int:
    """Give each waiting message a delivery row per subscriber; return how many were taken.

    Messages are taken in order with SKIP LOCKED, so relays may run side by side.
    """
    wanted = _later()
    topics = [one.event.topic for one in wanted]
    with connection.cursor() as cursor:
        cursor.execute(RELAY, [limit, topics, [one.name for one in wanted]])
        return cursor.rowcount


def sweep() -> int:
    """Relay and deliver what waits now; return the number of deliveries made.

    Goes on while its sets are full. What is told meanwhile is the next sweep's, so that under load
    facts gather: a sweep costs about as much for one fact as for dozens.
    """
    done = 0
    while True:
        taken = relay()
        sets = [deliver(one) for one in _with_work()]
        done += sum(sets)
        if taken < RELAYED and max(sets, default=0) < BATCH:
            return done


def deliver_all() -> int:
    """Sweep until nothing is left to deliver; return the number of deliveries made."""
    done = 0
    while made := sweep():
        done += made
    return done


#: One look at the index for each name.
WITH_WORK = """
SELECT name FROM unnest(%s::text[]) AS subscriber (name) WHERE EXISTS (
    SELECT FROM kernel_delivery
    WHERE subscriber = name AND done_at IS NULL AND parked_at IS NULL
          AND due_at <= statement_timestamp()
)
"""


def _with_work() -> list[Subscriber]:
    """Return the subscribers for whom something is due."""
    wanted = _later()
    with connection.cursor() as cursor:
        cursor.execute(WITH_WORK, [[one.name for one in wanted]])
        names = {name for (name,) in cursor.fetchall()}
    return [one for one in wanted if one.name in names]


def _later() -> list[Subscriber]:
    """Return the subscribers that hear after commit."""
    return [one for one in subscribers() if not one.is_same_transaction]


def deliver(subscriber: Subscriber) -> int:
    """Hand one batch of due events to `subscriber`; return how many were applied."""
    try:
        return _hand_over(subscriber)
    except Exception:
        logger.exception("batch for %s failed; delivering one by one", subscriber.name)
    return sum(_deliver_one(subscriber, pk) for pk in _waiting(subscriber))


def _waiting(subscriber: Subscriber) -> list[int]:
    rows = Delivery.objects.filter(
        subscriber=subscriber.name,
        message__topic=subscriber.event.topic,
        done_at__isnull=True,
        parked_at__isnull=True,
        due_at__lte=Now(),
    )
    return list(rows.order_by("due_at", "message_id").values_list("pk", flat=True)[:BATCH])


#: Takes a set, ticks it off, and tells what it says: in one round trip, in the transaction of the
#: work, so that neither is true without the other. By `due_at`, which the index of what waits has
#: in order: a long queue is not sorted for each set. One function may hear two kinds.
TAKE = """
WITH due AS (
    SELECT delivery.id, message.id AS message_id, message.payload
    FROM kernel_delivery AS delivery
    JOIN kernel_outboxmessage AS message ON message.id = delivery.message_id
    WHERE delivery.subscriber = %(subscriber)s AND message.topic = %(topic)s
          AND delivery.done_at IS NULL AND delivery.parked_at IS NULL
          AND delivery.due_at <= statement_timestamp()
          AND (%(only)s::bigint IS NULL OR delivery.id = %(only)s::bigint)
    ORDER BY delivery.due_at, delivery.message_id LIMIT %(limit)s
    FOR UPDATE OF delivery SKIP LOCKED
), done AS (
    UPDATE kernel_delivery AS delivery
    SET done_at = statement_timestamp(), attempts = attempts + 1
    FROM due WHERE delivery.id = due.id
)
SELECT json_agg(payload ORDER BY message_id) FROM due
"""


@transaction.atomic
def _hand_over(subscriber: Subscriber, only: int | None = None) -> int:
    """Let the subscriber hear what is due, or `only` that delivery; return how many it heard."""
    wanted = {"subscriber": subscriber.name, "topic": subscriber.event.topic}
    with connection.cursor() as cursor:
        cursor.execute(TAKE, wanted | {"only": only, "limit": BATCH})
        payloads = cursor.fetchone()[0]
    if not payloads:
        return 0
    subscriber.handler(_events(subscriber.event, payloads))
    return len(payloads)


def _events(event: type[Event], payloads: Iterable[dict[str, Any]]) -> list[Event]:
    # Fields that a newer publisher added are dropped, so old and new code may run side by side.
    known = {field.name for field in dataclasses.fields(event)}
    return [
        event(**{key: value for key, value in payload.items() if key in known})
        for payload in payloads
    ]


def _deliver_one(subscriber: Subscriber, pk: int) -> int:
    try:
        return _hand_over(subscriber, only=pk)
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


@dataclasses.dataclass(frozen=True)
class Lag:
    """How far behind somebody is: seconds since the oldest that waits was due, 0.0 for nothing."""

    name: str
    seconds: float


#: The oldest by index, one look a name. An empty name is the relay.
LAGS = """
SELECT '', coalesce((
    SELECT extract(epoch FROM statement_timestamp() - created_at) FROM kernel_outboxmessage
    WHERE relayed_at IS NULL ORDER BY id LIMIT 1
), 0)::float
UNION ALL
SELECT name, coalesce((
    SELECT extract(epoch FROM statement_timestamp() - due_at) FROM kernel_delivery
    WHERE subscriber = name AND done_at IS NULL AND parked_at IS NULL ORDER BY due_at LIMIT 1
), 0)::float
FROM unnest(%s::text[]) AS subscriber (name)
"""


def lags() -> list[Lag]:
    """Return how far behind the relay (an empty name) and each subscriber are. One query.

    What backs off after a failure is not due yet and does not count.
    """
    with connection.cursor() as cursor:
        cursor.execute(LAGS, [[one.name for one in _later()]])
        return [Lag(name, max(seconds, 0.0)) for name, seconds in cursor.fetchall()]


def parked_count() -> int:
    """Return how many deliveries wait for a person."""
    return Delivery.objects.filter(parked_at__isnull=False).count()
