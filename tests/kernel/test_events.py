"""Outbox, relay and delivery: at least once on the wire, applied once in the tables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from django.db import transaction
from django.db.models.functions import Now

from kernel import delivery, events
from kernel.actors import Actor, Role
from kernel.errors import NotFound
from kernel.models import AuditEntry, Delivery, OutboxMessage
from kernel.tasks import deliver_events, forget_old_rows

AT = datetime(2026, 3, 1, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class LampLit(events.Event):
    topic: ClassVar[str] = "tests.lamp.lit.v1"
    lamp_id: int


@dataclass(frozen=True)
class LampBroken(events.Event):
    topic: ClassVar[str] = "tests.lamp.broken.v1"
    lamp_id: int


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Only the subscribers of one test."""
    monkeypatch.setattr(events, "_subscribers", type(events._subscribers)(list))
    return


def heard(handler_calls: list[list[int]]) -> Any:
    def note_lamps(batch: Sequence[LampLit]) -> None:
        handler_calls.append([event.lamp_id for event in batch])

    return note_lamps


def make_due() -> None:
    Delivery.objects.update(due_at=Now() - timedelta(seconds=1))


@pytest.mark.django_db(transaction=True)
def test_publish_outside_a_transaction_is_refused_and_writes_nothing() -> None:
    with pytest.raises(RuntimeError, match="needs the transaction"):
        events.publish(LampLit(lamp_id=1))

    assert OutboxMessage.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_fact_that_is_undone_is_not_told() -> None:
    with transaction.atomic():
        events.publish(LampLit(lamp_id=1))
        transaction.set_rollback(True)

    assert OutboxMessage.objects.count() == 0


def test_a_transaction_wakes_the_relay_once_however_many_facts_it_tells(
    django_capture_on_commit_callbacks,
) -> None:
    events.on(LampLit)(heard([]))
    with django_capture_on_commit_callbacks() as callbacks:
        events.publish(LampLit(lamp_id=1))
        events.publish(LampLit(lamp_id=2), LampBroken(lamp_id=2))

    assert callbacks == [events.nudge]
    assert OutboxMessage.objects.count() == 3


def test_a_dead_broker_does_not_fail_what_is_committed(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str, **options: object) -> None:
        raise ConnectionError(name)

    monkeypatch.setattr(events.current_app, "send_task", refuse)

    events.nudge()


