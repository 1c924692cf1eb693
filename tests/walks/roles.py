"""Who may do what, found by trying: every operation, page and act, asked for by every role.

The result is compared with the one file that says it, `docs/roles.csv`: a role that may do more
than the file says is a hole, one that may do less is a fault. What is tried are B's own rows, as
B's own people; strangers to a row are the tenant walk's business.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from django.contrib.auth.models import AbstractBaseUser
from django.test import Client

from kernel.actors import Role
from kernel.admin.sites import ConsoleSite, merchant_site, operator_site, support_site
from shops.enums import StaffRole
from tests.factories.accounts import UserFactory
from tests.factories.shops import StaffFactory
from tests.walks import rows
from tests.walks.callers import Caller, ask
from tests.walks.consoles import UnknownPattern, rows_of
from tests.walks.doors import Door, described, routed
from tests.walks.recipes import recipe
from tests.walks.world import World

FILE = Path(__file__).parents[2] / "docs" / "roles.csv"
SITES = (merchant_site, support_site, operator_site)
#: What somebody is told who may not: who are you, not you, there is nothing.
REFUSED = (401, 403, 404)


@dataclass(frozen=True)
class Person:
    """A role, and somebody who has it."""

    role: str
    user: AbstractBaseUser | None


def people_of(world: World) -> list[Person]:
    """Return one person a role, those of the shop newly taken on."""
    known = world.b.people.users
    shop = world.b.front.shop
    found = [Person("nobody", None)]
    found += [Person(role, known[role]) for role in ("buyer", "creator", "agency")]
    for role in StaffRole.values:
        user = known["owner"] if role == StaffRole.OWNER else UserFactory()
        if role != StaffRole.OWNER:
            StaffFactory(shop=shop, user=user, email=user.email, role=role)
        found.append(Person(role, user))
    return [*found, Person("support", world.support), Person("operator", world.operator)]


@dataclass(frozen=True)
class Question:
    """One operation, page or act, and how to find out whether somebody may."""

    what: str
    #: The room whose door or page it is.
    room: str
    may: Callable[[Person], bool]


def matrix(world: World) -> Iterator[tuple[str, list[bool]]]:
    """Yield (what, whether each of `people_of` may) for every operation, page and act."""
    with rows.rolled_back():
        people = people_of(world)
        for one in questions(world):
            yield one.what, [one.may(person) for person in people]


def questions(world: World) -> Iterator[Question]:
    """Yield everything that somebody may or may not do."""
    views = dict(routed())
    for door in sorted(described(), key=lambda one: (one.path, one.method)):
        room = views[door.path].cls.__module__.partition(".")[0]
        yield Question(str(door), room, partial(_may_knock, door, world))
    for site in SITES:
        clients: dict[str, Client] = {}
        for what, path in _pages(site, world):
            room = what.split("/")[2] or "insights"
            yield Question(what, room, partial(_may_open, clients, path))


def _may_knock(door: Door, world: World, person: Person) -> bool:
    known = recipe(door, world, world.b)
    rightful = known.caller
    if door.audience in (Role.BUYER, Role.ANONYMOUS) and person.role == "buyer":
        person = Person("buyer", rightful.user)  # somebody with such a row, whoever that is
    elif door.audience in (Role.CREATOR, Role.AGENCY) and person.role == door.audience:
        person = Person(person.role, rightful.user)
    with rows.rolled_back():
        answer = ask(Caller(person.role, person.user), door, known.request)
    return answer.status not in REFUSED


def _client(person: Person) -> Client:
    client = Client(raise_request_exception=False)
    if person.user is not None:
        client.force_login(person.user)
    return client


def _may_open(clients: dict[str, Client], path: str, person: Person) -> bool:
    client = clients.get(person.role) or clients.setdefault(person.role, _client(person))
    with rows.rolled_back():
        return client.get(path).status_code == 200


def _pages(site: ConsoleSite, world: World) -> Iterator[tuple[str, str]]:
    start = f"/{site.name}/"
    yield start, start
    for model, page in sorted(site._registry.items(), key=lambda one: one[0]._meta.label_lower):
        address = f"{start}{model._meta.app_label}/{model._meta.model_name}/"
        yield address, address
        for act in page.acts:
            if not act.on_object:
                yield f"{address} {act.name}", f"{address}do/{act.name}/"
                continue
            found = rows_of(model, world.before_b, world.after_b)
            if not found:
                raise UnknownPattern(f"{address}: side B has no {model._meta.label}")
            key = getattr(found[0], page.public_field)
            yield f"{address} {act.name}", f"{address}{key}/do/{act.name}/"


def written(people: Iterable[str], found: Iterable[tuple[str, list[bool]]]) -> str:
    """Return the matrix as the file has it."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(["what", *people])
    lines.writerows([what, *("yes" if may else "" for may in allowed)] for what, allowed in found)
    return out.getvalue()


def read() -> str:
    """Return the file's text; nothing where there is none."""
    return FILE.read_text() if FILE.exists() else ""
