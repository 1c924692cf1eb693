"""The forms of the consoles' acts: what side A is offered, and what it might send instead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.urls import reverse

from kernel.actors import Actor
from kernel.admin.acts import Act
from kernel.admin.base import ConsoleModelAdmin
from kernel.admin.forms import YuanField
from kernel.admin.sites import ConsoleSite
from tests.walks.bodies import is_id
from tests.walks.consoles import Page
from tests.walks.names import UnknownName, kind_of
from tests.walks.rows import Marks
from tests.walks.world import World


@dataclass(frozen=True)
class Offer:
    """An act on one of A's own rows (or lists), and the same act as B would see it."""

    page: Page
    own: forms.Form
    other: forms.Form | None


def offers(site: ConsoleSite, world: World) -> Iterator[Offer]:
    """Yield each act of `site` that A may use, on the first row of A's where it applies."""
    nothing: Marks = dict.fromkeys(world.before_b, 0)
    for page in site._registry.values():
        for act in (kind() for kind in page.acts):
            actor_a, actor_b = world.a.front.actor, world.b.front.actor
            target = _target(page, act, actor_a, nothing, world.before_b)
            if act.on_object and target is None:
                continue
            twin = _target(page, act, actor_b, world.before_b, world.after_b)
            other = act.form(actor_b, twin) if twin or not act.on_object else None
            yield Offer(_page(site, page, act, target), act.form(actor_a, target), other)


def foreign_values(offer: Offer, world: World) -> Iterator[tuple[str, str]]:
    """Yield (field, value) pairs that A is not offered: B's choices, and B's ids in text."""
    for name, one in offer.own.fields.items():
        mine = _values(one)
        if mine is not None:
            theirs = _values(offer.other.fields[name]) if _has(offer.other, name) else set()
            yield from ((name, value) for value in sorted((theirs or set()) - mine))
        elif is_id(name) or "account" in name:
            try:
                yield name, world.b.ids.of(kind_of(name))
            except UnknownName:
                continue


def fill(form: forms.Form) -> dict[str, Any]:
    """Return values that each field of `form` takes."""
    return {name: _value(name, one, form) for name, one in form.fields.items()}


def _page(site: ConsoleSite, page: ConsoleModelAdmin, act: Act, target: Any) -> Page:
    start = f"{site.name}:{page.opts.app_label}_{page.opts.model_name}"
    if target is None:
        return Page("", reverse(f"{start}_act", args=[act.name]))
    return Page("", reverse(f"{start}_do", args=[getattr(target, page.public_field), act.name]))


def _target(
    page: ConsoleModelAdmin, act: Act, actor: Actor, low: Marks, high: Marks
) -> models.Model | None:
    if not act.on_object:
        return None
    table = page.model._meta.db_table
    rows = page.model._default_manager.visible_to(actor)
    rows = rows.filter(pk__gt=low[table], pk__lte=high[table]).order_by("pk")
    return next((row for row in rows if act.applies(actor, row)), None)


def _has(form: forms.Form | None, name: str) -> bool:
    return form is not None and name in form.fields


def _values(one: forms.Field) -> set[str] | None:
    if isinstance(one, forms.ModelChoiceField):
        return {str(one.prepare_value(row)) for row in one.queryset}
    if isinstance(one, forms.ChoiceField):
        return {str(value) for value, _label in one.choices}
    return None


def _value(name: str, one: forms.Field, form: forms.Form) -> Any:
    given = form.get_initial_for_field(one, name)
    if given not in (None, "", []):
        return one.prepare_value(given)
    values = sorted(_values(one) or ())
    if values:
        return next((value for value in values if value), "")
    if isinstance(one, forms.FileField):
        return SimpleUploadedFile("walk.csv", b"merchant_code,title,price\nWALK-1,Walk,1.00\n")
    if isinstance(one, YuanField | forms.IntegerField):
        return "1"
    if isinstance(one, forms.BooleanField):
        return "on"
    if isinstance(one, forms.DateTimeField):
        return "2031-01-01T00:00"
    return "walk@example.com" if isinstance(one, forms.EmailField) else "SF0001234567"
