"""The platform's words as a file may write them: categories and brands."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from catalog.models import Brand, Category
from catalog.services import taxonomy
from catalog.services.importing.lines import Plan
from kernel.actors import Actor
from kernel.errors import DomainError


class Words:
    """Looks categories and brands up by what people write; read once a file."""

    def __init__(self, default: Category | None) -> None:
        self.default = default
        self._nodes = {node.pk: node for node in Category.objects.all()}
        self._by_word: dict[str, Category] = {}
        self._brands = {_key(brand.name): brand for brand in Brand.objects.all()}
        names = Counter(_key(node.name) for node in self._nodes.values())
        for node in self._nodes.values():
            self._by_word[node.public_id] = node
            self._by_word[_path_key(self._names(node))] = node
            if names[_key(node.name)] == 1:
                self._by_word.setdefault(_key(node.name), node)

    def category(self, text: str) -> tuple[Category | None, str]:
        """Return the leaf that `text` names (path, single name or id), or a code saying why not.

        A path is written with ``/`` or ``>`` between its names. What is not known becomes the
        default category, if there is one.
        """
        found = self._by_word.get(text) or self._by_word.get(_path_key(_split(text)))
        if found is not None and found.is_leaf:
            return found, ""
        if self.default is not None:
            return self.default, ""
        return None, "unknown_category" if found is None else "category_not_a_leaf"

    def brand(self, text: str) -> tuple[Brand | None, str]:
        """Return the brand called `text`, or a code saying why not."""
        found = self._brands.get(_key(text))
        return found, "" if found else "unknown_brand"

    def leaves(self) -> list[int]:
        """Return the primary keys of the categories that hold products."""
        return [node.pk for node in self._nodes.values() if node.is_leaf]

    def _names(self, node: Category) -> list[str]:
        return [
            self._nodes[int(pk)].name
            for pk in node.path.strip("/").split("/")
            if int(pk) in self._nodes
        ]


def make_words(plan: Plan, *, actor: Actor, at: datetime) -> None:
    """Make the categories and brands of `plan` that do not exist, but for names that cannot be.

    A line that needs a word that could not be made says so itself.
    """
    by_path: dict[tuple[str, ...], Category] = {}
    for path in plan.categories:
        parent = by_path.get(path[:-1])
        if len(path) > 1 and parent is None:
            continue
        found = Category.objects.filter(parent=parent, name=path[-1]).first()
        try:
            by_path[path] = found or taxonomy.create_category(
                name=path[-1], parent=parent, actor=actor, at=at
            )
        except DomainError:
            continue
    known = set(Brand.objects.filter(name__in=list(plan.brands)).values_list("name", flat=True))
    for name, description in plan.brands.items():
        if name in known:
            continue
        try:
            taxonomy.create_brand(name=name, description=description, actor=actor, at=at)
        except DomainError:
            continue


def _key(name: str) -> str:
    return name.strip().casefold()


def _split(text: str) -> list[str]:
    return [part for part in text.replace(">", "/").split("/") if part.strip()]


def _path_key(names: list[str]) -> str:
    return "/".join(_key(name) for name in names)
