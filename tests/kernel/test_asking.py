"""Several statements in one round trip."""

import threading
import time

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from kernel import asking
from kernel.asking import Statement, ask, ask_one, nothing, numbers, tell
from kernel.revisions import revisions_of

pytestmark = pytest.mark.django_db

COUNT = Statement("SELECT count(*) FROM kernel_revision WHERE subject LIKE 'x:%%'", (), list)


def writing(subject):
    return Statement("INSERT INTO kernel_revision VALUES (%s, 1)", [subject], nothing)


def value_of(number):
    return Statement("SELECT %(n)s::bigint", {"n": number}, lambda rows: rows[0][0])


def test_each_is_answered_on_its_own_in_one_round_trip():
    with CaptureQueriesContext(connection) as trips:
        first, none, third = ask(value_of(7), writing("x:%s;--"), value_of(9))

    assert (first, none, third) == (7, None, 9)
    assert len(trips) == 1
    assert revisions_of(["x:%s;--"]) == {"x:%s;--": 1}


def test_a_later_one_sees_what_an_earlier_one_wrote():
    (before, _written, after) = ask(COUNT, writing("x:1"), COUNT)

    assert after[0][0] == before[0][0] + 1


def test_more_than_fit_are_sent_in_several_trips(monkeypatch):
    monkeypatch.setattr(asking, "AT_ONCE", 2)

    with CaptureQueriesContext(connection) as trips:
        tell([writing(f"x:{number}") for number in range(5)])

    assert len(trips) == 3
    assert ask_one(COUNT) == [(5,)]


def test_the_first_that_fails_undoes_all():
    with pytest.raises(DatabaseError, match="unique"), transaction.atomic():
        ask(writing("x:1"), writing("x:1"), value_of(1))

    assert ask_one(COUNT) == [(0,)]


@pytest.mark.django_db(transaction=True)
def test_what_waits_for_a_lock_is_followed_by_what_was_committed_meanwhile():
    """The reading statement begins after the lock was granted, whoever held it before."""
    tell([writing("x:lock"), writing("x:told")])
    locked, told = threading.Event(), []

    def hold():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM kernel_revision WHERE subject = 'x:lock' FOR UPDATE")
            locked.set()
            for _try in range(1_000):
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                if cursor.fetchone()[0]:
                    break
                time.sleep(0.01)
            cursor.execute("UPDATE kernel_revision SET number = 2 WHERE subject = 'x:told'")
        connection.close()

    rival = threading.Thread(target=hold)
    rival.start()
    locked.wait(10)
    lock = "SELECT number FROM kernel_revision WHERE subject = %s FOR UPDATE"
    look = "SELECT number FROM kernel_revision WHERE subject = %s"
    with transaction.atomic():
        told = ask(Statement(lock, ["x:lock"], list), Statement(look, ["x:told"], list))
    rival.join(10)

    assert told == ([(1,)], [(2,)])


def test_integers_are_an_array():
    given = [3, -1, 10**12]
    assert ask_one(Statement("SELECT %s::bigint[]", [numbers(given)], list)) == [(given,)]
    assert ask_one(Statement("SELECT %s::bigint[]", [numbers([])], list)) == [([],)]
