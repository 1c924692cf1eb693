"""Every URL of a console, found in its site, and what a stranger may try at each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

from kernel.admin.base import ConsoleModelAdmin
from kernel.admin.sites import ConsoleSite
from kernel.walls import Wall
from tests.walks.rows import Marks
from tests.walks.world import World

#: Rows of a model that a walk names.
ROWS = 3
#: Text columns of a related row that a filter might be made to ask about.
TEMPTING = ("password", "email", "name", "title", "legal_name", "number", "remark")


@dataclass(frozen=True)
class Page:
    """One address of a console: a pattern with everything filled in."""

    pattern: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    #: Names a row of the other side: the only right answers are "there is nothing" and "go away".
    is_foreign: bool = False


class UnknownPattern(LookupError):
    """A console has an address with a part that the walk cannot fill: teach `consoles.py`."""


def patterns(site: ConsoleSite) -> list[str]:
    """Return every address pattern of `site`, as the resolver knows it."""
    start = f"/{site.name}/"
    return [path for path in _walk(get_resolver().url_patterns, "/") if path.startswith(start)]


def pages(site: ConsoleSite, world: World, *, is_plain: bool = False) -> Iterator[Page]:
    """Yield every address of `site`, with the rows of side B wherever a row is named.

    `is_plain` leaves out what can be written behind the question mark, and names one row a model.
    """
    for pattern in patterns(site):
        label = re.match(rf"/{site.name}/(\w+)/(\w+)/", pattern)
        page = _page_of(site, *label.groups()) if label else None
        if page is None:
            yield from _plain(site, pattern)
        elif "<path:object_id>" in pattern:
            yield from _of_objects(pattern, page, world, 1 if is_plain else ROWS)
        elif "<slug:act>" in pattern:
            for name in [*(act.name for act in page.acts), "nothing-like-it"]:
                yield Page(pattern, pattern.replace("<slug:act>", name))
        else:
            yield Page(pattern, pattern)
            if not is_plain and pattern.endswith(f"{page.opts.model_name}/"):
                yield from _of_lists(pattern, page, world)


def rows_of(model: type[models.Model], low: Marks, high: Marks) -> list[models.Model]:
    """Return some rows of `model` made between two marks: the first, the last, one between.

    Of what belongs to nobody, such as categories, any row will do.
    """
    table, rows = model._meta.db_table, model._base_manager.order_by("pk")
    found = list(rows.filter(pk__gt=low[table], pk__lte=high[table])) or list(rows[:1])
    middle = found[len(found) // 2 : len(found) // 2 + 1]
    return list(dict.fromkeys([*found[:1], *middle, *found[-1:]]))[:ROWS]


def _of_objects(pattern: str, page: ConsoleModelAdmin, world: World, most: int) -> Iterator[Page]:
    known = rows_of(page.model, world.before_b, world.after_b)[:most]
    if not known:
        raise UnknownPattern(f"{pattern}: side B has no {page.opts.label}")
    keys = [str(getattr(row, page.public_field, row.pk)) for row in known]
    is_foreign = not is_for_all(page.model)
    for key in [*keys, *(str(row.pk) for row in known[:1])]:
        path = pattern.replace("<path:object_id>", key)
        if "<slug:act>" not in path:
            yield Page(pattern, path, is_foreign=is_foreign)
            continue
        for name in [*(act.name for act in page.acts), "nothing-like-it"]:
            yield Page(pattern, path.replace("<slug:act>", name), is_foreign=is_foreign)


def is_for_all(model: type[models.Model]) -> bool:
    """Tell whether the second wall lets every shop read all rows of `model`."""
    return any(isinstance(one, Wall) and not one.by for one in model._meta.constraints)


def _of_lists(pattern: str, page: ConsoleModelAdmin, world: World) -> Iterator[Page]:
    for query in (*_usual(), *_filters(page, world), *_related(page.model, world)):
        yield Page(pattern, pattern, query)


def _usual() -> Iterator[dict[str, str]]:
    yield {"q": "CANARY"}
    yield {"o": "1.-2.3"}
    yield {"o": "99.-98"}
    yield {"e": "1"}
    yield {"all": ""}
    yield {"p": "1"}
    yield {"_popup": "1"}
    yield {"_popup": "1", "_to_field": "id"}
    yield {"_to_field": "password"}
    yield {"_changelist_filters": "shop__id__exact%3D1"}


def _filters(page: ConsoleModelAdmin, world: World) -> Iterator[dict[str, str]]:
    for one in rows_of(page.model, world.before_b, world.after_b)[:1]:
        yield {"q": str(getattr(one, page.public_field, one.pk))}
        yield {"pk": str(one.pk)}
        yield {"id__in": str(one.pk)}
        yield {"id__exact": str(one.pk)}
    for entry in page.list_filter:
        name = getattr(entry, "parameter_name", None)
        if name:
            yield {name: "CANARY"}
            yield {f"{name}__exact": "1"}


def _related(model: type[models.Model], world: World) -> Iterator[dict[str, str]]:
    for one in model._meta.concrete_fields:
        if isinstance(one, models.CharField | models.TextField):
            yield {f"{one.name}__startswith": "CANARY"}
        if one.remote_field is None:
            continue
        related = one.related_model
        for row in rows_of(related, world.before_b, world.after_b)[:1]:
            yield {one.name: str(row.pk)}
            yield {f"{one.name}__{related._meta.pk.name}__exact": str(row.pk)}
        names = {column.name for column in related._meta.concrete_fields}
        for name in TEMPTING:
            if name in names:
                yield {f"{one.name}__{name}__startswith": "CANARY"}


def _plain(site: ConsoleSite, pattern: str) -> Iterator[Page]:
    if "(?P<app_label>" in pattern:
        labels = re.search(r"app_label>([\w|]+)\)", pattern)
        for label in labels.group(1).split("|") if labels else ():
            yield Page(pattern, f"/{site.name}/{label}/")
    elif "(?P<url>" in pattern:
        yield Page(pattern, f"/{site.name}/nothing/like/it/")
    elif "<" in pattern:
        raise UnknownPattern(pattern)
    elif pattern.endswith("/autocomplete/"):
        yield from (Page(pattern, pattern, query) for query in _completions(site))
    elif pattern.endswith("/search/"):
        yield Page(pattern, pattern, {"s": "CANARY"})
        yield Page(pattern, pattern, {"s": "CANARY", "extended": "1"})
    else:
        yield Page(pattern, pattern)


def _completions(site: ConsoleSite) -> Iterator[dict[str, str]]:
    for model in site._registry:
        for one in model._meta.concrete_fields:
            if one.remote_field is not None:
                yield {
                    "app_label": model._meta.app_label,
                    "model_name": model._meta.model_name or "",
                    "field_name": one.name,
                    "term": "",
                }


def _page_of(site: ConsoleSite, app_label: str, model_name: str) -> ConsoleModelAdmin | None:
    try:
        return site.get_page(apps.get_model(app_label, model_name))
    except LookupError:
        return None


def _walk(found: list[Any], prefix: str) -> Iterator[str]:
    for one in found:
        path = prefix + str(one.pattern).lstrip("^")
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, path)
        elif isinstance(one, URLPattern):
            yield path
