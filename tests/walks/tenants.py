"""The walk of strangers: every door of the API, knocked at by side A with the ids of side B."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from kernel.actors import Role
from tests.walks import rows
from tests.walks.bodies import Request
from tests.walks.callers import Answer, Caller, ask
from tests.walks.canaries import sightings, strays
from tests.walks.doors import Door
from tests.walks.names import kind_of
from tests.walks.recipes import Recipe, recipe, request_for
from tests.walks.world import World

#: What anybody may do with public ids alone, although it leaves rows with the other side.
PUBLIC_ACTS = {
    "orders_checkouts_post": "anybody buys what is on sale",
    "affiliates_creator_picks_post": "any creator picks what has an open plan",
    "affiliates_agency_contracts_post": "any agency invites a creator, who may decline",
}
#: Doors that open to a key: a stranger who holds it is a carrier.
SIGNED = {
    "orders_carriers_carrier_notices_post": "each carrier signs what it says of its parcels",
}
#: Doors that answer a missing row like a present one, and why that tells nothing.
SILENT = {
    "orders_cart_lines_sku_id_delete": "it is not in the asker's cart, whatever it is",
}
#: Who works for shop A.
INSIDERS = ("owner of A", "clerk of A")
STRANGERS = ("owner", "clerk", "buyer", "creator", "agency")


@dataclass(frozen=True)
class Finding:
    """Something a stranger saw, changed or broke."""

    door: Door
    who: str
    what: str
    request: Request

    def __str__(self) -> str:
        return f"{self.door} as {self.who}: {self.what} [{self.request.path}]"


@dataclass
class Report:
    """What a walk did and found."""

    probes: int = 0
    writes: int = 0
    findings: list[Finding] = field(default_factory=list)

    def __str__(self) -> str:
        return "\n".join(str(one) for one in self.findings)

    @property
    def summary(self) -> str:
        """The numbers of the walk in a line."""
        return f"{self.probes} probes, {self.writes} of them wrote, {len(self.findings)} findings"


class TenantWalk:
    """Side A against side B."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.report = Report()
        self.rows_of_b = rows.between(world.before_b, world.after_b)
        self.counts_of_b = rows.added(world.before_b, world.after_b)

    def run(self, doors: Iterable[Door]) -> Report:
        """Knock at every door; return what was found."""
        for door in doors:
            known = recipe(door, self.world, self.world.b)
            for who, request in self._attacks(door, known):
                self.probe(door, who, request)
            for who, request in self._others(door, known):
                self.probe(door, who, request)
        return self.report

    def _attacks(self, door: Door, known: Recipe) -> Iterator[tuple[Caller, Request]]:
        request = known.request
        for who in self._strangers():
            yield who, request
            if door.audience is Role.MERCHANT and who.name in INSIDERS:
                yield who, replace(request, path=self._own(door, request.path))
        for parameter in door.query:
            for value in self._values(parameter):
                query = {parameter["name"]: value}
                for who in self._strangers()[:3]:
                    path = self._own(door, request.path) if who.user else request.path
                    yield who, replace(request, path=path, query=query)

    def _others(self, door: Door, known: Recipe) -> Iterator[tuple[Caller, Request]]:
        """Yield requests that name other rows of B: hidden ones where known ones work, and known
        ones where hidden ones do."""
        for turn in range(2):
            other = request_for(
                door, self.world.b, prefer_public=not known.is_public, turn=turn
            ).path
            if other != known.request.path:
                for who in self._strangers()[:3]:
                    yield who, replace(known.request, path=self._own(door, other))

    def _strangers(self) -> list[Caller]:
        people = self.world.a.people.users
        return [
            *(Caller(f"{name} of A", people[name]) for name in STRANGERS),
            Caller("former manager of B", self.world.former),
            Caller("nobody", None),
        ]

    def _own(self, door: Door, path: str) -> str:
        if door.audience is not Role.MERCHANT:
            return path
        return path.replace(self.world.b.front.shop.public_id, self.world.a.front.shop.public_id)

    def _values(self, parameter: dict[str, Any]) -> list[str]:
        name, schema = parameter["name"], parameter.get("schema", {})
        kind = kind_of(name)
        known = self.world.b.ids.private.get(kind) or self.world.b.ids.public.get(kind)
        if known:
            return known[:2]
        if "enum" in schema:
            return [str(one) for one in schema["enum"] if one]
        if schema.get("type") == "string" and name != "cursor":
            return ["CANARY"]
        return []

    def probe(self, door: Door, who: Caller, request: Request) -> None:
        """Send one request and look at the answer and at the rows of B."""
        self.report.probes += 1
        with rows.rolled_back():
            with rows.watched() as writes:
                answer = ask(who, door, request)
            for what in [*self.seen(answer, request), *self._goods(door, who, answer, request)]:
                self._note(door, who, request, what)
            if writes.count:
                self.report.writes += 1
                for what in self._changed(door, request):
                    self._note(door, who, request, what)
        for what in self._misjudged(door, who, answer, request):
            self._note(door, who, request, what)

    def seen(self, answer: Answer, request: Request) -> list[str]:
        """Return what of B an answer tells that the request did not say."""
        found = [f"saw {one}" for one in sightings("B", answer.text)]
        secrets = strays(self.world.b.ids.secrets(), answer.text, request.text())
        return [*found, *(f"saw the id {one}" for one in secrets)]

    def _goods(self, door: Door, who: Caller, answer: Answer, request: Request) -> list[str]:
        """Return goods of B, known to all, that A's own shop is shown among its own."""
        if door.audience is not Role.MERCHANT or not self._is_inside(door, who, request):
            return []
        known = self.world.b.ids.public
        goods = [*known["product"], *known["sku"], *known["plan"]]
        return [f"was shown {one}" for one in strays(goods, answer.text, request.text())]

    def _changed(self, door: Door, request: Request) -> list[str]:
        world = self.world
        if door.name in SIGNED:
            return []
        is_private = any(one in request.text() for one in world.b.ids.secrets())
        if door.name in PUBLIC_ACTS and not is_private:
            return []
        tables = [
            *rows.changes(self.rows_of_b, rows.between(world.before_b, world.after_b)),
            *rows.changes(self.counts_of_b, rows.added(world.before_b, world.after_b)),
        ]
        return [f"changed {table}" for table in tables]

    def _misjudged(self, door: Door, who: Caller, answer: Answer, request: Request) -> list[str]:
        if answer.status >= 500:
            return [f"{answer.status} {answer.text[:200]}"]
        expected = self._expected(door, who, request)
        if expected and answer.status not in expected:
            return [f"{answer.status} instead of {expected}: {answer.text[:120]}"]
        return []

    def _expected(self, door: Door, who: Caller, request: Request) -> tuple[int, ...]:
        """Return the only right statuses; empty where any answer that shows nothing will do."""
        if door.audience is Role.ANONYMOUS:
            return ()
        if who.user is None:
            return (401,)
        if self._is_inside(door, who, request):
            foreign = [one for one in self.world.b.ids.secrets() if one in request.path]
            return (403, 404) if foreign and door.name not in SILENT else ()
        return (404,)

    def _is_inside(self, door: Door, who: Caller, request: Request) -> bool:
        role = door.audience
        if role is Role.MERCHANT:
            is_own = self.world.a.front.shop.public_id in request.path
            return is_own and who.name in INSIDERS
        if role in (Role.CREATOR, Role.AGENCY):
            return who.name == f"{role} of A"
        return role is Role.BUYER

    def _note(self, door: Door, who: Caller, request: Request, what: str) -> None:
        self.report.findings.append(Finding(door, who.name, what, request))