def test_a_process_hints_at_once_and_then_not_before_its_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[str] = []
    now = [100.0]
    monkeypatch.setattr(events.current_app, "send_task", lambda name, **_: sent.append(name))
    monkeypatch.setattr(events.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(events, "_pace", events._Pace())

    hints = []
    for moment in (0, 0.1, events.NUDGE_EVERY - 0.01, events.NUDGE_EVERY, events.NUDGE_EVERY + 0.5):
        now[0] = 100.0 + moment
        events.nudge()
        hints.append(len(sent))

    assert hints == [1, 1, 1, 2, 2]


def test_subscribers_hear_facts_in_sets_and_in_order() -> None:
    calls: list[list[int]] = []
    events.on(LampLit)(heard(calls))
    events.publish(LampLit(lamp_id=1), LampLit(lamp_id=2))
    events.publish(LampLit(lamp_id=3))

    assert delivery.deliver_all() == 3

    assert calls == [[1, 2, 3]]
    assert delivery.deliver_all() == 0
    assert calls == [[1, 2, 3]]


def test_the_task_delivers_and_accepts_unknown_arguments_of_newer_callers() -> None:
    calls: list[list[int]] = []
    events.on(LampLit)(heard(calls))
    events.publish(LampLit(lamp_id=7))

    deliver_events(new_option=True)

    assert calls == [[7]]


def test_relaying_twice_makes_one_delivery() -> None:
    events.on(LampLit)(heard([]))
    events.publish(LampLit(lamp_id=1))

    assert delivery.relay() == 1
    assert delivery.relay() == 0
    OutboxMessage.objects.update(relayed_at=None)  # a relay that died after its first insert
    assert delivery.relay() == 1

    assert Delivery.objects.count() == 1


def test_each_subscriber_has_its_own_delivery_and_its_own_failures() -> None:
    calls: list[list[int]] = []

    def always_fails(batch: Sequence[LampLit]) -> None:
        raise ValueError("no")

    events.on(LampLit)(heard(calls))
    events.on(LampLit)(always_fails)
    events.publish(LampLit(lamp_id=1))

    assert delivery.deliver_all() == 1

    assert calls == [[1]]
    failed = Delivery.objects.get(done_at=None)
    assert (failed.subscriber, failed.attempts) == ("tests.always_fails", 1)
    assert failed.last_error == "ValueError: no"


def test_a_poisonous_fact_is_parked_after_five_failures_while_the_others_go_through() -> None:
    lit: list[int] = []

    def choke_on_two(batch: Sequence[LampLit]) -> None:
        if any(event.lamp_id == 2 for event in batch):
            raise ValueError("two")
        lit.extend(event.lamp_id for event in batch)

    events.on(LampLit)(choke_on_two)
    events.publish(*(LampLit(lamp_id=n) for n in (1, 2, 3)))

    assert delivery.deliver_all() == 2
    assert lit == [1, 3]
    for attempt in range(2, delivery.MAX_ATTEMPTS + 1):
        assert delivery.deliver_all() == 0  # not due yet: it backs off
        make_due()
        assert delivery.deliver_all() == 0
        assert Delivery.objects.get(done_at=None).attempts == attempt

    parked = Delivery.objects.get(done_at=None)
    assert parked.parked_at is not None
    make_due()
    assert delivery.deliver_all() == 0
    assert lit == [1, 3]


def test_a_failure_undoes_what_the_subscriber_wrote() -> None:
    def write_then_fail(batch: Sequence[LampLit]) -> None:
        for event in batch:
            AuditEntry.objects.create(at=Now(), actor_role="system", action=f"lamp {event.lamp_id}")
        if len(batch) > 1 or batch[0].lamp_id == 2:
            raise ValueError("late")

    events.on(LampLit)(write_then_fail)
    events.publish(LampLit(lamp_id=1), LampLit(lamp_id=2))

    assert delivery.deliver_all() == 1

    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["lamp 1"]


@pytest.mark.django_db(transaction=True)
def test_a_crash_between_the_work_and_its_commit_applies_nothing_twice() -> None:
    class PowerCut(BaseException):
        """Not an Exception: nothing of ours catches it."""

    is_dark = True

    def write(batch: Sequence[LampLit]) -> None:
        for event in batch:
            AuditEntry.objects.create(at=Now(), actor_role="system", action=f"lamp {event.lamp_id}")
        assert Delivery.objects.get().done_at is not None  # the mark is set, as the work is done
        if is_dark:
            raise PowerCut

    events.on(LampLit)(write)
    with transaction.atomic():
        events.publish(LampLit(lamp_id=1))
    with pytest.raises(PowerCut):
        delivery.deliver_all()
    assert AuditEntry.objects.count() == 0  # the work went with the mark
    assert Delivery.objects.get().done_at is None

    is_dark = False
    assert delivery.deliver_all() == 1
    assert delivery.deliver_all() == 0

    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize("count", [1, 40])
def test_a_set_is_relayed_and_handed_over_in_a_constant_number_of_statements(
    count: int, django_assert_num_queries
) -> None:
    calls: list[list[int]] = []
    events.on(LampLit)(heard(calls))
    events.publish(*(LampLit(lamp_id=n) for n in range(count)))

    with django_assert_num_queries(5):  # relay, who has work, savepoint, take and tick off, release
        delivery.sweep()

    assert calls == [list(range(count))]


def test_a_sweep_goes_on_while_its_sets_are_full_and_leaves_the_rest_to_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[list[int]] = []

    def light_another(batch: Sequence[LampLit]) -> None:
        told.append([event.lamp_id for event in batch])
        if batch[-1].lamp_id == 3:
            events.publish(LampLit(lamp_id=9))  # told while the sweep is on its way

    monkeypatch.setattr(delivery, "BATCH", 2)
    events.on(LampLit)(light_another)
    events.publish(*(LampLit(lamp_id=n) for n in (1, 2, 3)))

    assert delivery.sweep() == 3
    assert told == [[1, 2], [3]]
    assert delivery.sweep() == 1
    assert told == [[1, 2], [3], [9]]


def test_a_subscriber_in_the_same_transaction_hears_at_once_and_has_no_delivery() -> None:
    calls: list[list[int]] = []
    events.on(LampLit, same_transaction=True)(heard(calls))

    events.publish(LampLit(lamp_id=1), LampBroken(lamp_id=9), LampLit(lamp_id=2))

    assert calls == [[1, 2]]
    assert delivery.deliver_all() == 0
    assert Delivery.objects.count() == 0


def test_a_failing_subscriber_in_the_same_transaction_undoes_the_fact() -> None:
    def refuse(batch: Sequence[LampLit]) -> None:
        raise ValueError("no")

    events.on(LampLit, same_transaction=True)(refuse)

    with pytest.raises(ValueError, match="no"), transaction.atomic():
        events.publish(LampLit(lamp_id=1))

    assert OutboxMessage.objects.count() == 0


def test_one_function_may_hear_two_kinds_and_gets_each_as_what_it_is() -> None:
    seen: list[str] = []

    def note_kind(batch: Sequence[events.Event]) -> None:
        seen.extend(type(event).__name__ for event in batch)

    events.on(LampBroken)(note_kind)
    events.on(LampLit)(note_kind)
    events.publish(LampLit(lamp_id=1), LampBroken(lamp_id=2))

    assert delivery.deliver_all() == 2

    assert sorted(seen) == ["LampBroken", "LampLit"]


def test_two_functions_of_one_name_cannot_hear_one_fact() -> None:
    first, second = heard([]), heard([])
    events.on(LampLit)(first)
    events.on(LampLit)(first)  # a module imported twice is no fault

    with pytest.raises(RuntimeError, match="would be deaf"):
        events.on(LampLit)(second)

    assert [one.handler for one in events.subscribers()] == [first]


def test_fields_that_a_newer_publisher_added_are_dropped() -> None:
    calls: list[list[int]] = []
    events.on(LampLit)(heard(calls))
    OutboxMessage.objects.create(topic=LampLit.topic, payload={"lamp_id": 4, "colour": "red"})

    assert delivery.deliver_all() == 1

    assert calls == [[4]]


def test_a_fact_that_nobody_hears_later_is_told_and_done_and_wakes_nobody(
    django_capture_on_commit_callbacks,
) -> None:
    events.on(LampLit)(heard([]))
    events.on(LampBroken, same_transaction=True)(heard([]))
    with django_capture_on_commit_callbacks() as callbacks:
        events.publish(LampBroken(lamp_id=1))
    assert callbacks == []
    assert OutboxMessage.objects.get().relayed_at is not None
    events.publish(LampBroken(lamp_id=2), LampLit(lamp_id=3))

    waiting = OutboxMessage.objects.filter(relayed_at=None)
    assert [one.payload for one in waiting] == [{"lamp_id": 3}]
    assert delivery.deliver_all() == 1

    assert Delivery.objects.count() == 1


def test_old_facts_are_forgotten_unless_somebody_still_has_to_hear_them() -> None:
    def fail_on_two(batch: Sequence[LampLit]) -> None:
        if batch[-1].lamp_id == 2:
            raise ValueError("two")

    events.on(LampLit)(fail_on_two)
    events.publish(LampLit(lamp_id=1))
    delivery.deliver_all()
    events.publish(LampLit(lamp_id=2))
    delivery.deliver_all()
    events.publish(LampLit(lamp_id=3))
    OutboxMessage.objects.exclude(payload__lamp_id=3).update(created_at=Now() - timedelta(days=15))

    forget_old_rows()

    left = OutboxMessage.objects.order_by("id").values_list("payload__lamp_id", flat=True)
    assert list(left) == [2, 3]


def test_an_operator_gives_a_parked_fact_five_more_tries() -> None:
    calls: list[list[int]] = []
    events.on(LampLit)(heard(calls))
    events.publish(LampLit(lamp_id=1))
    delivery.relay()
    Delivery.objects.update(parked_at=Now(), attempts=5)
    assert delivery.deliver_all() == 0
    operator = Actor(Role.OPERATOR, user_id=1, label="Mo")

    delivery.unpark(delivery_id=Delivery.objects.get().pk, at=AT, actor=operator)

    assert delivery.deliver_all() == 1
    assert calls == [[1]]
    assert AuditEntry.objects.get().action == "kernel.unpark_delivery"


def test_a_delivery_that_is_not_parked_cannot_be_unparked() -> None:
    events.on(LampLit)(heard([]))
    events.publish(LampLit(lamp_id=1))
    delivery.relay()

    with pytest.raises(NotFound):
        delivery.unpark(delivery_id=Delivery.objects.get().pk, at=AT, actor=Actor(Role.OPERATOR))

    assert AuditEntry.objects.count() == 0


def test_lag_is_the_age_of_the_oldest_that_waits() -> None:
    def fails(batch: Sequence[LampLit]) -> None:
        raise ValueError("no")

    events.on(LampLit)(fails)
    events.publish(LampLit(lamp_id=1))
    OutboxMessage.objects.update(created_at=Now() - timedelta(seconds=90))
    unrelayed = {lag.name: round(lag.seconds) for lag in delivery.lags()}
    delivery.relay()
    Delivery.objects.update(due_at=Now() - timedelta(seconds=40))
    relayed = {lag.name: round(lag.seconds) for lag in delivery.lags()}
    delivery.deliver_all()
    backing_off = {lag.name: round(lag.seconds) for lag in delivery.lags()}

    assert (unrelayed[""], unrelayed["tests.fails"]) == (90, 0)
    assert (relayed[""], relayed["tests.fails"]) == (0, 40)
    assert (backing_off[""], backing_off["tests.fails"]) == (0, 0)


def test_metrics_are_for_who_knows_the_token(client, settings) -> None:
    settings.METRICS_TOKEN = "scraper"
    refused = [
        client.get("/metricz", headers=headers).status_code
        for headers in ({}, {"Authorization": "Bearer wrong"})
    ]
    text = client.get("/metricz", headers={"Authorization": "Bearer scraper"}).content.decode()
    settings.METRICS_TOKEN = ""
    refused.append(client.get("/metricz", headers={"Authorization": "Bearer "}).status_code)

    assert refused == [404, 404, 404]
    assert 'haodian_event_lag_seconds{subscriber="relay"} 0.000' in text.splitlines()
    assert "haodian_events_parked 0" in text.splitlines()
