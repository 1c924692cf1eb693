"""The hunt for mutants (T5), run by `make mutants`: the walks notice what was taken out.

With the wall down, each mutant is looked for by the walks of strangers and the tripwire, or by the
role matrix, until one of them finds it: of the walks, by the probes that run its code; what they
do not notice the tests of its room may, in a process beside this one. With the wall up, all filters
are taken out at once: still nobody sees another shop's row.
"""

import os
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from types import CodeType

import pytest

from kernel import walls
from kernel.admin.sites import merchant_site
from tests.tripwire import Tripped
from tests.walks import doors, mutants, rows
from tests.walks.consoles import Page, pages
from tests.walks.mutants import Mutant, all_of, filters, guards
from tests.walks.mutated import noticed_by
from tests.walks.offers import refused_offers
from tests.walks.recipes import recipe
from tests.walks.roles import people_of, questions, read
from tests.walks.tenants import Report, TenantWalk
from tests.walks.test_wall import leaks, merchants_doors
from tests.walks.windows import Looked, Window

pytestmark = pytest.mark.django_db

#: Of a hundred mutants, this many are found (reliability target T5).
ENOUGH = 0.95
#: A mutant that is the same program to whoever is not of the platform.
EQUAL = "equal"
#: Opens a door or a page as strangers do; returns what it found, or nothing.
Probe = Callable[[], str]
#: MUTANTS=40 hunts forty of each kind, picked by chance; all of them without it.
SHARE = int(os.environ.get("MUTANTS", "0"))


@pytest.fixture
def wall_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind the wall everything is to be seen; the tripwire stays up."""
    says_which = f"SELECT set_config('{walls.SETTING}', %s, true)"
    monkeypatch.setattr(walls, "_ENTER", says_which)


def picked(known: list[Mutant]) -> list[Mutant]:
    """Return those that are hunted this time."""
    known = [one for one in known if os.environ.get("ONLY", "") in str(one)]
    if not SHARE or len(known) <= SHARE:
        return known
    return random.Random(os.environ.get("SEED", "5")).sample(known, SHARE)


def test_a_filter_that_is_gone_is_found(world, wall_down, record_property):
    walk, window = TenantWalk(world), Window(world, "owner of A", world.a.people.owner)
    for door in doors.described():
        recipe(door, world, world.b)
    shown = list(pages(merchant_site, world, is_plain=True))
    paths = Paths(walk, window, shown)

    def found(mutant: Mutant) -> str:
        mutants.trace = mutants.Trace()
        for probe in paths.to(mutant):
            if said := probe():
                return said
        if not mutants.trace.is_reached:
            return f"{EQUAL}: no stranger comes by"
        if not mutants.trace.is_wider:
            return f"{EQUAL}: the rows were narrowed before"
        return (test := noticed_by(mutant)) and f"a test of its room: {test}"

    judge(hunt(picked(filters()), found), record_property)


class Paths:
    """Which code each probe runs: a mutant is hunted by those that come by where it lives."""

    def __init__(self, walk: TenantWalk, window: Window, shown: list[Page]) -> None:
        knocks = [partial(_knock, walk, door) for door in doors.described()]
        looks = [
            partial(_look, window, page, method) for page in shown for method in ("get", "post")
        ]
        self._comers: dict[tuple[str, int], list[Probe]] = defaultdict(list)
        for probe in (*knocks, *looks):
            for spot in self._run_by(probe):
                self._comers[spot].append(probe)

    def to(self, mutant: Mutant) -> list[Probe]:
        """Return the probes that run the mutant's code."""
        return self._comers[mutant.spot]

    @staticmethod
    def _run_by(probe: Probe) -> set[tuple[str, int]]:
        """Return file and line of all of ours that `probe` runs; nothing is to be found yet."""
        codes: set[CodeType] = set()
        sys.setprofile(lambda frame, _event, _argument: codes.add(frame.f_code))
        try:
            said = probe()
        finally:
            sys.setprofile(None)
        assert said == "", said
        return {
            (code.co_filename, line)
            for code in codes
            if code.co_filename.startswith(str(mutants.ROOT))
            for _begin, _end, line in code.co_lines()
            if line is not None
        }


def _knock(walk: TenantWalk, door: doors.Door) -> str:
    walk.report = Report()
    try:
        walk.run([door])
    except Tripped as tripped:
        return f"T3 {tripped}"[:100]
    return f"T1 {walk.report.findings[0]}" if walk.report.findings else ""


def _look(window: Window, page: Page, method: str) -> str:
    window.looked = Looked()
    window.open(page, method)
    return f"T2 {window.looked.findings[0]}" if window.looked.findings else ""


def test_a_permission_that_is_gone_is_found(world, record_property):
    said = {line.rsplit(",", 14)[0]: line.split(",")[-14:] for line in read().splitlines()}
    with rows.rolled_back():
        people = people_of(world)
        asked = list(questions(world))

        def found(mutant: Mutant) -> str:
            if mutant.is_idle:
                return f"{EQUAL}: all who come to the door have it"
            of_room = [one for one in asked if one.room == mutant.room]
            for one in asked if mutant.is_for_all else of_room:
                for person, may in zip(people, said[one.what], strict=True):
                    if one.may(person) is not (may == "yes"):
                        return f"A1 {one.what} as {person.role}"
            if offer := next(refused_offers(world, mutant.room), ""):
                return f"offers {offer}"
            return (test := noticed_by(mutant)) and f"a test of its room: {test}"

        traces = hunt(picked(guards()), found)

    judge(traces, record_property)


def hunt(hunted: list[Mutant], found) -> dict[Mutant, str]:
    """Return by what each mutant was found, if it was; say on the way how it goes."""
    traces = {}
    for number, mutant in enumerate(hunted, 1):
        began = time.monotonic()
        with mutant.apply():
            traces[mutant] = found(mutant)
        took = time.monotonic() - began
        said = traces[mutant] or "NOT FOUND"
        sys.stderr.write(f"{number}/{len(hunted)} {took:5.1f} s {mutant} -> {said[:160]}\n")
    return traces


def judge(traces: dict[Mutant, str], record_property) -> None:
    """Fail when too many got away of those that let anybody through."""
    alive = {one: said for one, said in traces.items() if not said.startswith(EQUAL)}
    lost = [one for one, said in alive.items() if not said]
    record_property(
        "walk",
        f"{len(traces)} mutants, {len(traces) - len(alive)} of them open nothing,"
        f" {len(alive) - len(lost)} of {len(alive)} found",
    )
    assert len(lost) <= (1 - ENOUGH) * len(alive), "\n".join(map(str, lost))
    assert len(traces) >= 40


def test_with_the_wall_up_no_missing_filter_leaks(world, no_tripwire, record_property):
    near = merchants_doors(world)
    window = Window(world, "owner of A", world.a.people.owner)
    gone = filters()

    with all_of(gone):
        report = TenantWalk(world).run(near)
        looked = window.look(pages(merchant_site, world, is_plain=True), methods=("get", "post"))

    record_property("walk", f"{len(gone)} mutants at once, {report.probes + looked.probes} probes")
    assert leaks(report.findings) == []
    assert leaks(looked.findings) == []
