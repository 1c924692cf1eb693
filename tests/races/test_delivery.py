"""Workers that sweep the outbox side by side: each fact applied once; unguarded, twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import pytest
from django.db import transaction

from kernel import delivery, events
from kernel.models import AuditEntry, Delivery
from tests.factories.orders import PLACED_AT
from tests.races.racing import ends_of, pause

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

THREADS, FACTS = 6, 60


@dataclass(frozen=True)
class BellRung(events.Event):
    topic: ClassVar[str] = "tests.bell.rung.v1"
    bell_id: int


@pytest.fixture(autouse=True)
def bells(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Sixty facts, and one subscriber that writes each down, a few at a time."""
    monkeypatch.setattr(events, "_subscribers", type(events._subscribers)(list))
    monkeypatch.setattr(delivery, "BATCH", 7)

    def write_down(batch: Sequence[BellRung]) -> None:
        AuditEntry.objects.bulk_create(
            AuditEntry(at=PLACED_AT, actor_role="system", action=f"bell {event.bell_id}")
            for event in batch
        )
        pause()

    events.on(BellRung)(write_down)
    with transaction.atomic():
        events.publish(*(BellRung(bell_id=n) for n in range(FACTS)))
    return


def most_often() -> int:
    """Return how often the fact was applied that was applied most often."""
    return max(Counter(AuditEntry.objects.values_list("action", flat=True)).values())


def test_sweeps_side_by_side_apply_each_fact_once() -> None:
    assert ends_of(*[delivery.sweep] * THREADS) == {"ok": THREADS}
    delivery.deliver_all()

    assert (AuditEntry.objects.count(), most_often()) == (FACTS, 1)
    assert set(Delivery.objects.values_list("attempts", flat=True)) == {1}


def test_control_without_the_lock_sweeps_apply_facts_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    guard = "FOR UPDATE OF delivery SKIP LOCKED"
    assert guard in delivery.TAKE
    monkeypatch.setattr(delivery, "TAKE", delivery.TAKE.replace(guard, ""))
    delivery.relay()

    ends_of(*[delivery.sweep] * THREADS)

    assert most_often() > 1
