"""What the stage sees: a first act that lost one of its guards, and how it waits."""

from __future__ import annotations

import re
from contextlib import contextmanager

import pytest
from django.db import connection

from orders.services import closing
from tests.interleavings.acts import cancel, pay, place, place_other
from tests.interleavings.couples import Couple, couples, interleave
from tests.interleavings.scenes import scenes

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

LOCKING = re.compile(r"\s+FOR NO KEY UPDATE(\s+OF [\w\", ]+)?")


def couple_of(first, rival) -> Couple:
    (found,) = (one for one in couples() if (one.first, one.rival) == (first, rival))
    return found


@contextmanager
def the_first_takes_no_lock(patch):
    """The rival keeps its locks; the first reads on as if it were alone."""

    def careless(execute, sql, params, many, context):
        return execute(LOCKING.sub("", sql), params, many, context)

    with connection.execute_wrapper(careless):  # of this thread's connection alone
        yield


@contextmanager
def nobody_asks_again(patch):
    """Nor does a closing ask for the status when it writes it: stock alone is left to object."""

    def blind_move(instance, *, to, at, actor, reason="", **changes):
        type(instance).objects.filter(pk=instance.pk).update(status=to, **changes)

    patch.setattr(closing, "move", blind_move)
    with the_first_takes_no_lock(patch):
        yield


@pytest.mark.parametrize(
    ("first", "rival", "mutation", "sign"),
    [
        (place, place_other, the_first_takes_no_lock, "stock_covers_held"),
        (cancel, pay, the_first_takes_no_lock, "they ended 'illegal_transition' and 'paid'"),
        (cancel, pay, nobody_asks_again, "they ended 'hold_missing' and 'paid'"),
    ],
)
def test_control_a_first_without_its_guard_is_found_between_its_statements(
    stage, monkeypatch, first, rival, mutation, sign
):
    with mutation(monkeypatch):
        found, plays = interleave(stage, couple_of(first, rival))

    assert any(sign in sentence for sentence in found), "\n".join(found)
    alone = ("before statement 1 ", f"before statement {len(plays)} ")
    assert not [sentence for sentence in found if any(where in sentence for where in alone)]


def test_the_rival_waits_from_the_first_lock_to_the_commit(stage):
    found, plays = interleave(stage, couple_of(cancel, cancel))

    waits = [play.has_waited for play in plays]
    steps = plays[-1].steps
    lock = next(at for at, step in enumerate(steps) if "FOR NO KEY UPDATE" in step)
    assert (found, steps[-1]) == ([], "COMMIT")
    assert waits == [False] * (lock + 1) + [True] * (len(steps) - lock - 1) + [False]


def test_a_step_that_the_first_does_not_have_brings_no_rival(stage):
    scene = next(scenes("unpaid"))

    played = stage.play(lambda: cancel(scene), lambda: pay(scene), step=1_000)

    assert (played.first, played.rival, played.statement) == ("closed", "", "")
