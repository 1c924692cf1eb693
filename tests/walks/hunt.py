"""The hunt for mutants (T5), run by `make mutants`: the walks notice what was taken out.

With the wall down, each mutant is looked for by the walks of strangers and the tripwire, or by the
role matrix, near its own room first, until one of them finds it. With the wall up, all filters are
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
from tests.walks import doors, rows
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
#: MUTANTS=40 hunts forty of each kind, picked by chance; all of them without it.
SHARE = int(os.environ.get("MUTANTS", "0"))


@pytest.fixture
def wall_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind the wall everything is to be seen; the tripwire stays up."""
    says_which = f"SELECT set_config('{walls.SETTING}', %s, true)"
    monkeypatch.setattr(walls, "_ENTER", says_which)


def picked(mutants: list[Mutant]) -> list[Mutant]:
    """Return those that are hunted this time."""
    if not SHARE or len(mutants) <= SHARE:
        return mutants
    return random.Random(os.environ.get("SEED", "5")).sample(mutants, SHARE)


def test_a_filter_that_is_gone_is_found(world, wall_down, record_property):
    walk, window = TenantWalk(world), Window(world, "owner of A", world.a.people.owner)
    for door in doors.described():
        recipe(door, world, world.b)
    shown = list(pages(merchant_site, world, is_plain=True))

    def found(mutant: Mutant) -> str:
        for step in steps(mutant, walk, window, shown):
            if step:
                return step
        return ""

    lost = hunt(picked(filters()), found)

    judge(lost, picked(filters()), record_property)


def steps(mutant: Mutant, walk: TenantWalk, window: Window, shown: list[Page]) -> Iterator[str]:
    """Yield what each probe finds, those of the mutant's room first."""
    views = dict(doors.routed())

    def is_far(door: doors.Door) -> bool:
        return views[door.path].cls.__module__.partition(".")[0] != mutant.room

    def is_elsewhere(page: Page) -> bool:
        return f"/{mutant.room}/" not in page.path

    everything = [*doors.described()]
    for distance in (False, True):
        for door in (one for one in everything if is_far(one) is distance):
            yield _knock(walk, door)
        for page in (one for one in shown if is_elsewhere(one) is distance):
            for method in ("get", "post"):
                yield _look(window, page, method)


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

        lost = hunt(picked(guards()), found)

    judge(lost, picked(guards()), record_property)


def hunt(mutants: list[Mutant], found) -> list[Mutant]:
    """Return the mutants that nobody found; say on the way how it goes."""
    lost = []
    for number, mutant in enumerate(mutants, 1):
        began = time.monotonic()
        with mutant.apply():
            trace = found(mutant)
        took = time.monotonic() - began
        sys.stderr.write(f"{number}/{len(mutants)} {took:5.1f} s {mutant} -> {trace[:160]}\n")
        if not trace:
            lost.append(mutant)
    return lost


def judge(lost: list[Mutant], hunted: list[Mutant], record_property) -> None:
    """Fail when too many got away."""
    record_property("walk", f"{len(hunted)} mutants, {len(hunted) - len(lost)} found")
    names = "\n".join(map(str, lost))
    assert len(hunted) - len(lost) >= ENOUGH * len(hunted), names
    assert len(hunted) >= 40


def test_with_the_wall_up_no_missing_filter_leaks(world, no_tripwire, record_property):
    near = merchants_doors(world)
    window = Window(world, "owner of A", world.a.people.owner)
    mutants = filters()

    with all_of(mutants):
        report = TenantWalk(world).run(near)
        looked = window.look(pages(merchant_site, world, is_plain=True), methods=("get", "post"))

    record_property(
        "walk", f"{len(mutants)} mutants at once, {report.probes + looked.probes} probes"
    )
    assert leaks(report.findings) == []
    assert leaks(looked.findings) == []
