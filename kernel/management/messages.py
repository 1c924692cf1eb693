"""Which texts of the project a reader may see, found by reading the sources alone.

Texts come from our rooms and from Unfold, which brings no Chinese. What Django's own catalogues
already hold in the language is left to them, for Unfold's texts only.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import django
import unfold
from django.apps import apps
from django.conf import settings
from django.utils.translation.template import templatize

#: Name of a call → which arguments are (context, singular, plural); None where there is none.
_CALLS: dict[str, tuple[int | None, int, int | None]] = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}
_STRING = r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
#: A call in what Django makes of a template.
_TEMPLATE_CALL = re.compile(
    rf"\b(n?p?gettext|_)\(\s*{_STRING}(?:\s*,\s*{_STRING})?(?:\s*,\s*{_STRING})?", re.DOTALL
)
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|%[sd]|\{(\w*)\}")


class NotConstant(Exception):
    """A text is put together at run time, so no catalogue can hold it."""


@dataclass
class Message:
    """One text: its key in a catalogue and the files that show it."""

    singular: str
    plural: str = ""
    context: str | None = None
    places: set[str] = field(default_factory=set)

    @property
    def key(self) -> tuple[str | None, str]:
        """What a catalogue finds it by."""
        return self.context, self.singular


class Collector:
    """Reads sources and keeps what they say."""

    def __init__(self) -> None:
        self.messages: dict[tuple[str | None, str], Message] = {}

    def read_project(self) -> None:
        """Collect the texts of every room, then those of Unfold that Django does not translate."""
        root, theirs = Path(settings.BASE_DIR), Path(unfold.__file__).parent
        for config in apps.get_app_configs():
            home = Path(config.path)
            if home.parent == root:
                self._read(home, root, is_ours=True)
            elif home.is_relative_to(theirs):
                self._read(home, theirs.parent, is_ours=False)

    def _read(self, home: Path, root: Path, *, is_ours: bool) -> None:
        for path in sorted(home.rglob("*")):
            below = path.relative_to(home).parts
            if path.suffix not in {".py", ".html", ".txt"} or {"migrations", "contrib"} & {*below}:
                continue
            place = path.relative_to(root).as_posix()
            text = path.read_text(encoding="utf-8")
            found = _python(text, place, is_ours) if path.suffix == ".py" else _template(text)
            for message in found:
                if is_ours or message.key not in self._known_to_django:
                    self._keep(message, place)

    def _keep(self, message: Message, place: str) -> None:
        known = self.messages.setdefault(message.key, message)
        known.plural = known.plural or message.plural
        known.places.add(place)

    @cached_property
    def _known_to_django(self) -> set[tuple[str | None, str]]:
        import polib  # noqa: PLC0415 -- a tool of developers, not installed in production

        catalogues = Path(django.__file__).parent.rglob("locale/zh_Hans/LC_MESSAGES/django.mo")
        entries = (entry for path in catalogues for entry in polib.mofile(str(path)))
        return {(entry.msgctxt, entry.msgid) for entry in entries}


def collect() -> list[Message]:
    """Return every text of the project, ordered by its first place. Raises NotConstant."""
    collector = Collector()
    collector.read_project()
    return sorted(
        collector.messages.values(),
        key=lambda one: (min(one.places), one.singular, one.context or ""),
    )


def _python(text: str, place: str, is_ours: bool) -> Iterator[Message]:
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name not in _CALLS or not node.args:
            continue
        context, singular, plural = (_argument(node, at) for at in _CALLS[name])
        if singular is None:
            if is_ours and not isinstance(node.args[0], ast.Name | ast.Attribute | ast.Subscript):
                raise NotConstant(f"{place}:{node.lineno}: {ast.unparse(node)}")
            continue
        yield Message(singular, plural or "", context)


def _argument(node: ast.Call, at: int | None) -> Any:
    if at is None or at >= len(node.args):
        return None
    value = node.args[at]
    is_text = isinstance(value, ast.Constant) and isinstance(value.value, str)
    return value.value if is_text else None  # type: ignore[attr-defined]


def _template(text: str) -> Iterator[Message]:
    for found in _TEMPLATE_CALL.finditer(templatize(text)):
        name, *literals = found.groups()
        parts = [ast.literal_eval(one) for one in literals if one is not None]
        context, singular, plural = (
            parts[at] if at is not None and at < len(parts) else None for at in _CALLS[name]
        )
        if singular:
            yield Message(singular, plural or "", context)
