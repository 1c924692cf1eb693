"""The hunt for mutants (T5), run by `make mutants`: the walks notice what was taken out.

With the wall down, each mutant is looked for by the walks of strangers and the tripwire, or by the
role matrix, in its own room first, until one of them finds it. With the wall up, all filters are
taken out at once: still nobody sees another shop's row.
"""

import os
import random
import sys
import time
from collections.abc import Iterator

import pytest

from kernel import walls
from kernel.admin.sites import merchant_site
from tests.tripwire import Tripped
from tests.walks import doors, mutants, rows
from tests.walks.consoles import Page, pages
from tests.walks.mutants import Mutant, all_of, filters, guards
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

    def found(mutant: Mutant) -> str:
        mutants.trace = mutants.Trace()
        for step in steps(mutant, walk, window, shown):
            if step:
                return step
        if not mutants.trace.is_reached:
            return f"{EQUAL}: no stranger comes so far"
        return "" if mutants.trace.is_wider else f"{EQUAL}: the rows were narrowed before"

    judge(hunt(picked(filters()), found), record_property)


def steps(mutant: Mutant, walk: TenantWalk, window: Window, shown: list[Page]) -> Iterator[str]:
    """Yield what each probe finds, those of the mutant's room first."""
    views = dict(doors.routed())

    def is_far(door: doors.Door) -> bool:
        return views[door.path].cls.__module__.partition(".")[0] != mutant.room

    everything = [*doors.described()]
    for door in (one for one in everything if not is_far(one)):
        yield _knock(walk, door)
    for page in (one for one in shown if f"/{mutant.room}/" in one.path):
        for method in ("get", "post"):
            yield _look(window, page, method)
    if "/models/" in mutant.where or mutant.room == "kernel":  # other rooms' doors ask it, too
        for door in (one for one in everything if is_far(one)):
            yield _knock(walk, door)


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
            for one in sorted(asked, key=lambda one: one.room != mutant.room):
                for person, may in zip(people, said[one.what], strict=True):
                    if one.may(person) is not (may == "yes"):
                        return f"A1 {one.what} as {person.role}"
            return ""

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
