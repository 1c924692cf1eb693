"""The walk of strangers through the consoles: side A at the windows of side B."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from accounts.models import User
from tests.walks import rows
from tests.walks.canaries import sightings, strays
from tests.walks.consoles import Page
from tests.walks.world import World

#: What a stranger may be answered about a row that is not theirs; a redirect knows of no row.
NOTHING = (301, 302, 403, 404, 405)


@dataclass
class Looked:
    """What a walk did and found."""

    probes: int = 0
    writes: int = 0
    visited: set[str] = field(default_factory=set)
    findings: list[str] = field(default_factory=list)

    @property
    def summary(self) -> str:
        """The numbers in a line."""
        return f"{self.probes} probes, {self.writes} of them wrote, {len(self.findings)} findings"

    def __str__(self) -> str:
        return "\n".join(self.findings)


class Window:
    """One person at a console, looking for the rows of side B."""

    def __init__(self, world: World, name: str, user: User | None) -> None:
        self.world, self.name, self.looked = world, name, Looked()
        self.client = Client(raise_request_exception=False)
        if user is not None:
            self.client.force_login(user)
        self.rows_of_b = rows.between(world.before_b, world.after_b)
        self.counts_of_b = rows.added(world.before_b, world.after_b)

    def look(self, pages: Iterable[Page], *, methods: Iterable[str] = ("get",)) -> Looked:
        """Open every page; return what was seen."""
        for page in pages:
            for method in methods:
                self.open(page, method)
        return self.looked

    def open(self, page: Page, method: str = "get", data: Any = None) -> Any:
        """Send one request and judge its answer; return the answer."""
        self.looked.probes += 1
        self.looked.visited.add(page.pattern)
        send = self.client.get if method == "get" else self.client.post
        sent = {**page.query, **(data or {})}
        known_as = dict(self.client.cookies)
        with rows.rolled_back():
            with rows.watched() as writes:
                answer = send(page.path, sent)
                self.client.cookies.update(known_as)  # who logged out is still who they were
            told = [*self.seen(answer, f"{page.path} {sent}")]
            if writes.count:
                self.looked.writes += 1
                told += self._changed()
        if answer.status_code >= 500:
            told.append(f"{answer.status_code}")
        if page.is_foreign and answer.status_code not in NOTHING:
            told.append(f"{answer.status_code} about a row of the other side")
        shown = f"{method.upper()} {page.path} {sent} as {self.name}"
        self.looked.findings += [f"{shown}: {one}" for one in told]
        return answer

    def seen(self, answer: Any, sent: str) -> list[str]:
        """Return what of B an answer tells that the request did not say."""
        text = answer.getvalue().decode(errors="replace")  # a file is read to its end
        text += answer.headers.get("Location", "")
        secrets = strays(self.world.b.ids.secrets(), text, sent)
        return [
            *(f"saw {one}" for one in sorted(set(sightings("B", text)))),
            *(f"saw the id {one}" for one in secrets),
            *(f"was offered {one}" for one in self._offered(text, sent)),
        ]

    def _offered(self, text: str, sent: str) -> list[str]:
        """Return what is another shop's, known to all, and no choice in a form of this shop."""
        known = self.world.b.ids.public
        offers = " ".join(re.findall(r'(?:<option[^>]*|name="sku") value="([^"]*)"', text))
        return strays([*known["product"], *known["sku"]], offers, sent)

    def _changed(self) -> list[str]:
        world = self.world
        tables = [
            *rows.changes(self.rows_of_b, rows.between(world.before_b, world.after_b)),
            *rows.changes(self.counts_of_b, rows.added(world.before_b, world.after_b)),
        ]
        return [f"changed {table}" for table in tables]
