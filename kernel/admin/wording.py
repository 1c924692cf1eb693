"""How every console puts people, acts and objects of the audit trail into words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

_WITH_ROLE = re.compile(r"(.+) \(([a-z ]+)\)")


def person(label: str) -> str:
    """Return the label of an actor (``Lin (owner)``) with the role in the reader's language."""
    if label in settings.CONSOLE_ROLES:
        return str(settings.CONSOLE_ROLES[label])
    found = _WITH_ROLE.fullmatch(label)
    role = settings.CONSOLE_ROLES.get(found.group(2)) if found else None
    if found is None or role is None:
        return label
    return _("%(name)s (%(role)s)") % {"name": found.group(1), "role": role}


def act(action: str) -> str:
    """Return what an entry of the audit trail says was done."""
    return str(settings.CONSOLE_ACTS.get(action, action))


def kind(model: str) -> str:
    """Return what people call rows of ``room.model``."""
    try:
        return str(capfirst(apps.get_model(model)._meta.verbose_name))
    except (LookupError, ValueError):
        return model


def target(site: Any, model: str, key: str) -> SafeString | str:
    """Return the name of an audited row, as a link where the console has a page for it.

    Rows that have neither a public id nor a number are known by their kind alone.
    """
    names = _fields(model)
    if not names:
        return key
    if not names.keys() & {"public_id", "number"}:
        return "–"
    page = site.get_page(apps.get_model(model))
    if page is None or not page.has_object_page:
        return key
    return format_html('<a href="{}" class="text-link">{}</a>', page.address_of(key), key)


def reference(text: str) -> str:
    """Return what a reference stands for: ``order:26…:1`` is "Order 26…"; a dash for none."""
    name, _colon, rest = text.partition(":")
    title = settings.CONSOLE_REFERENCES.get(name)
    return f"{title} {rest.partition(':')[0]}" if title else "–"


def facts(values: Mapping[str, Any], model: str = "") -> str:
    """Return names and values, one a line; a dash for none.

    What is a field of ``room.model`` goes by the field's name and the words for its choices.
    """
    fields = _fields(model)
    lines = []
    for name, value in values.items():
        field = fields.get(name)
        title = capfirst(getattr(field, "verbose_name", name))
        words = dict(getattr(field, "flatchoices", ()))
        shown = words.get(value) if isinstance(value, str) else None
        lines.append(f"{title}: {shown or _plain(value)}")
    return "\n".join(lines) or "–"


def _fields(model: str) -> dict[str, Any]:
    try:
        return {field.name: field for field in apps.get_model(model)._meta.get_fields()}
    except (LookupError, ValueError):
        return {}


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_plain(one)}" for name, one in value.items())
    return "–" if value in (None, "") else str(value)
