"""Callers share transactions; each gets its own result, and nobody waits for ever."""

import threading
import time
from contextlib import contextmanager

import pytest
from django.db import connection, connections

from kernel import group_commit
from kernel.errors import Busy
from kernel.group_commit import GroupCommit


class Work:
    """Doubles numbers; can be held up, and keeps the batches it was given."""

    def __init__(self):
        self.batches, self.bad = [], set()
        self.door = threading.Event()
        self.door.set()
        self.entered = threading.Event()

    def __call__(self, items):
        self.batches.append(list(items))
        self.entered.set()
        assert self.door.wait(10)
        if self.bad & set(items):
            raise ValueError(f"poison in {list(items)}")
        return [2 * item for item in items]


@contextmanager
def callers(queue, items):
    """Let a thread submit each item; yield what each got, by item, whole after the block."""
    got = {}

    def call(item):
        try:
            got[item] = queue.submit(item)
        except Exception as error:  # noqa: BLE001 -- the test looks at it
            got[item] = error

    crew = [threading.Thread(target=call, args=(item,), daemon=True) for item in items]
    yield crew, got
    for one in crew:
        one.join(10)
    assert not any(one.is_alive() for one in crew)


def until(is_true):
    deadline = time.monotonic() + 10
    while not is_true():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def queue_up(work, queue, items):
    """Hold the first item in the database until the others are queued behind it, in order."""
    work.door.clear()
    with callers(queue, items) as (crew, got):
        crew[0].start()
        assert work.entered.wait(10)
        for waiting, one in enumerate(crew[1:], start=1):
            one.start()
            until(lambda waiting=waiting: queue.waiting == waiting)
        work.door.set()
    return got


@pytest.fixture
def work():
    return Work()


@pytest.fixture
def queue(work):
    return GroupCommit(work, name="doublings")


def test_a_caller_alone_is_served_at_once(queue, work):
    assert queue.submit(21) == 42
    assert work.batches == [[21]]


def test_who_comes_meanwhile_is_the_next_batch_in_order_of_arrival(queue, work):
    got = queue_up(work, queue, [1, 2, 3, 4, 5])

    assert got == {1: 2, 2: 4, 3: 6, 4: 8, 5: 10}
    assert work.batches == [[1], [2, 3, 4, 5]]


def test_a_batch_has_a_limit(queue, work, monkeypatch):
    monkeypatch.setattr(group_commit, "BATCH", 3)

    got = queue_up(work, queue, list(range(8)))

    assert got == {number: 2 * number for number in range(8)}
    assert work.batches == [[0], [1, 2, 3], [4, 5, 6], [7]]


def test_a_poisonous_item_fails_alone(queue, work):
    work.bad = {3}

    got = queue_up(work, queue, [1, 2, 3, 4])

    assert (got[1], got[2], got[4]) == (2, 4, 8)
    assert isinstance(got[3], ValueError)
    assert work.batches == [[1], [2, 3, 4], [2], [3], [4]]


def test_after_a_failure_the_queue_goes_on(queue, work):
    work.bad = {1}

    with pytest.raises(ValueError, match="poison"):
        queue.submit(1)

    assert queue.submit(2) == 4
    assert queue.waiting == 0


def test_a_full_queue_refuses_before_any_work(queue, work, monkeypatch):
    monkeypatch.setattr(group_commit, "NEWEST", 0)
    monkeypatch.setattr(group_commit, "BATCH", 3)
    queue._seconds_a_batch = 1.1  # one in hand and a full one before the newcomer
    work.door.clear()

    with callers(queue, [1, 2, 3, 4]) as (crew, got):
        crew[0].start()
        assert work.entered.wait(10)
        for waiting, one in enumerate(crew[1:], start=1):
            one.start()
            until(lambda waiting=waiting: queue.waiting == waiting)
        with pytest.raises(Busy):
            queue.submit(5)
        work.door.set()

    assert got == {1: 2, 2: 4, 3: 6, 4: 8}
    assert work.batches == [[1], [2, 3, 4]]


def test_who_gives_up_in_the_queue_is_not_done(queue, work, monkeypatch):
    monkeypatch.setattr(group_commit, "PATIENCE", 0.05)
    work.door.clear()

    with callers(queue, [1]) as (crew, got):
        crew[0].start()
        assert work.entered.wait(10)
        with pytest.raises(Busy):
            queue.submit(2)
        work.door.set()

    assert got == {1: 2}
    assert work.batches == [[1]]


def test_a_leader_does_nothing_more_for_who_has_left(work, monkeypatch):
    """A batch that fails is done again item by item: as slow as it may be, only for who waits."""
    left = threading.Event()

    def run(items):
        if len(items) > 1:
            assert left.wait(10)
            raise ValueError("the whole batch lost its locks")
        return work(items)

    queue = GroupCommit(run, name="doublings")
    work.door.clear()
    with callers(queue, [1, 2, 3]) as (crew, got):
        crew[0].start()
        assert work.entered.wait(10)
        crew[1].start()  # leads the next batch
        until(lambda: queue.waiting == 1)
        monkeypatch.setattr(group_commit, "PATIENCE", 0.3)
        crew[2].start()
        until(lambda: queue.waiting == 2)
        work.door.set()
        until(lambda: 3 in got)
        left.set()

    assert got[2] == 4
    assert isinstance(got[3], Busy)
    assert work.batches == [[1], [2]]


def test_many_callers_each_get_their_own(queue, work):
    with callers(queue, range(400)) as (crew, got):
        for one in crew:
            one.start()

    assert got == {number: 2 * number for number in range(400)}
    assert sorted(item for batch in work.batches for item in batch) == list(range(400))
    assert queue.waiting == 0


@pytest.mark.django_db
def test_inside_a_transaction_of_the_caller_an_item_is_run_alone(queue, work):
    assert queue.submit(1) == 2
    assert queue._queue == type(queue._queue)()
    assert work.batches == [[1]]


@pytest.fixture
def pool_of_two(transactional_db):
    """Threads that start now share two connections."""
    options = connections.settings["default"].setdefault("OPTIONS", {})
    options["pool"] = {"min_size": 0, "max_size": 2, "timeout": 2}
    yield
    connections.create_connection("default").close_pool()
    del options["pool"]


def test_who_waits_holds_no_connection(pool_of_two, work):
    """The next leader has none; all there are were taken by those who wait behind it."""

    def run(items):
        if items != [1]:  # the first needs none, and keeps the others waiting
            ask()
        return work(items)

    def ask():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    def call(number):
        try:
            if number > 2:
                ask()  # and keeps the connection, as a request does until it is answered
            got[number] = queue.submit(number)
        except Exception as error:  # noqa: BLE001 -- what it was is the finding
            got[number] = error
        finally:
            connection.close()

    queue, got = GroupCommit(run, name="doublings"), {}
    crew = [threading.Thread(target=call, args=[number]) for number in (1, 2, 3, 4)]
    work.door.clear()
    crew[0].start()
    assert work.entered.wait(10)
    for place, one in enumerate(crew[1:], start=1):
        one.start()
        until(lambda place=place: queue.waiting == place)
    work.door.set()
    for one in crew:
        one.join(20)

    assert got == {1: 2, 2: 4, 3: 6, 4: 8}
    assert work.batches == [[1], [2, 3, 4]]
