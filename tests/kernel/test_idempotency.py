"""One key, one effect."""

import threading
from typing import Any

import pytest
from django.db import connection

from kernel.errors import InvalidInput, KeyInFlight, KeyReused
from kernel.idempotency import fingerprint, run_once
from kernel.models import IdempotencyRecord, OutboxMessage

BODY = {"sku": "sku_1", "quantity": 2}


def effect(answer: Any = None) -> Any:
    def act() -> tuple[int, Any]:
        OutboxMessage.objects.create(topic="effect", payload={})
        return 201, answer or {"number": "1"}

    return act


@pytest.mark.django_db
def test_the_second_call_replays_the_first_answer_and_does_nothing() -> None:
    first = run_once(scope="s", key="k", body=BODY, act=effect())
    second = run_once(scope="s", key="k", body=BODY, act=effect({"number": "2"}))

    assert first == (201, {"number": "1"}, False)
    assert second == (201, {"number": "1"}, True)
    assert OutboxMessage.objects.count() == 1


@pytest.mark.django_db
def test_another_body_under_the_same_key_is_refused_and_does_nothing() -> None:
    run_once(scope="s", key="k", body=BODY, act=effect())

    with pytest.raises(KeyReused):
        run_once(scope="s", key="k", body={**BODY, "quantity": 3}, act=effect())

    assert OutboxMessage.objects.count() == 1


@pytest.mark.django_db
def test_keys_of_different_scopes_do_not_meet() -> None:
    run_once(scope="buyer:1", key="k", body=BODY, act=effect())

    assert run_once(scope="buyer:2", key="k", body=BODY, act=effect())[2] is False
    assert OutboxMessage.objects.count() == 2


@pytest.mark.django_db
def test_a_failed_act_keeps_nothing_and_frees_the_key() -> None:
    def fail() -> tuple[int, Any]:
        OutboxMessage.objects.create(topic="effect", payload={})
        raise InvalidInput

    with pytest.raises(InvalidInput):
        run_once(scope="s", key="k", body=BODY, act=fail)

    assert OutboxMessage.objects.count() == 0
    assert IdempotencyRecord.objects.count() == 0
    assert run_once(scope="s", key="k", body=BODY, act=effect())[2] is False


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_a_retry_while_the_first_still_runs_is_told_to_wait_and_does_nothing() -> None:
    is_inside, may_leave = threading.Event(), threading.Event()
    outcomes: list[tuple[int, Any, bool]] = []

    def slow() -> tuple[int, Any]:
        OutboxMessage.objects.create(topic="effect", payload={})
        is_inside.set()
        assert may_leave.wait(10)
        return 201, {"number": "1"}

    def first() -> None:
        try:
            outcomes.append(run_once(scope="s", key="k", body=BODY, act=slow))
        finally:
            connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    assert is_inside.wait(10)
    try:
        with pytest.raises(KeyInFlight):
            run_once(scope="s", key="k", body=BODY, act=effect())
        other = run_once(scope="s", key="other", body=BODY, act=effect({"number": "9"}))
    finally:
        may_leave.set()
        thread.join(10)

    assert outcomes == [(201, {"number": "1"}, False)]
    assert other == (201, {"number": "9"}, False)  # the lock is the key's, not the table's
    assert run_once(scope="s", key="k", body=BODY, act=effect()) == (201, {"number": "1"}, True)
    assert OutboxMessage.objects.count() == 2


def test_the_fingerprint_does_not_depend_on_the_order_of_members() -> None:
    assert fingerprint({"a": 1, "b": [1, 2]}) == fingerprint({"b": [1, 2], "a": 1})
    assert fingerprint({"a": 1}) != fingerprint({"a": "1"})
    assert fingerprint([1, 2]) != fingerprint([2, 1])


def test_the_fingerprint_is_keyed_and_tells_nothing_of_the_body(settings) -> None:
    settings.SECRET_KEY = "a"
    mark = fingerprint(BODY)

    assert mark == fingerprint(dict(BODY))
    settings.SECRET_KEY = "b"
    assert fingerprint(BODY) != mark
