"""F2: hostile values in every query parameter and every form field of the three consoles.

HOSTILE=20000 sends as many requests as the release target asks for; the suite sends a part of them,
picked by chance from the same list.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest
from django.test import Client

from kernel.admin.sites import merchant_site, operator_site, support_site
from tests.walks import rows
from tests.walks.consoles import pages
from tests.walks.forms import fill, offers

pytestmark = pytest.mark.django_db

COUNT = int(os.environ.get("HOSTILE", "1500"))
SCRIPT = "\"'><script>alert('walk')</script>"
HOSTILE = (
    "",
    " ",
    "\x00",
    "%00",
    "\ufffe",
    "-1",
    "0",
    "1e309",
    "NaN",
    "Infinity",
    str(10**25),
    "9" * 4_000,
    "' OR 1=1 --",
    "%",
    "_" * 300,
    "\\",
    "../../../etc/passwd",
    SCRIPT,
    "{{ 7 * 7 }}{% debug %}",
    "\u202egnp.exe",
    "e\u0301\u200b\u2028",
    "🙂" * 500,
    "2026-02-30",
    "9999-12-31T23:59",
    "0000-00-00",
    "12:61",
    "true",
    "None",
    "[]",
    '{"a": 1}',
    "\r\nSet-Cookie: walk=1",
    "=cmd|' /C calc'!A0",
    "١٢٣",
    "1,2,3",
    "1\n2\n3",
)
#: What Django's and our own lists read behind the question mark.
KNOWN = ("q", "o", "p", "e", "all", "_popup", "_to_field", "_changelist_filters", "id__in", "pk")


@dataclass(frozen=True)
class Probe:
    """One request that should never have been made."""

    site: str
    path: str
    method: str
    data: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path} {str(self.data)[:120]!r}"


def clients(world) -> dict[str, Client]:
    """Return who is let into each console."""
    people = {
        "merchant": world.b.people.owner,
        "operator": world.operator,
        "support": world.support,
    }
    found = {}
    for name, user in people.items():
        found[name] = Client(raise_request_exception=False)
        found[name].force_login(user)
    return found


def probes(world, people: dict[str, Client]) -> Iterator[Probe]:
    """Yield every request: each parameter and each field, with each hostile value."""
    for site in (merchant_site, operator_site, support_site):
        for page in pages(site, world, is_plain=True):
            if page.path.endswith(("/logout/", "/switch", "/jsi18n/")):
                continue
            names = {*KNOWN, *_parameters(people[site.name], page.path)}
            for name in sorted(names):
                for value in HOSTILE:
                    yield Probe(site.name, page.path, "get", {name: value})
    for offer in offers(merchant_site, world):
        data = fill(offer.own)
        for name in data:
            for value in HOSTILE:
                yield Probe("merchant of A", offer.page.path, "post", {**data, name: value})


def _parameters(client: Client, path: str) -> set[str]:
    """Return the parameters that the page's own links and forms use."""
    with rows.rolled_back():
        text = unescape(client.get(path).getvalue().decode(errors="replace"))
    return {
        *re.findall(r"[?&](\w+)=", text),
        *re.findall(r'<(?:input|select)[^>]* name="(\w+)"', text),
    } - {"csrfmiddlewaretoken"}


def faults(answer: Any, probe: Probe) -> list[str]:
    """Return what is wrong with an answer to a hostile request."""
    text = answer.getvalue().decode(errors="replace")
    found = []
    if answer.status_code >= 500:
        found.append(f"{answer.status_code}")
    if "<script>alert('walk')" in text:
        found.append("repeats a script")
    if "walk" in answer.cookies:
        found.append("sets a cookie of the stranger's")
    if str(answer.headers.get("Location", "")).startswith(("//", "http")):
        found.append("leads elsewhere")
    return [f"{probe}: {one}" for one in found]


def test_no_hostile_value_breaks_a_page(world, record_property):
    people = clients(world)
    people["merchant of A"] = Client(raise_request_exception=False)
    people["merchant of A"].force_login(world.a.people.owner)
    known = list(probes(world, people))
    sent = random.Random(22).sample(known, min(COUNT, len(known)))
    found, statuses = [], set()

    for probe in sent:
        with rows.rolled_back():
            answer = getattr(people[probe.site], probe.method)(probe.path, probe.data)
            found += faults(answer, probe)
        statuses.add(answer.status_code)

    record_property("walk", f"{len(sent)} of {len(known)} requests, {len(found)} findings")
    assert len(known) > 20_000
    assert {200, 302} <= statuses
    assert found == [], "\n".join(found[:40])
