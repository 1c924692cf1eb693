"""Bad input is refused with a stable code, and leaves nothing behind (issue: bad input)."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from itertools import product

import pytest

from tests.walks import doors, rows
from tests.walks.bodies import Request
from tests.walks.callers import ask
from tests.walks.doors import Door
from tests.walks.hostile import some_shapeless, wrong_bodies, wrong_forms
from tests.walks.recipes import Recipe, recipe
from tests.walks.tenants import SILENT

pytestmark = pytest.mark.django_db
#: Doors whose raw bytes are signed: to them, whatever is not signed is a stranger.
SIGNED = {"orders_notices_gateway_post", "orders_carriers_carrier_notices_post"}


def _writes() -> list[Door]:
    return [door for door in doors.described() if door.is_write and door.name not in SIGNED]


class Refusals:
    """Sends what is wrong, and keeps what was not refused rightly."""

    def __init__(self, world) -> None:
        self.world, self.before = world, rows.everything()
        self.count, self.wrote = 0, 0
        self.codes: Counter[str] = Counter()
        self.findings: list[str] = []

    def demand(self, known: Recipe, request: Request, what: str, *, statuses=range(400, 500)):
        """Send `request` as the one entitled to; it must be refused and change nothing."""
        self.count += 1
        with rows.rolled_back():
            with rows.watched() as writes:
                answer = ask(known.caller, known.door, request)
            changed = []
            if writes.count:
                self.wrote += 1
                changed = rows.changes(self.before, rows.everything())
        told = [f"changed {table}" for table in changed]
        if answer.status not in statuses:
            told.append(f"{answer.status} {answer.text[:150]}")
        elif not answer.content_type.startswith("application/problem+json") or not answer.code:
            told.append(f"{answer.status} without a problem: {answer.content_type}")
        else:
            self.codes[answer.code] += 1
        self.findings += [f"{known.door} with {what}: {one}" for one in told]

    @property
    def summary(self) -> str:
        return f"{self.count} requests, {self.wrote} of them wrote, {len(self.findings)} findings"


def test_every_operation_refuses_every_wrong_body_and_writes_nothing(world, record_property):
    refusals = Refusals(world)
    for turn, door in enumerate(_writes()):
        known = recipe(door, world, world.a)
        if door.is_form or door.method == "delete":
            continue  # what has no body reads none; forms have a test of their own below
        for wrong in (*wrong_bodies(door, known.request.body), *some_shapeless(turn)):
            refusals.demand(known, replace(known.request, body=wrong.body), wrong.what)

    record_property("walk", f"{refusals.summary}, {dict(refusals.codes)}")
    assert refusals.findings == [], "\n".join(refusals.findings)


def test_every_form_refuses_every_wrong_part_and_writes_nothing(world, record_property):
    refusals = Refusals(world)
    for door in _writes():
        if door.is_form:
            known = recipe(door, world, world.a)
            for wrong in wrong_forms(door, known.request.body):
                refusals.demand(known, replace(known.request, body=wrong.body), wrong.what)

    record_property("walk", refusals.summary)
    assert refusals.findings == [], "\n".join(refusals.findings)


def test_hostile_words_in_the_address_are_refused(world, record_property):
    refusals = Refusals(world)
    words = ("%00", "%ed%a0%80", "%ff", "x" * 5_000, "..%2f..", "' OR 1=1 --", "９", "-1", "0")
    for door in doors.described():
        known = recipe(door, world, world.a)
        for name, _parent in door.keys if door.name not in SILENT else ():
            for word in words:
                path = _spoil(door, known.request.path, name, word)
                refusals.demand(known, replace(known.request, path=path), f"{name}={word[:20]}")

    record_property("walk", refusals.summary)
    assert refusals.findings == [], "\n".join(refusals.findings)


def test_hostile_queries_are_refused_or_harmless(world, record_property):
    findings, count = [], 0
    words = ("%00", "%ed%a0%80", "%ff", "-1", "9" * 400, "nothing-like-it", "[]", "x" * 3_000)
    for door in doors.described():
        known = recipe(door, world, world.a)
        if door.is_write:
            continue
        names = [one["name"] for one in door.query]
        sent = [*product(names, words), *product(("unknown", "shop_id__in", "buyer__email"), "1")]
        for name, word in sent:
            count += 1
            path = f"{known.request.path}?{name}={word}"
            with rows.rolled_back():
                answer = ask(known.caller, door, replace(known.request, path=path))
            is_unknown = door.is_list and name not in names
            if answer.status >= 500 or (is_unknown and answer.status != 400):
                findings.append(f"{door} with {name}={word[:20]}: {answer}")

    record_property("walk", f"{count} requests, {len(findings)} findings")
    assert findings == [], "\n".join(findings)


def test_a_key_is_demanded_and_means_one_request(world, record_property):
    refusals = Refusals(world)
    for door in _writes():
        if not door.needs_key:
            continue
        known = recipe(door, world, world.a)
        bad_keys = {"no key": {}, "too long a key": {"Idempotency-Key": "k" * 256}}
        for what, headers in bad_keys.items():
            refusals.demand(known, replace(known.request, headers=headers), what, statuses=(400,))

    record_property("walk", refusals.summary)
    assert refusals.findings == [], "\n".join(refusals.findings)
    assert refusals.count > 20


def test_a_key_that_comes_again_with_another_body_is_refused(world, record_property):
    findings, count = [], 0
    for door in _writes():
        known = recipe(door, world, world.a)
        if not door.needs_key or known.answer.status >= 300 or door.is_form:
            continue
        count += 1
        other = json.loads(json.dumps(known.request.body or {}))
        other["walk"] = "another"
        with rows.rolled_back():
            first = ask(known.caller, door, known.request)
            before = rows.everything()
            again = ask(known.caller, door, known.request)
            reused = ask(known.caller, door, replace(known.request, body=other))
            changed = rows.changes(before, rows.everything())
        same = json.loads(first.text) == json.loads(again.text)
        if first.status != again.status or not same or changed:
            findings.append(f"{door}: not replayed: {first} {again} {changed}")
        if reused.status not in (400, 422):
            findings.append(f"{door}: {reused}")

    record_property("walk", f"{count} doors, {len(findings)} findings")
    assert findings == [], "\n".join(findings)
    assert count > 10


def test_a_decision_on_an_old_version_is_refused(world, record_property):
    refusals = Refusals(world)
    for door in _writes():
        known = recipe(door, world, world.a)
        body = known.request.body
        if isinstance(body, dict) and "version" in body:
            request = replace(known.request, body={**body, "version": 999_999})
            refusals.demand(known, request, "a version that is not", statuses=(409,))

    record_property("walk", refusals.summary)
    assert refusals.findings == [], "\n".join(refusals.findings)
    assert refusals.count > 5


def _spoil(door: Door, path: str, name: str, word: str) -> str:
    parts = path.split("/")
    place = door.path.split("/").index("{" + name + "}")
    parts[place] = word
    return "/".join(parts)
