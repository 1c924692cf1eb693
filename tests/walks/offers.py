"""What pages offer: a link is for those who may follow it, a box to tick for those who may send it.

A card or a menu that shows what somebody may not open tells them a figure that is not theirs, or
leads them to a closed door.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from django.test import Client

from kernel.admin.sites import merchant_site
from shops.enums import StaffRole
from tests.walks import rows
from tests.walks.consoles import rows_of
from tests.walks.roles import REFUSED, Person, people_of
from tests.walks.world import World

START = "/merchant/"
_LINK = re.compile(r'(?:href|action)="(/merchant/[^"#]*)')
_BELONGS = re.compile(r'\bform="([\w-]+)"')
#: Follows nobody's question: ends a session, or only takes posts.
_NOT_FOLLOWED = ("logout", "i18n", "set-theme")


def refused_offers(world: World, room: str = "") -> Iterator[str]:
    """Yield what the first page and those of `room`, all when empty, offer in vain, by role."""
    with rows.rolled_back():
        for person in people_of(world):
            if person.role in StaffRole.values:
                yield from _refused(person, world, room)


def _refused(person: Person, world: World, room: str) -> Iterator[str]:
    client = Client(raise_request_exception=False)
    client.force_login(person.user)  # type: ignore[arg-type]
    known: dict[str, int] = {}
    for page in _pages(world, room):
        answer = client.get(page)
        if answer.status_code != 200:
            continue
        text = answer.content.decode()
        for name in set(_BELONGS.findall(text)):
            if f'id="{name}"' not in text:
                yield f"{page} as {person.role}: boxes for a form {name} that is not there"
        for link in sorted({unescape(one) for one in _LINK.findall(text)}):
            path = link.partition("?")[0]
            if any(word in path for word in _NOT_FOLLOWED):
                continue
            if path not in known:
                known[path] = client.get(link).status_code
            if known[path] in REFUSED:
                yield f"{page} as {person.role}: offers {path}, answered {known[path]}"


def _pages(world: World, room: str) -> Iterator[str]:
    yield START
    for model, page in sorted(merchant_site._registry.items(), key=lambda one: one[0].__name__):
        label = model._meta.app_label
        if room not in ("", "kernel", label):
            continue
        address = f"{START}{label}/{model._meta.model_name}/"
        yield address
        found = rows_of(model, world.before_b, world.after_b)
        if found:
            key = getattr(found[0], page.public_field, None)
            yield f"{address}{key}/change/"
