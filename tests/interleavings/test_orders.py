"""Place, pay, cancel, close, refund, ship, receive: each at every step of each other."""

from functools import partial

import pytest

from tests.interleavings.couples import couples, interleave
from tests.interleavings.scenes import scenes

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

#: What was promised; the number is printed (`-rP`) and grows with every couple.
AT_LEAST = 200


@pytest.mark.parametrize("couple", couples(), ids=str)
def test_at_every_step_two_acts_end_as_if_one_had_waited(stage, couple):
    found, plays = interleave(stage, couple)

    assert found == []
    assert len(plays[-1].steps) == len(plays) - 1  # none of the first's steps was left out
    assert {(play.first, play.rival) for play in plays} == couple.ends


def test_there_are_hundreds_of_interleavings(stage):
    firsts = [(couple.scene, couple.first) for couple in couples()]
    sets = {kind: scenes(kind) for kind, _act in firsts}
    steps = {}
    for kind, act in [*dict.fromkeys(firsts)] * 2:  # the second time everything is warm
        scene = next(sets[kind])
        steps[kind, act] = len(stage.play(partial(act, scene)).steps)

    interleavings = sum(steps[first] for first in firsts)

    print(f"{interleavings} interleavings of {len(firsts)} couples")  # noqa: T201 -- the figure that is reported
    assert interleavings >= AT_LEAST
